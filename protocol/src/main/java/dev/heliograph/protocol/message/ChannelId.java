package dev.heliograph.protocol.message;

/**
 * A channel's identity: a name within one workspace. Every map, metric and log that holds a channel is keyed by this and never by
 * the name alone, so that workspaces cannot mix.
 *
 * @param workspace the workspace's name, as configured
 * @param name the channel's name, see {@link #isValidName}; or one of the gateway's own, see {@link #isReserved}
 */
public record ChannelId(String workspace, String name) {
    /** Longest name accepted, in characters. */
    public static final int NAME_LENGTH_MAX = 200;
    /** What names of presence channels begin with; the resource follows. */
    public static final String PRESENCE_PREFIX = "presence:";

    public ChannelId {
        if (!isReservedName(name)) {
            check(name);
        }
    }

    /** The channel that a client or a producer has named, which is none of the gateway's own. */
    public static ChannelId named(String workspace, String name) {
        check(name);
        return new ChannelId(workspace, name);
    }

    private static void check(String name) {
        if (!isValidName(name)) {
            throw new ProtocolException(
                    ErrorCode.BAD_CHANNEL,
                    "a channel name has 1 to " + NAME_LENGTH_MAX + " characters of A-Z a-z 0-9 _ - = @ , . ; : /");
        }
    }

    /** Whether {@code name} has 1 to 200 characters of {@code A-Z a-z 0-9 _ - = @ , . ; : /}. */
    public static boolean isValidName(String name) {
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isValid(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the channel is one of the gateway's own: its name begins with {@code #}, which no name has that a client, a producer or a setting can say. Such a
     * channel brings what happens around others to those who are to know.
     */
    public boolean isReserved() {
        return name.charAt(0) == '#';
    }

    /** Refuses what a client or a producer wants to publish here, if this is only the gateway's to tell: who is present. */
    public void checkPublishable() {
        if (isPresence()) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN,
                    "only the gateway publishes on channels " + PRESENCE_PREFIX + "...; use presence:update");
        }
    }

    /** Whether the channel tells who is there: its name begins with {@value #PRESENCE_PREFIX}. */
    public boolean isPresence() {
        return name.startsWith(PRESENCE_PREFIX);
    }

    private static boolean isReservedName(String name) {
        return name.length() > 1 && name.charAt(0) == '#' && name.chars().noneMatch(c -> c < ' ');
    }

    private static boolean isValid(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= ';') // 0-9 : ;
                || (c >= ',' && c <= '/') // , - . /
                || c == '_'
                || c == '='
                || c == '@';
    }

    @Override
    public String toString() {
        return workspace + "/" + name;
    }
}
