package dev.heliograph.streaming;

import dev.heliograph.protocol.message.Position;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Up to where a reader has everything, in each of several channels, as one word that fits into a header and a query. A channel stands in it by a hash of its name,
 * so the word is short however long the names are, and a word with one channel can be part of another with more:
 *
 * <pre>
 *   AbCdEfGh42.k3f9-1~Zy8xWvUt7.k3f9-2
 *   hash    offset . epoch
 * </pre>
 *
 * Not thread-safe.
 */
final class Cursor {
    /** Longest word that is read. */
    static final int LENGTH_MAX = 8_192;

    private static final int KEY_LENGTH = 8;
    private static final int KEY_CHARACTER_BITS = 6;
    private static final String KEY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    /** A place in no log, so that who goes on from it is told that something is lost. */
    private static final Position UNKNOWN = new Position("", 0);

    private static final char SEPARATOR = '~';
    private static final Pattern ENTRY = Pattern.compile("([\\w-]{8})(\\d{1,18})\\.([\\w-]{0,64})");

    private final Map<String, String> entries = new LinkedHashMap<>();

    /** What a client brought back; null if it is no cursor. */
    static @Nullable Cursor parse(String word) {
        if (word.length() > LENGTH_MAX) {
            return null;
        }
        var cursor = new Cursor();
        for (String entry : word.split("~", -1)) {
            if (!ENTRY.matcher(entry).matches()) {
                return null;
            }
            cursor.put(entry);
        }
        return cursor;
    }

    /** Of what a client has seen, those channels that it asks for. */
    static Cursor of(Query query, @Nullable Cursor seen) {
        var cursor = new Cursor();
        for (String channel : query.channels()) {
            Position position = seen == null ? null : seen.position(channel);
            if (position != null) {
                cursor.put(channel, position);
            }
        }
        return cursor;
    }

    /**
     * From where a client goes on in a channel.
     *
     * @param seen null: it has seen nothing; empty: it has brought something that is no cursor of ours
     * @return null: from what is live
     */
    static @Nullable Position recover(@Nullable Cursor seen, String channel) {
        return seen == null ? null : seen.entries.isEmpty() ? UNKNOWN : seen.position(channel);
    }

    /** What stands for a channel. */
    static String key(String channel) {
        long hash = hash(channel);
        var key = new char[KEY_LENGTH];
        for (int i = 0; i < KEY_LENGTH; i++) {
            key[i] = KEY_CHARACTERS.charAt(
                    (int) (hash >>> ((i + 1) * KEY_CHARACTER_BITS)) & (KEY_CHARACTERS.length() - 1));
        }
        return new String(key);
    }

    static long hash(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** The word for one channel alone. */
    static String entry(String channel, Position position) {
        return key(channel) + position.offset() + "." + position.epoch();
    }

    /** Takes up an entry, in place of the channel's last. */
    void put(String entry) {
        entries.put(entry.substring(0, KEY_LENGTH), entry);
    }

    void put(String channel, Position position) {
        put(entry(channel, position));
    }

    /** Where that channel stands; null if it is not among these. */
    @Nullable
    Position position(String channel) {
        String entry = entries.get(key(channel));
        if (entry == null) {
            return null;
        }
        Matcher parts = ENTRY.matcher(entry);
        return parts.matches() ? new Position(parts.group(3), Long.parseLong(parts.group(2))) : null;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The word. */
    @Override
    public String toString() {
        return String.join(String.valueOf(SEPARATOR), entries.values());
    }
}
