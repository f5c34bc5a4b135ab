package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.MergeRule;
import dev.heliograph.egress.WirePair.Kind;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

final class DirectSocketsTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final int DATA_BYTES = 8_000;

    private final LoopOutflow outflow = new LoopOutflow();
    private final List<String> calls = new ArrayList<>();
    private final DirectSockets fake = new DirectSockets(
            (descriptor, bytes, from, length) -> {
                calls.add(descriptor + ":" + length);
                return length;
            },
            outflow);
    private final Batch batch = batch(fake, Unpooled.buffer());

    private static Batch batch(DirectSockets sockets, ByteBuf cork) {
        var batch = new Batch(cork, sockets);
        fill(batch, 1);
        return batch;
    }

    @Test
    void handleOfAConnection_thatKeepsUp_sendsToItsDescriptor() {
        long handle = fake.open(700);
        assertEquals(batch.length(), batch.sendDirectly(handle));
        assertEquals(List.of("700:" + batch.length()), calls);
    }

    @Test
    void busyConnection_isSentNothing_untilItIsClearAgain() {
        long handle = fake.open(7);
        fake.onBusy(handle);
        assertEquals(Batch.UNSENT, batch.sendDirectly(handle));
        fake.onClear(handle);
        assertEquals(batch.length(), batch.sendDirectly(handle));
        assertEquals(1, calls.size());
    }

    @Test
    void handleOfAClosedConnection_sendsNothingToTheOneThatHasItsDescriptorNow() {
        long old = fake.open(7);
        fake.onBusy(old);
        long now = fake.open(7);
        assertEquals(Batch.UNSENT, batch.sendDirectly(old));
        assertEquals(List.of(), calls);
        assertEquals(batch.length(), batch.sendDirectly(now));
    }

    @Test
    void connectionWithoutABareSocket_hasNoHandle() {
        assertEquals(DirectSockets.NONE, fake.open(-1));
        assertEquals(DirectSockets.NONE, DirectSockets.none().open(7));
        fake.onBusy(DirectSockets.NONE);
        fake.onClear(DirectSockets.NONE);
        assertEquals(Batch.UNSENT, batch.sendDirectly(DirectSockets.NONE));
    }

    /** The system's own send(2), on a peer that stalls and reads again, and on one that has gone. */
    @Test
    void stalledPeer_getsEveryByteOnceAndInOrder_partlyDirectlyPartlyThroughItsOutbox() throws Exception {
        var cork = Unpooled.directBuffer();
        var own = Unpooled.directBuffer();
        try (var pair = new WirePair(Kind.PLAIN)) {
            var sockets = new DirectSockets(new LinuxSendCall(), outflow);
            var real = new Batch(cork, sockets);
            var outbox = new Outbox(pair.wire, FORMAT, context(own, sockets));
            pair.start(new OutboxReceiver(outbox));
            var sent = new ByteArrayOutputStream();
            int offset = 0;
            for (int round = 0; round < 3; round++) {
                int behind = sent.size();
                int through = 0;
                while (through < 3) {
                    assertTrue(offset < 30_000, "takes without end what nobody reads");
                    sent.writeBytes(fill(real, ++offset));
                    through += pair.onLoop(() -> deliver(real, outbox)) ? 0 : 1;
                }
                byte[] expected = Arrays.copyOfRange(sent.toByteArray(), behind, sent.size());
                assertArrayEquals(expected, pair.peer.getInputStream().readNBytes(expected.length));
                while (pair.onLoop(outbox::waitingBytes) > 0) {
                    Thread.onSpinWait();
                }
            }
            pair.onLoop(() -> {
                outbox.close(null);
                assertEquals(Batch.UNSENT, real.sendDirectly(outbox.handle()));
                return 0;
            });
            assertEquals(-1, pair.peer.getInputStream().read(), "nothing was sent twice");
        } finally {
            cork.release();
            own.release();
        }
    }

    /** Whatever a receiver throws: its descriptor is freed, and the handle was dead before. */
    @Test
    void connectionThatFailsWhileItEnds_leavesNoHandleBehind() throws Exception {
        var cork = Unpooled.directBuffer();
        var own = Unpooled.directBuffer();
        try (var pair = new WirePair(Kind.PLAIN)) {
            var sockets = new DirectSockets(new LinuxSendCall(), outflow);
            Batch real = batch(sockets, cork);
            var outbox = new Outbox(pair.wire, FORMAT, context(own, sockets));
            var faults = new LinkedBlockingQueue<Throwable>();
            pair.start(new OutboxReceiver(outbox) {
                @Override
                public void onGone() {
                    super.onGone();
                    throw new IllegalStateException("asked for");
                }

                @Override
                public void onFault(Throwable cause) {
                    faults.add(cause);
                }
            });
            pair.peer.close();
            assertEquals("asked for", faults.take().getMessage());
            pair.onLoop(() -> 0);
            assertEquals(1, pair.freed.get());
            assertEquals(Batch.UNSENT, pair.onLoop(() -> real.sendDirectly(outbox.handle())));
        } finally {
            cork.release();
            own.release();
        }
    }

    /** The next publication, alone; returns its image. */
    private static byte[] fill(Batch batch, int offset) {
        var draft = new Draft(
                new ChannelId("acme", "c"), "message", RawJson.of("\"" + "x".repeat(DATA_BYTES) + "\""), null, 0, 0);
        batch.clear();
        batch.add(new Publication(draft, new Position("e", offset), 0), FORMAT);
        return FORMAT.image(batch.publication(0));
    }

    /** As a pass does it. Whether all of it went directly. */
    private static boolean deliver(Batch batch, Outbox outbox) {
        int sent = batch.sendDirectly(outbox.handle());
        if (sent == batch.length()) {
            return true;
        }
        outbox.send(batch, Math.max(0, sent));
        return false;
    }

    private OutboxContext context(ByteBuf cork, DirectSockets sockets) {
        return new OutboxContext(
                cork,
                64 << 20,
                new Metrics(new SimpleMeterRegistry()),
                InstantSource.system(),
                System::nanoTime,
                new LoopBacklogs(outflow, new BacklogLedger(Long.MAX_VALUE, 1)),
                sockets,
                _ -> MergeRule.NONE);
    }

    private static class OutboxReceiver implements Receiver {
        private final Outbox outbox;

        OutboxReceiver(Outbox outbox) {
            this.outbox = outbox;
        }

        @Override
        public void onOpen() {}

        @Override
        public void onBytes(ByteBuf bytes) {}

        @Override
        public void onWritable() {
            outbox.onWritable();
        }

        @Override
        public void onFault(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void onGone() {
            outbox.close(null);
        }
    }
}
