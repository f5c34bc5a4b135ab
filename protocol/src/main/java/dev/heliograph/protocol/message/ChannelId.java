package dev.heliograph.protocol.message;

/**
 * A channel's identity: a name within one workspace. Every map, metric and log that holds a channel is keyed by this and never by
 * the name alone, so that workspaces cannot mix.
 *
 * @param workspace the workspace's name, as configured
 * @param name the channel's name, see {@link #isValidName}
 */
public record ChannelId(String workspace, String name) {
    /** Longest name accepted, in characters. */
    public static final int NAME_LENGTH_MAX = 200;

    public ChannelId {
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
