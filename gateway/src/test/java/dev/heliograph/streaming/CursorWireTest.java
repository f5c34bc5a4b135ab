package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.egress.FakeWire;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.protocol.message.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of several channels' blocks goes out, and what a peer that does not take it is told in the end. */
final class CursorWireTest {
    private static final String ONE = "public-one";
    private static final String TWO = "public-two";

    private final FakeWire peer = new FakeWire();
    private final List<Long> held = new ArrayList<>();
    private final CursorWire wire = new CursorWire(peer, new Cursor(), Unpooled.buffer(), held::add);

    private static String entry(String channel, long offset) {
        return Cursor.entry(channel, new Position("e", offset));
    }

    private static byte[] block(String channel, long offset, String data) {
        return new EventWriter(data.length())
                .id(entry(channel, offset))
                .data(data)
                .end();
    }

    private static byte[] close() {
        return new EventWriter(0).event("close").data("{}").end();
    }

    private int send(byte[]... blocks) {
        ByteBuf all = Unpooled.wrappedBuffer(blocks);
        return wire.send(all, 0, all.readableBytes());
    }

    private String arrived() {
        return new String(peer.bytes(), StandardCharsets.UTF_8);
    }

    private long heldBytes() {
        return held.stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void eachId_saysWhereTheReceiverStandsInAllChannels() {
        send(block(ONE, 1, "a"), block(TWO, 7, "b"));
        send(block(ONE, 2, "c"), new EventWriter(0).comment("ping").end());
        assertEquals(
                "id: %s\ndata: a\n\nid: %s~%s\ndata: b\n\nid: %s~%s\ndata: c\n\n: ping\n\n"
                        .formatted(entry(ONE, 1), entry(ONE, 1), entry(TWO, 7), entry(ONE, 2), entry(TWO, 7)),
                arrived());
    }

    @Test
    void whatThePeerDoesNotTake_isHeldAndCounted_andNothingMoreIsTakenUntilItHasGone() {
        peer.stallAfter(20);
        byte[] one = block(ONE, 1, "x".repeat(OutboxContext.CORK_BYTES));
        assertEquals(one.length, send(one, block(ONE, 2, "y")));
        assertEquals(one.length - 20, heldBytes());
        assertEquals(0, send(block(ONE, 2, "y")));
        wire.close(null);
        assertEquals(0, heldBytes());
        assertTrue(peer.isClosed());
        assertEquals(20, peer.bytes().length);
    }

    @Test
    void whetherThePeerTakesOfWhatIsHeld_isSaidOnce() {
        peer.stallAfter(20);
        byte[] one = block(ONE, 1, "x".repeat(OutboxContext.CORK_BYTES));
        send(one);
        assertFalse(wire.push());
        peer.stallAfter(10);
        assertTrue(wire.push());
        assertFalse(wire.push());
        peer.move();
        assertTrue(wire.push(), "what the wire below keeps counts, too");
        assertEquals(one.length - 30, heldBytes());
        peer.resume();
        assertTrue(wire.push());
        assertEquals(0, heldBytes());
        assertFalse(wire.push());
        assertEquals(one.length, peer.bytes().length);
    }

    @Test
    void restThatGoesOutWithTheEnd_saysWhereTheReceiverStandsInAllChannels_too() {
        send(block(TWO, 7, "b"));
        peer.stallAfter(0);
        byte[] first = block(ONE, 1, "x".repeat(OutboxContext.CORK_BYTES));
        assertEquals(first.length, send(first));
        peer.resume();
        byte[] rest = block(ONE, 2, "c");
        wire.close(concat(rest, close()));
        String both = entry(TWO, 7) + "~" + entry(ONE, 2);
        assertTrue(arrived().endsWith("id: " + both + "\ndata: c\n\nevent: close\ndata: {}\n\n"), this::arrived);
        assertTrue(arrived().contains("id: " + entry(TWO, 7) + "~" + entry(ONE, 1) + "\n"), this::arrived);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteBuf both = Unpooled.wrappedBuffer(first, second);
        byte[] bytes = new byte[both.readableBytes()];
        both.readBytes(bytes);
        return bytes;
    }
}
