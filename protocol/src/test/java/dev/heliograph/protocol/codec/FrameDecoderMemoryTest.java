package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;
import static dev.heliograph.protocol.codec.Reading.LIMITS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the decoder allocates, by the JVM's own count for this thread; the buffers read are made outside of what is counted. */
class FrameDecoderMemoryTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final FrameRules PLAIN = FrameRules.plain(LIMITS);
    private static final int DECODER_BYTES = 48;
    private static final int SLICE_BYTES = 64;
    private static final int WARM_UP = 1_000;
    private static final int COUNTED = 5_000;

    private final Counts counts = new Counts();

    @Test
    void decoder_betweenMessages_takesAtMost48Bytes() {
        FrameDecoder[] idle = new FrameDecoder[COUNTED];
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new FrameDecoder(PLAIN);
        }
        long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / idle.length;
        assertTrue(each <= DECODER_BYTES, () -> each + " bytes");
    }

    @Test
    void wholeText_ofAnyLength_allocatesOneSliceAndNoMore() {
        for (int length : new int[] {15, 10_000, 70_000}) {
            long each =
                    allocatedEach(PLAIN, ClientFrame.text("x".repeat(length)).bytes());
            assertTrue(each <= DECODER_BYTES + SLICE_BYTES, () -> each + " bytes for a text of " + length);
        }
        assertEquals(3 * (WARM_UP + COUNTED), counts.taken);
    }

    @Test
    void wholePing_allocatesOneSliceAndNoMore() {
        long each = allocatedEach(PLAIN, ClientFrame.ping("0123456789").bytes());
        assertTrue(each <= DECODER_BYTES + SLICE_BYTES, () -> each + " bytes");
        assertEquals(WARM_UP + COUNTED, counts.taken);
    }

    @Test
    void promisedBytes_areNotAllocatedBeforeTheyArrive() {
        byte[] promise = Arrays.copyOf(ClientFrame.text("x".repeat(69_000)).bytes(), 20);
        long each = allocatedEach(PLAIN, promise);
        assertTrue(each <= 512, () -> each + " bytes");
    }

    @Test
    void frameOverTheLimit_allocatesItsRefusalOnly() {
        byte[] header = Arrays.copyOf(ClientFrame.text("x".repeat(60_000)).bytes(), 4);
        long each = allocatedEach(FrameRules.plain(new FrameLimits(125, 125, 1, 1)), header);
        assertTrue(each <= 512, () -> each + " bytes");
        assertEquals(WARM_UP + COUNTED, counts.refused);
    }

    /** A new decoder each time, so its own size is in it. */
    private long allocatedEach(FrameRules rules, byte[] stream) {
        ByteBuf in = Unpooled.buffer(stream.length, stream.length);
        long allocated = 0;
        for (int i = 0; i < WARM_UP + COUNTED; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            FrameDecoder decoder = new FrameDecoder(rules);
            read(decoder, in.clear().writeBytes(stream));
            allocated += i < WARM_UP ? 0 : THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return allocated / COUNTED;
    }

    @Test
    void finishedMessage_isNotKept() {
        FrameDecoder decoder = new FrameDecoder(PLAIN);
        byte[] fragments = ClientFrame.stream(
                ClientFrame.of(TEXT, "x".repeat(60_000)), ClientFrame.of(FIN | CONTINUATION, "x".repeat(60_000)));
        for (int i = 1; i <= 3; i++) {
            ByteBuf in = Unpooled.copiedBuffer(fragments);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            read(decoder, in);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated >= 120_000, () -> "only " + allocated + " bytes: some of the message before was kept");
            assertEquals(i, counts.taken);
        }
    }

    @Test
    void garbage_endsInARefusalOrNothing_inMemoryBoundedByItsLength() {
        long seed = Seed.next("garbage");
        Random random = new Random(seed);
        for (int i = -WARM_UP; i < 10_000; i++) {
            ByteBuf garbage = garbage(random);
            long allowed = 2_048 + 16L * garbage.readableBytes();
            FrameDecoder decoder = new FrameDecoder(PLAIN);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            read(decoder, garbage);
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertEquals(0, garbage.readableBytes());
            if (i >= 0 && allocated > allowed) {
                throw new AssertionError("seed " + seed + ", " + i + ": " + allocated + " bytes, allowed " + allowed);
            }
        }
        assertTrue(counts.refused > 5_000, () -> "refused only " + counts.refused);
    }

    /** Noise; half of it behind headers that look right, so that it gets further than the first byte. */
    private static ByteBuf garbage(Random random) {
        byte[] noise = new byte[random.nextInt(3_000)];
        random.nextBytes(noise);
        int[] starts = {0x01, 0x00, 0x80, 0x81, 0x88, 0x89, 0x8A};
        for (int at = 0; random.nextInt(4) != 0 && at + 2 < noise.length; at += 6 + (noise[at + 1] & 0x7F)) {
            noise[at] = (byte) starts[random.nextInt(starts.length)];
            noise[at + 1] |= (byte) 0x80;
        }
        return Unpooled.wrappedBuffer(noise);
    }

    @Test
    void buffers_ofAnyKind_areLeftToTheirOwner() {
        long seed = Seed.next("buffers");
        Random random = new Random(seed);
        RandomClient client = new RandomClient(random, 600);
        UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(true);
        PooledByteBufAllocator pooled = new PooledByteBufAllocator(true);
        for (int i = 0; i < 500; i++) {
            Reading reading = new Reading(LIMITS);
            byte[] stream = client.stream();
            for (ByteBuf in :
                    new ByteBuf[] {unpooled.buffer(), unpooled.heapBuffer(), pooled.buffer(), pooled.heapBuffer()}) {
                reading.read(in.writeBytes(stream));
                assertTrue(in.release(), "the only reference");
            }
        }
        assertEquals(
                0, unpooled.metric().usedDirectMemory() + unpooled.metric().usedHeapMemory(), () -> "seed " + seed);
        assertEquals(0, pooled.pinnedDirectMemory() + pooled.pinnedHeapMemory(), () -> "seed " + seed);
    }

    private void read(FrameDecoder decoder, ByteBuf in) {
        try {
            decoder.decode(in, 0, counts);
        } catch (FrameException refusal) {
            counts.refused++;
        }
    }

    private static final class Counts implements FrameDecoder.Sink {
        private int taken;
        private int refused;

        @Override
        public void onText(ByteBuf utf8) {
            taken++;
        }

        @Override
        public void onPing(ByteBuf payload) {
            taken++;
        }

        @Override
        public void onPong(ByteBuf payload) {
            taken++;
        }

        @Override
        public void onClose(int code, String reason) {
            taken++;
        }
    }
}
