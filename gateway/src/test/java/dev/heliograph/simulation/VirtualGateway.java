package dev.heliograph.simulation;

import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.broadcast.Broadcaster;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.broadcast.Pace;
import dev.heliograph.broker.BrokerListener;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.limit.Rate;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.Attendances;
import dev.heliograph.presence.PresenceLimits;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.publish.ChannelRates;
import dev.heliograph.publish.Publisher;
import dev.heliograph.publish.RatedBroker;
import dev.heliograph.session.PresencePublisher;
import dev.heliograph.session.RequestOrigin;
import dev.heliograph.session.Session;
import dev.heliograph.session.SessionContext;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.MockTicker;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One life of a gateway on virtual time: its sessions, fan-out and broker are the real ones, its loops, wires and clock are not. */
final class VirtualGateway {
    private static final NativeCodec CODEC = new NativeCodec();
    private static final WireFormat FORMAT = new WireFormat(0, CODEC, Frames::text);
    private static final int LOOPS = 2;
    private static final int KEPT = 20;
    private static final int OUTBOX_BYTES = 5_000;
    /** So small that people come and go, stall and close between the slices of one pass. */
    private static final int SLICE = 3;

    private static final LimitsConfig LIMITS = limits();
    private static final PresenceLimits PRESENCE =
            new PresenceLimits(30_000_000_000L, 5_000_000_000L, 500_000_000, 100, 1 << 14, 1_000);

    final List<VirtualLoop> loops = new ArrayList<>();
    final MemoryBroker broker;
    private final LoopHub[] hubs = new LoopHub[LOOPS];
    private final OutboxContext[] outboxes = new OutboxContext[LOOPS];
    private final BacklogLedger backlogs = new BacklogLedger(Long.MAX_VALUE, LOOPS);
    private final SessionContext sessions;
    private final List<Link> links = new ArrayList<>();
    private boolean isAlive = true;

    /** @param later runs a task of a dependency after a while, or at once */
    VirtualGateway(
            String name,
            MockTicker ticker,
            InstantSource clock,
            TokenVerifier verifier,
            Ledger ledger,
            Consumer<Runnable> later) {
        var metrics = new Metrics(new SimpleMeterRegistry());
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 1_000);
        var toLoops = new Broadcaster(hubs, ticker::nanoTime, metrics.usage());
        BrokerListener listener = (publication, to) -> {
            ledger.sequenced(
                    publication.channel(), Simulation.id(publication.data().toString()), publication.position());
            toLoops.onPublication(publication, to);
        };
        int[] epochs = {0};
        broker = new MemoryBroker(
                _ -> new HistoryLimits(KEPT, 1 << 20, 3_600_000),
                _ -> budget,
                listener,
                clock,
                () -> name + "-" + epochs[0]++);
        var late = new LateBroker(broker, later);
        var pace = new Pace(id -> Content.rule(id.name()), clock, ticker::nanoTime);
        for (int i = 0; i < LOOPS; i++) {
            var loop = new VirtualLoop(ticker);
            loops.add(loop);
            var thread = new LoopThread(i, loop.eventLoop(), SLICE, loop.eventLoop()::execute);
            var recorder = new LoopRecorder(ticker::nanoTime);
            hubs[i] = new LoopHub(thread, late, new Batch(Unpooled.buffer()), metrics, recorder, pace);
            outboxes[i] = new OutboxContext(
                    Unpooled.buffer(),
                    OUTBOX_BYTES,
                    metrics,
                    clock,
                    ticker::nanoTime,
                    new LoopBacklogs(new LoopOutflow(), backlogs),
                    DirectSockets.none(),
                    pace.merging());
        }
        int[] connections = {0};
        var rates = new ChannelRates(_ -> Rate.UNBOUNDED, metrics, ticker::nanoTime);
        sessions = new SessionContext(
                name,
                CODEC,
                () -> name + "-c" + connections[0]++,
                LIMITS,
                verifier,
                (_, _) -> true,
                (_, _) -> true,
                _ -> false,
                late,
                new Publisher(new RatedBroker(late, rates)),
                new Attendances(
                        PRESENCE, ticker::nanoTime, clock, new PresencePublisher(late, metrics, ticker::nanoTime)),
                metrics,
                clock,
                ticker::nanoTime,
                new SplittableRandom(name.hashCode())::nextLong);
    }

    private static LimitsConfig limits() {
        LimitsConfig usual = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                usual.connectionsMax(),
                usual.handshakesMax(),
                usual.headersTimeoutMs(),
                usual.bodyTimeoutMs(),
                usual.idleTimeoutMs(),
                2_000,
                5_000,
                usual.frameBytesMax(),
                usual.messageBytesMax(),
                usual.fragmentsMax(),
                usual.messageTimeoutMs(),
                usual.subscriptionsMax(),
                usual.refusalsPerMinuteMax(),
                usual.channelRatePerSecond(),
                usual.connectionsPerAddressMax(),
                OUTBOX_BYTES,
                usual.backlogBytesMax(),
                3_000);
    }

    /** A client's end of it: a session and the outbox that it writes to. */
    record Link(VirtualGateway gateway, Session session, Outbox outbox, VirtualLoop loop, VirtualWire wire) {
        /** As one of its loop's tasks, unless the session or the whole gateway has ended. */
        void run(Runnable task) {
            if (gateway.isAlive && !session.isClosed()) {
                loop.run(task);
            }
        }
    }

    Link accept(int loop, VirtualWire wire) {
        var outbox = new Outbox(wire, FORMAT, outboxes[loop]);
        var session = new Session(sessions, hubs[loop], outbox, new RequestOrigin(null, null));
        var link = new Link(this, session, outbox, loops.get(loop), wire);
        links.add(link);
        link.run(session::onOpen);
        return link;
    }

    /** What each loop does about once a second, and housekeeping now and then. */
    void tick() {
        links.removeIf(link -> link.session().isClosed());
        for (Link link : List.copyOf(links)) {
            link.run(link.session()::onTick);
        }
        broker.sweep();
    }

    /** The process ends, without a word to anybody. */
    void kill() {
        isAlive = false;
    }

    Position top(ChannelId channel) {
        var top = new AtomicReference<@Nullable Position>();
        broker.history(channel, null, 0, page -> top.set(page.top()));
        return Objects.requireNonNull(top.get());
    }

    /** When everyone has left, nothing is left. */
    void checkEmpty() {
        Ledger.check(broker.occupiedChannels() == 0, "I10: channels of nobody: " + broker.occupiedChannels());
        for (LoopHub hub : hubs) {
            Ledger.check(hub.channels() == 0, "I10: a loop still has channels: " + hub.channels());
        }
        Ledger.check(backlogs.ownBytes() == 0 && backlogs.sharedBytes() == 0, "I10: something waits for nobody");
    }
}
