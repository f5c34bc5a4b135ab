package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.Rung;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class OutboxTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);

    private final FakeWire wire = new FakeWire();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final AtomicLong nanos = new AtomicLong(1);
    private final ByteBuf cork = Unpooled.buffer();
    private final Outbox outbox = new Outbox(
            wire, FORMAT, new OutboxContext(cork, 2_000, metrics, () -> Instant.ofEpochMilli(0), nanos::get));
    private final Batch batch = new Batch(Unpooled.buffer());

    @Test
    void batch_toAHealthyPeer_isOneSendAndLeavesNothingBehind() {
        assertEquals(Offer.WRITTEN, outbox.send(batch(1, 2, 3)));
        assertEquals(1, wire.sends());
        assertEquals(List.of(1L, 2L, 3L), offsets());
        assertEquals(0, outbox.waitingBytes());
    }

    @Test
    void shortSend_inTheMiddleOfAFrame_goesOnAtThatByte() {
        wire.stallAfter(FORMAT.image(publication(1)).length + 10);
        assertEquals(Offer.QUEUED, outbox.send(batch(1, 2, 3)));
        assertEquals(List.of(1L), offsets());
        wire.resume();
        outbox.onWritable();
        assertEquals(List.of(1L, 2L, 3L), offsets());
        assertEquals(0, outbox.waitingBytes());
    }

    @Test
    void everyPossibleShortSend_losesAndRepeatsNothing() {
        int whole = batch(1, 2, 3).length();
        for (int taken = 0; taken <= whole; taken++) {
            var peer = new FakeWire();
            var box = new Outbox(
                    peer, FORMAT, new OutboxContext(cork, 10_000, metrics, () -> Instant.ofEpochMilli(0), nanos::get));
            peer.stallAfter(taken);
            box.send(batch(1, 2, 3));
            box.send(batch(4, 5));
            peer.resume();
            box.onWritable();
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L), offsets(peer), "taken " + taken);
        }
    }

    @Test
    void stalledPeer_overTheBound_losesTheOldestAndIsToldBeforeAnythingNewer() {
        wire.stallAfter(0);
        for (int i = 1; i <= 40; i++) {
            outbox.send(batch(i));
        }
        assertTrue(outbox.waitingBytes() <= 2_000, "waiting " + outbox.waitingBytes());
        double dropped = metrics.value(Count.DELIVERIES_DROPPED);
        assertTrue(dropped > 0);
        wire.resume();
        outbox.onWritable();
        List<String> texts = wire.texts();
        assertTrue(texts.getFirst().contains("\"type\":\"degraded\""), texts.getFirst());
        assertTrue(texts.get(1).contains("\"type\":\"lost\""), texts.get(1));
        assertTrue(texts.get(1).contains("\"count\":" + (long) dropped + ",\"from\":{\"epoch\":\"e\",\"offset\":1}"));
        assertEquals(40 - (long) dropped, offsets().size());
        assertEquals(40, offsets().getLast());
    }

    @Test
    void offersToAPeerThatKeepsUp_areNeverDropped_howeverManyComeBeforeTheFlush() {
        for (int i = 1; i <= 40; i++) {
            outbox.offer(batch(i));
            outbox.offer(publication(100 + i));
        }
        outbox.flush();
        assertEquals(80, offsets().size());
        assertEquals(0, metrics.value(Count.DELIVERIES_DROPPED));
        assertEquals(0, outbox.waitingBytes());
    }

    @Test
    void lastFrame_goesOutBehindWhatWasTaken_andBehindTheRestOfAFrame_alsoIfThePeerIsStalled() {
        wire.stallAfter(0);
        outbox.send(batch(1));
        outbox.close(Frames.text("bye".getBytes(StandardCharsets.UTF_8)));
        assertEquals(List.of("bye"), wire.texts());

        var halfSent = new FakeWire();
        var box = new Outbox(
                halfSent, FORMAT, new OutboxContext(cork, 2_000, metrics, () -> Instant.ofEpochMilli(0), nanos::get));
        halfSent.stallAfter(5);
        box.send(batch(1));
        box.close(Frames.text("bye".getBytes(StandardCharsets.UTF_8)));
        assertEquals(2, halfSent.texts().size());
        assertEquals("bye", halfSent.texts().getLast());
        assertTrue(halfSent.isClosed());
    }

    @Test
    void drop_neverTouchesAFrameThatIsHalfSent() {
        wire.stallAfter(5);
        for (int i = 1; i <= 40; i++) {
            outbox.send(batch(i));
        }
        wire.resume();
        outbox.onWritable();
        assertEquals(1, offsets().getFirst());
        assertTrue(wire.texts().get(1).contains("\"type\":\"degraded\""));
        assertTrue(wire.texts().get(2).contains("\"type\":\"lost\""));
        assertEquals(40, offsets().getLast());
    }

    @Test
    void noticeOfLoss_neverOvertakesAnEarlierOne_orAnAnswer() {
        wire.stallAfter(0);
        outbox.send(answer(new ServerMessage.Pong("answered")));
        for (int i = 1; i <= 40; i++) {
            outbox.send(batch(i));
        }
        int before = answer(new ServerMessage.Degraded("slow_consumer")).length
                + answer(new ServerMessage.Pong("answered")).length;
        wire.stallAfter(before + 30); // the notice is half sent
        outbox.onWritable();
        for (int i = 41; i <= 80; i++) {
            outbox.send(batch(i));
        }
        wire.resume();
        outbox.onWritable();
        List<String> texts = wire.texts();
        assertTrue(texts.get(1).contains("answered"));
        assertTrue(texts.get(2).contains("\"from\":{\"epoch\":\"e\",\"offset\":1}"), texts.get(2));
        assertTrue(texts.get(3).contains("\"type\":\"lost\""), texts.get(3));
        assertEquals(80, offsets().getLast());
    }

    @Test
    void peerThatAsksWithoutReading_overflows() {
        wire.stallAfter(0);
        Offer offer = Offer.QUEUED;
        for (int i = 0; i < 1_000 && offer != Offer.OVERFLOWED; i++) {
            offer = outbox.send(answer(new ServerMessage.Pong("request-" + i)));
        }
        assertEquals(Offer.OVERFLOWED, offer);
    }

    @Test
    void stalledTime_countsFromTheFirstShortSendUntilThePeerTakesSomething() {
        assertEquals(0, outbox.onTick(nanos.get()));
        wire.stallAfter(0);
        outbox.send(batch(1));
        nanos.addAndGet(500);
        outbox.send(batch(2));
        assertEquals(500, outbox.onTick(nanos.get()));
        wire.resume();
        outbox.onWritable();
        assertEquals(0, outbox.onTick(nanos.get()));
    }

    @Test
    void peerThatTakesALittle_ofWhichTheWireSaysNothing_isNotStalled() {
        wire.stallAfter(0);
        outbox.send(batch(1, 2, 3));
        for (int second = 1; second <= 20; second++) {
            nanos.addAndGet(1_000_000_000);
            wire.stallAfter(10);
            assertEquals(0, outbox.onTick(nanos.get()), "in second " + second);
            assertEquals(10 * second, wire.bytes().length);
        }
        assertEquals(Rung.QUEUED, outbox.rung());
        nanos.addAndGet(2_000_000_000);
        assertEquals(2_000_000_000, outbox.onTick(nanos.get()));
        assertEquals(Rung.STALLED, outbox.rung());
        wire.resume();
        assertEquals(0, outbox.onTick(nanos.get()));
        assertEquals(Rung.HEALTHY, outbox.rung());
        assertEquals(List.of(1L, 2L, 3L), offsets());
    }

    @Test
    void peerThatTakesWhatTheWireKeeps_isNotStalled() {
        wire.stallAfter(0);
        outbox.send(batch(1));
        for (int second = 1; second <= 20; second++) {
            nanos.addAndGet(1_000_000_000);
            wire.move();
            assertEquals(0, outbox.onTick(nanos.get()), "in second " + second);
        }
        nanos.addAndGet(2_000_000_000);
        assertEquals(2_000_000_000, outbox.onTick(nanos.get()));
    }

    @Test
    void whenDrained_runsOnceNothingWaits() {
        var ran = new ArrayList<String>();
        outbox.whenDrained(() -> ran.add("at once"));
        wire.stallAfter(0);
        outbox.send(batch(1));
        outbox.whenDrained(() -> ran.add("later"));
        assertEquals(List.of("at once"), ran);
        wire.resume();
        outbox.onWritable();
        assertEquals(List.of("at once", "later"), ran);
    }

    @Test
    void closedOutbox_takesNothing() {
        outbox.close(null);
        assertEquals(Offer.CLOSED, outbox.send(batch(1)));
        assertEquals(Offer.CLOSED, outbox.send(answer(new ServerMessage.Ping())));
        assertEquals(0, wire.sends());
        assertTrue(wire.isClosed());
    }

    private Batch batch(int... offsets) {
        batch.clear();
        for (int offset : offsets) {
            batch.add(publication(offset), FORMAT);
        }
        return batch;
    }

    private static Publication publication(long offset) {
        var draft = new Draft(new ChannelId("acme", "orders"), "message", RawJson.of("{\"n\":1}"), null, 0, 0);
        return new Publication(draft, new Position("e", offset), 0);
    }

    private List<Long> offsets() {
        return offsets(wire);
    }

    private static List<Long> offsets(FakeWire wire) {
        return wire.texts().stream()
                .filter(text -> text.contains("\"type\":\"event\""))
                .map(text -> Long.parseLong(text.replaceFirst(".*\"offset\":(\\d+).*", "$1")))
                .toList();
    }

    private static byte[] answer(ServerMessage message) {
        return FORMAT.frame(new NativeCodec().encode(message, 0));
    }
}
