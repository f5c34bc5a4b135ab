package dev.heliograph.protocol.pusher;

import org.jspecify.annotations.Nullable;

/**
 * A channel's name as Pusher has it. Its beginning, and nothing but its beginning, says what kind of channel it is. Source: Pusher, "Channels" and "Cache
 * channels".
 *
 * @param name 1 to 200 characters of {@code A-Z a-z 0-9 _ - = @ , . ;}, or {@code #server-to-user-} with a user's id of such characters
 */
public record PusherChannel(String name) {
    /** Longest name that any app may allow, in characters: what Pusher's server SDKs let pass. */
    public static final int LENGTH_MAX = 200;

    private static final String USER_PREFIX = "#server-to-user-";

    /** What a channel's name begins with, and so who may subscribe. */
    public enum Kind {
        /** Anyone may. */
        PUBLIC,
        /** {@code private-}: with a signature. */
        PRIVATE,
        /** {@code private-encrypted-}: with a signature; what is published there only its subscribers can read. */
        ENCRYPTED,
        /** {@code presence-}: with a signature, as a member that the others see. */
        PRESENCE,
        /** {@code #server-to-user-}: nobody may. What is published there goes to the connections that signed in as that user. */
        USER
    }

    public PusherChannel {
        if (!isValid(name, LENGTH_MAX)) {
            throw new IllegalArgumentException(fault(name, LENGTH_MAX));
        }
    }

    /**
     * The channel of that name; null if it is none.
     *
     * @param lengthMax longest name that is accepted, in characters, prefix included
     */
    public static @Nullable PusherChannel parse(String name, int lengthMax) {
        return isValid(name, Math.min(lengthMax, LENGTH_MAX)) ? new PusherChannel(name) : null;
    }

    /** The channel by which an event is addressed to a user; null if no user can have that id. */
    public static @Nullable PusherChannel ofUser(String userId) {
        return parse(USER_PREFIX + userId, LENGTH_MAX);
    }

    /** The channel by which an event is addressed to a user who has signed in: such an id is one that {@link #ofUser} takes. */
    public static PusherChannel user(UserId signedIn) {
        return new PusherChannel(USER_PREFIX + signedIn.text());
    }

    /** What is wrong with a name that {@link #parse} does not take. */
    static String fault(String name, int lengthMax) {
        return "Invalid channel name: '" + Cited.shortly(name) + "', expected 1 to " + lengthMax
                + " characters of A-Z a-z 0-9 _ - = @ , . ;";
    }

    public Kind kind() {
        if (name.charAt(0) == '#') {
            return Kind.USER;
        }
        if (name.startsWith("private-")) {
            return name.startsWith("private-encrypted-") ? Kind.ENCRYPTED : Kind.PRIVATE;
        }
        return name.startsWith("presence-") ? Kind.PRESENCE : Kind.PUBLIC;
    }

    /** Whether it keeps the last event that was published by the API, for whoever subscribes. */
    public boolean isCache() {
        return name.startsWith("cache-")
                || name.startsWith("private-cache-")
                || name.startsWith("private-encrypted-cache-")
                || name.startsWith("presence-cache-");
    }

    /** Whether a subscriber has to show a signature. */
    public boolean isSigned() {
        Kind kind = kind();
        return kind == Kind.PRIVATE || kind == Kind.ENCRYPTED || kind == Kind.PRESENCE;
    }

    /** The user that a channel of kind {@link Kind#USER} addresses; null for every other. */
    public @Nullable String userId() {
        return kind() == Kind.USER ? name.substring(USER_PREFIX.length()) : null;
    }

    private static boolean isValid(String name, int lengthMax) {
        int from = name.startsWith(USER_PREFIX) ? USER_PREFIX.length() : 0;
        return name.length() > from && name.length() <= lengthMax && isPlain(name, from);
    }

    /** Whether it has only characters that a channel's name, or the id of a user who signs in, may have. */
    static boolean isPlain(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && "_-=@,.;".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name;
    }
}
