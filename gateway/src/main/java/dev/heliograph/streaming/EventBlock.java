package dev.heliograph.streaming;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One block of an event stream, as {@link EventWriter} puts it together, in a buffer that holds whole blocks.
 *
 * @param ids the entries of its ids
 * @param body where what follows the ids begins
 * @param end behind it
 */
record EventBlock(ByteBuf bytes, List<String> ids, int body, int end) {
    private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LOST = "event: lost\n".getBytes(StandardCharsets.US_ASCII);

    static EventBlock at(ByteBuf bytes, int from, int limit) {
        var ids = new ArrayList<String>(1);
        int line = from;
        while (isAt(bytes, line, limit, ID)) {
            int end = lineEnd(bytes, line, limit);
            ids.add(bytes.toString(line + ID.length, end - line - ID.length, StandardCharsets.US_ASCII));
            line = end + 1;
        }
        int body = line;
        while (bytes.getByte(line) != '\n') {
            line = lineEnd(bytes, line, limit) + 1;
        }
        return new EventBlock(bytes, ids, body, line + 1);
    }

    private static int lineEnd(ByteBuf bytes, int from, int limit) {
        int end = bytes.indexOf(from, limit, (byte) '\n');
        if (end < 0) {
            throw new IllegalStateException("a block of an event stream has no end");
        }
        return end;
    }

    private static boolean isAt(ByteBuf bytes, int at, int limit, byte[] text) {
        if (limit - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes.getByte(at + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is what a channel says, a publication or its state: nothing else comes without a name. */
    boolean isOfChannel() {
        return isAt(bytes, body, end, DATA);
    }

    /** Whether it is the state of a channel, which stands nowhere in its log. */
    boolean isState() {
        return isOfChannel() && ids.isEmpty();
    }

    /** Whether it tells what the client will not get. */
    boolean isLoss() {
        return isAt(bytes, body, end, LOST);
    }

    /** Of what a channel says: its JSON. */
    byte[] data() {
        byte[] json = new byte[end - body - DATA.length - 2];
        bytes.getBytes(body + DATA.length, json);
        return json;
    }

    int bodyLength() {
        return end - body;
    }
}
