package dev.heliograph.streaming;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client that polls knows who is in a presence channel. While nobody is subscribed nothing is published there, so a place in the stream does not tell; instead
 * the cursor has a hash of what the client was told last. One poll's; confined to its event loop.
 */
final class PresenceSeen {
    private static final String HEAD = "{\"version\":1,\"type\":\"presence:sync\",\"channel\":\"";
    private static final String PAYLOAD = "\"payload\":";
    private static final String TIMESTAMP = ",\"timestamp\":";
    /** That a user was seen again is no news. */
    private static final Pattern LAST_SEEN = Pattern.compile("\"lastSeen\":\\d+(?=,\"joinedAt\":)");

    private static final int OFFSET_BITS = 58; // as many as eighteen digits have room for

    private final @Nullable Cursor before;
    private final Cursor cursor;

    /**
     * @param before what the client has brought
     * @param cursor what it is given
     */
    PresenceSeen(@Nullable Cursor before, Cursor cursor) {
        this.before = before;
        this.cursor = cursor;
    }

    static boolean isPresence(String channel) {
        return new ChannelId("", channel).isPresence();
    }

    /** Whether that {@code presence:sync} tells the client something; it is put into the cursor. */
    boolean isNews(byte[] sync) {
        String text = new String(sync, StandardCharsets.UTF_8);
        String channel = text.substring(HEAD.length(), text.indexOf('"', HEAD.length()));
        String payload = text.substring(text.indexOf(PAYLOAD), text.lastIndexOf(TIMESTAMP));
        String members = LAST_SEEN.matcher(payload).replaceAll("");
        var now = new Position("", Cursor.hash(members) >>> (Long.SIZE - OFFSET_BITS));
        Position then = before == null ? null : before.position(channel);
        cursor.put(channel, now);
        return !now.equals(then);
    }
}
