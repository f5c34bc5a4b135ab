package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.RSV1;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** What compression costs in memory, by the JVM's own count for this thread and by the number of zlib streams. */
class DeflateMemoryTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final FrameLimits GATEWAY_LIMITS = new FrameLimits(65_536, 65_536, 128, 10_000);
    private static final int CONNECTIONS = 5_000;

    private final MessageInflater inflater = new MessageInflater();
    private final FrameRules rules = new FrameRules(GATEWAY_LIMITS, inflater);

    /** Megabytes of one byte, as a message. */
    private static byte[] bomb(int megabytes) {
        var deflater = new Deflater(9, true);
        byte[] data = new byte[1 << 20];
        byte[] out = new byte[megabytes * 4_096];
        int length = 0;
        for (int i = 0; i < megabytes; i++) {
            deflater.setInput(data);
            int flush = i < megabytes - 1 ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
            length += deflater.deflate(out, length, out.length - length, flush);
        }
        deflater.end();
        return Arrays.copyOf(out, length - MessageDeflater.TAIL_BYTES);
    }

    private static byte[] fragmented(byte[] payload, int fragments) {
        var frames = new ClientFrame[fragments];
        for (int i = 0; i < fragments; i++) {
            byte[] part =
                    Arrays.copyOfRange(payload, payload.length * i / fragments, payload.length * (i + 1) / fragments);
            frames[i] = ClientFrame.of((i == 0 ? RSV1 | TEXT : CONTINUATION) | (i == fragments - 1 ? FIN : 0), part);
        }
        return ClientFrame.stream(frames);
    }

    @Test
    void bomb_wholeOrInFragments_isRefusedInMemoryOfTheOrderOfTheLimit() {
        byte[] four = bomb(4);
        assertTrue(four.length < 4_200, () -> four.length + " bytes");
        byte[] sixty = bomb(60);
        assertTrue(sixty.length < 65_536, () -> sixty.length + " bytes");
        refuse(ClientFrame.compressed(four).bytes());
        refuse(fragmented(four, 7));
        refuse(ClientFrame.compressed(sixty).bytes());
        refuse(fragmented(sixty, 128));
    }

    private void refuse(byte[] stream) {
        int most = 3 * GATEWAY_LIMITS.messageBytesMax() + 16 * 1024 + 2 * stream.length;
        for (int i = 0; i < 3; i++) { // the first time classes are loaded
            var reading = new Reading(rules);
            ByteBuf in = Unpooled.copiedBuffer(stream);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            reading.read(in);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(List.of("refused 1009"), reading.events());
            assertTrue(i == 0 || allocated < most, () -> allocated + " bytes allocated, at most " + most);
        }
        assertEquals(1, inflater.inflaters());
    }

    @Test
    void connectionsThatMayCompress_atRestOrWithinAMessage_holdNoInflater() throws FrameException {
        var idle = new FrameDecoder[CONNECTIONS];
        idle[0] = new FrameDecoder(rules); // loads classes
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new FrameDecoder(rules);
        }
        long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / idle.length;
        assertTrue(each <= 48, () -> each + " bytes");
        var reading = new Reading(rules);
        for (FrameDecoder decoder : idle) {
            decoder.decode(
                    Unpooled.copiedBuffer(
                            ClientFrame.of(RSV1 | TEXT, new byte[] {0}).bytes()),
                    0,
                    reading);
        }
        assertEquals(0, inflater.inflaters());
        for (FrameDecoder decoder : idle) {
            decoder.decode(
                    Unpooled.copiedBuffer(ClientFrame.of(FIN | CONTINUATION, "").bytes()), 0, reading);
        }
        assertEquals(CONNECTIONS, reading.events().size());
        assertEquals(1, inflater.inflaters());
    }
}
