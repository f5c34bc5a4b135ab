package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.MergeRule;
import dev.heliograph.metrics.LoopOutflow;
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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BacklogLedgerTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final ChannelId CHANNEL = new ChannelId("acme", "orders");
    private static final int BYTES_MAX = 100_000;

    private final AtomicLong nanos = new AtomicLong(1);
    private final LoopOutflow outflow = new LoopOutflow();
    private final BacklogLedger ledger = new BacklogLedger(BYTES_MAX, 2);
    private final OutboxContext context = new OutboxContext(
            Unpooled.buffer(),
            5_000,
            new Metrics(new SimpleMeterRegistry()),
            () -> Instant.ofEpochMilli(0),
            nanos::get,
            new LoopBacklogs(outflow, ledger),
            DirectSockets.none(),
            _ -> MergeRule.NONE);
    private long offset;

    private Publication publication() {
        var draft = new Draft(CHANNEL, "message", RawJson.of("{\"n\":" + offset + "}"), null, 0, 0);
        return new Publication(draft, new Position("e", ++offset), 0);
    }

    private static Batch batch(Publication... publications) {
        var batch = new Batch(Unpooled.buffer());
        for (Publication publication : publications) {
            batch.add(publication, FORMAT);
        }
        return batch;
    }

    private Outbox stalled(FakeWire wire) {
        wire.stallAfter(0);
        return new Outbox(wire, FORMAT, context);
    }

    @Test
    void publicationThatManyWaitFor_countsOnce_andUntilTheLastHasIt() {
        var wires = List.of(new FakeWire(), new FakeWire(), new FakeWire());
        List<Outbox> outboxes = wires.stream().map(this::stalled).toList();
        Publication publication = publication();
        outboxes.forEach(outbox -> outbox.send(batch(publication)));
        assertEquals(publication.bytes(), ledger.sharedBytes());
        assertEquals(3L * FORMAT.image(publication).length, outflow.backlogBytes());
        assertEquals(0, ledger.ownBytes());

        wires.get(0).resume();
        outboxes.get(0).onWritable();
        outboxes.get(1).close(null);
        assertEquals(publication.bytes(), ledger.sharedBytes());
        wires.get(2).resume();
        outboxes.get(2).onWritable();
        assertEquals(0, ledger.sharedBytes());
        assertEquals(0, outflow.backlogBytes());
    }

    @Test
    void answer_countsForItsPeerAlone() {
        var wire = new FakeWire();
        Outbox outbox = stalled(wire);
        outbox.send(new byte[300]);
        assertEquals(300, ledger.ownBytes());
        assertEquals(0, ledger.sharedBytes());
        wire.resume();
        outbox.onWritable();
        assertEquals(0, ledger.ownBytes());
    }

    @Test
    void healthyPeerWithSeveralChannels_isNotInTheBooks() {
        var outbox = new Outbox(new FakeWire(), FORMAT, context);
        outbox.offer(batch(publication()));
        outbox.offer(batch(publication()));
        assertEquals(0, ledger.sharedBytes());
        assertEquals(1, outflow.connections(Rung.HEALTHY));
        outbox.flush();
        assertEquals(0, ledger.sharedBytes());
    }

    @Test
    void bound_isTightFromFourFifths() {
        ledger.onOwn(BYTES_MAX / 5 * 4);
        assertFalse(ledger.isTight());
        ledger.onOwn(1);
        assertTrue(ledger.isTight());
        assertFalse(ledger.isOver());
        ledger.onOwn(BYTES_MAX / 5);
        assertTrue(ledger.isOver());
    }

    @Test
    void heaviestOfAllLoops_isKnown() {
        assertEquals(10, ledger.heaviest(0, 10));
        assertEquals(70, ledger.heaviest(1, 70));
        assertEquals(70, ledger.heaviest(0, 20));
        assertEquals(20, ledger.heaviest(1, 5));
    }

    @Test
    void rungs_followThePeer() {
        var wire = new FakeWire();
        Outbox outbox = stalled(wire);
        assertEquals(1, outflow.connections(Rung.HEALTHY));
        outbox.send(batch(publication()));
        assertEquals(1, outflow.connections(Rung.QUEUED));
        while (outbox.send(batch(publication())) != Offer.DROPPED) {
            assertEquals(1, outflow.connections(Rung.QUEUED));
        }
        assertEquals(1, outflow.connections(Rung.DROPPING));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        outbox.onTick(nanos.get());
        assertEquals(1, outflow.connections(Rung.STALLED));
        outbox.send(batch(publication()));
        wire.stallAfter(10);
        outbox.onWritable();
        assertEquals(1, outflow.connections(Rung.QUEUED));
        wire.resume();
        outbox.onWritable();
        assertEquals(1, outflow.connections(Rung.HEALTHY));
        outbox.close(null);
        outbox.onTick(nanos.get());
        assertEquals(0, outflow.connections(Rung.HEALTHY));
    }

    @Test
    void booksAreEven_whateverHappens() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("BacklogLedgerTest seed " + seed);
        var random = new SplittableRandom(seed);
        var wires = new ArrayList<FakeWire>();
        var outboxes = new ArrayList<Outbox>();
        for (int step = 0; step < 50_000; step++) {
            if (outboxes.size() < 8) {
                wires.add(new FakeWire());
                outboxes.add(new Outbox(wires.getLast(), FORMAT, context));
            }
            int who = random.nextInt(outboxes.size());
            Outbox outbox = outboxes.get(who);
            switch (random.nextInt(10)) {
                case 0 -> wires.get(who).stallAfter(random.nextInt(400));
                case 1 -> {
                    wires.get(who).resume();
                    outbox.onWritable();
                    wires.get(who).takeTexts();
                }
                case 2 -> outbox.send(new byte[random.nextInt(200)]);
                case 3 -> outbox.offer(publication());
                case 4 -> outbox.onTick(nanos.addAndGet(random.nextLong(2_000_000_000)));
                case 5 -> {
                    if (random.nextInt(20) == 0) {
                        outbox.close(new byte[2]);
                        outboxes.remove(who);
                        wires.remove(who);
                    }
                }
                default -> {
                    Publication both = publication();
                    outboxes.forEach(each -> each.send(batch(both, both)));
                }
            }
        }
        outboxes.forEach(outbox -> outbox.close(null));
        assertEquals(0, ledger.sharedBytes());
        assertEquals(0, ledger.ownBytes());
        assertEquals(0, outflow.backlogBytes());
        for (Rung rung : Rung.values()) {
            assertEquals(0, outflow.connections(rung), rung.toString());
        }
    }
}
