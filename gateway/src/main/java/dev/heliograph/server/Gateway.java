package dev.heliograph.server;

import dev.heliograph.admin.AdminRoutes;
import dev.heliograph.admin.OperatorView;
import dev.heliograph.auth.Anonymous;
import dev.heliograph.auth.JwtVerifier;
import dev.heliograph.auth.Origins;
import dev.heliograph.auth.WriteKeys;
import dev.heliograph.broadcast.Broadcaster;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.channel.ChannelRules;
import dev.heliograph.channel.Channels;
import dev.heliograph.config.CompressionConfig;
import dev.heliograph.config.Config;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.egress.LinuxSendCall;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.http.BodyWorkers;
import dev.heliograph.http.EventLoops;
import dev.heliograph.http.HttpServer;
import dev.heliograph.http.Listener;
import dev.heliograph.http.Router;
import dev.heliograph.http.TlsContexts;
import dev.heliograph.ingest.IngestRoutes;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.Level;
import dev.heliograph.metrics.LoopMeter;
import dev.heliograph.metrics.LoopMeters;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.pipeline.Ambience;
import dev.heliograph.pipeline.Dedupe;
import dev.heliograph.pipeline.Pipeline;
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.MessageDeflater;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.PublishOnce;
import dev.heliograph.session.SessionContext;
import dev.heliograph.websocket.Dialects;
import dev.heliograph.websocket.LoopConnections;
import dev.heliograph.websocket.WebSocketDoor;
import dev.heliograph.websocket.WebSocketLoop;
import dev.heliograph.websocket.WebSocketRules;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole gateway: everything is constructed here, in the order in which data flows back to front, and stopped in the order in which it flows. Several can run
 * in one process.
 */
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final int BODIES_WAITING_MAX = 1_024;
    private static final long SWEEP_SECONDS = 5;
    private static final int HISTORY_HEAP_DIVISOR = 4;
    private static final int BACKLOG_HEAP_DIVISOR = 8;
    private static final long DRAIN_MS = 3_000;

    private final EventLoops loops;
    private final Exposition exposition;
    private final ScheduledExecutorService housekeeping;
    private final List<LoopConnections> connections = new ArrayList<>();
    /** Of the loops, and released after them. */
    private final List<ByteBuf> scratch = new ArrayList<>();

    /** Of all loops, and closed after them. */
    private final Dialects dialects;

    private final @Nullable TlsContexts tls;
    private final HttpServer server;
    private final HttpServer admin;
    private volatile boolean draining;

    /** Starts it; when this returns it is ready. */
    public static Gateway start(Config config, Clock clock) throws IOException {
        return new Gateway(config, clock);
    }

    private Gateway(Config config, Clock clock) throws IOException {
        LimitsConfig limits = config.limits();
        var ids = new Ids(config.server().node());
        Executor blocking = task -> Thread.ofVirtual().name("blocking").start(task);
        exposition = new Exposition();
        var metrics = new Metrics(exposition.registry());
        loops = EventLoops.create(
                config.server().transport(),
                config.server().eventLoops(),
                "loop",
                config.server().spinUs());

        // order, history and fan-out
        var channels = new Channels(config.workspaces());
        List<EventLoop> eventLoops = eventLoops();
        var hubs = new LoopHub[eventLoops.size()];
        var broker = new MemoryBroker(
                id -> historyLimits(channels.rules(id)),
                budgets(config),
                new Broadcaster(hubs, System::nanoTime),
                clock,
                ids::epoch);
        var loopMeters = new ArrayList<LoopMeter>();
        var ledger = new BacklogLedger(backlogBytesMax(limits), hubs.length);
        var webSocketLoops = new IdentityHashMap<EventLoop, WebSocketLoop>();
        for (int i = 0; i < hubs.length; i++) {
            EventLoop loop = eventLoops.get(i);
            LoopMeter meter = LoopMeter.create(System::nanoTime);
            meter.lag().watch(loop);
            loopMeters.add(meter);
            var thread = new LoopThread(
                    i, loop, LoopThread.SLICE_DELIVERIES, task -> nextTurn((SingleThreadEventLoop) loop, task));
            var direct = new DirectSockets(loops.isEpoll() ? new LinuxSendCall() : null, meter.outflow());
            hubs[i] = new LoopHub(thread, broker, new Batch(scratch(), direct), metrics, meter.recorder());
            var backlogs = new LoopBacklogs(meter.outflow(), ledger);
            var outboxes = new OutboxContext(
                    scratch(), limits.outboxBytesMax(), metrics, clock, System::nanoTime, backlogs, direct);
            connections.add(new LoopConnections(i, loop, ledger));
            var sockets = new BareLoop((IoEventLoop) loop, scratch(), scratch(), scratch(), backlogs::onHeld);
            webSocketLoops.put(loop, new WebSocketLoop(loop, hubs[i], outboxes, connections.get(i), sockets));
        }

        // doors for clients
        var origins = new Origins(config.workspaces());
        var sessions = new SessionContext(
                ids.node(),
                ids::connection,
                limits,
                new JwtVerifier(config.workspaces(), clock, blocking),
                (workspace, from) -> origins.allows(workspace, from.origin(), from.host()),
                channels::mayFilter,
                broker,
                new PublishOnce(broker),
                metrics,
                clock,
                System::nanoTime);
        var frames = new FrameLimits(
                limits.frameBytesMax(), limits.messageBytesMax(), limits.fragmentsMax(), limits.messageTimeoutMs());
        dialects = dialects(config.compression(), frames);
        var rules = new WebSocketRules(
                from -> origins.allowsSomewhere(from.origin(), from.host()),
                new Anonymous(config.workspaces())::principal,
                ledger::isTight);
        var router = new Router();
        router.upgrade(
                "/ws",
                new WebSocketDoor(sessions, dialects, loop -> Objects.requireNonNull(webSocketLoops.get(loop)), rules));

        // doors for producers
        var dedupe = new Dedupe(
                config.ingest().dedupeWindowMs(), config.ingest().dedupeEntriesMax(), System::nanoTime, metrics);
        var pipeline = new Pipeline(
                config, broker, dedupe, metrics, new Ambience(System::nanoTime, ids::message, ids.secret()));
        var writeKeys = new WriteKeys(config.workspaces());
        IngestRoutes.register(router, writeKeys, pipeline, config.ingest(), metrics, clock::millis);
        PageRoutes.register(router, config);

        // the operator's listener
        var adminRouter = new Router();
        var meters = new LoopMeters(loopMeters);
        meters.bindTo(exposition);
        var view = new OperatorView(loops, this::notReady, exposition, meters, state(ids, clock, broker, meters));
        AdminRoutes.register(adminRouter, view, config.admin().token(), blocking);

        var workers = new BodyWorkers(BODIES_WAITING_MAX);
        tls = openTls(config, metrics, clock);
        server = listen(
                new Listener("public", config.server().host(), config.server().port(), tls),
                router,
                limits,
                workers,
                metrics);
        admin = listen(
                new Listener("admin", config.admin().host(), config.admin().port()),
                adminRouter,
                limits,
                workers,
                metrics);
        watch(broker, ledger, dedupe, workers);
        housekeeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("housekeeping").factory());
        if (loops.isEpoll()) {
            blocking.execute(LinuxSendCall::link);
        }
        every(SWEEP_SECONDS, "history was not swept", broker::sweep);
        every(LoopMeters.INTERVAL_SECONDS, "the interval of the loops' histograms was not ended", meters::tick);
        if (tls != null) {
            every(TlsContexts.TICK_SECONDS, "certificate and key were not looked at", tls::onTick);
        }
    }

    /** A timer that throws would never run again. */
    private void every(long seconds, String failed, Runnable task) {
        housekeeping.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.error(failed, e);
                    }
                },
                seconds,
                seconds,
                TimeUnit.SECONDS);
    }

    /** At the end of this turn the task is put among those of the next, which begins with the sockets. */
    private static void nextTurn(SingleThreadEventLoop loop, Runnable task) {
        loop.executeAfterEventLoopIteration(() -> loop.execute(task));
    }

    private ByteBuf scratch() {
        ByteBuf buffer = Unpooled.directBuffer(OutboxContext.CORK_BYTES);
        scratch.add(buffer);
        return buffer;
    }

    private List<EventLoop> eventLoops() {
        var eventLoops = new ArrayList<EventLoop>();
        for (EventExecutor executor : loops.group()) {
            eventLoops.add((EventLoop) executor);
        }
        return eventLoops;
    }

    /** Each workspace has an equal share. */
    private static Function<String, WorkspaceBudget> budgets(Config config) {
        long all = config.history().bytesMax() > 0
                ? config.history().bytesMax()
                : Runtime.getRuntime().maxMemory() / HISTORY_HEAP_DIVISOR;
        var budgets = new HashMap<String, WorkspaceBudget>();
        for (String workspace : config.workspaces().keySet()) {
            budgets.put(
                    workspace,
                    new WorkspaceBudget(
                            all / config.workspaces().size(), config.history().channelsMax()));
        }
        return workspace -> Objects.requireNonNull(budgets.get(workspace));
    }

    private static long backlogBytesMax(LimitsConfig limits) {
        return limits.backlogBytesMax() > 0
                ? limits.backlogBytesMax()
                : Runtime.getRuntime().maxMemory() / BACKLOG_HEAP_DIVISOR;
    }

    private static Dialects dialects(CompressionConfig compression, FrameLimits frames) {
        var plain = new WireFormat(0, new NativeCodec(), Frames::text);
        return compression.enabled()
                ? Dialects.compressing(
                        plain, 1, frames, new MessageDeflater(MessageDeflater.FASTEST, compression.thresholdBytes()))
                : Dialects.plain(plain, frames);
    }

    private static HistoryLimits historyLimits(ChannelRules rules) {
        return rules.keepsHistory()
                ? new HistoryLimits(rules.historyCount(), rules.historyBytesMax(), rules.historyAgeMs())
                : new HistoryLimits(0, 0, 0);
    }

    private @Nullable TlsContexts openTls(Config config, Metrics metrics, Clock clock) throws IOException {
        TlsConfig settings = config.server().tls();
        if (settings == null) {
            return null;
        }
        try {
            return TlsContexts.open(settings, metrics, clock);
        } catch (IOException e) {
            release();
            throw e;
        }
    }

    /** A gateway that cannot have a port leaves nothing behind. */
    private HttpServer listen(Listener where, Router router, LimitsConfig limits, BodyWorkers workers, Metrics metrics)
            throws IOException {
        try {
            return HttpServer.start(where, router, loops, limits, workers, metrics);
        } catch (IOException e) {
            release();
            throw e;
        }
    }

    private Map<String, Supplier<Object>> state(Ids ids, Clock clock, MemoryBroker broker, LoopMeters meters) {
        long startedMs = clock.millis();
        var sections = new LinkedHashMap<String, Supplier<Object>>();
        sections.put(
                "gateway",
                () -> Map.of(
                        "node",
                        ids.node(),
                        "version",
                        Version.current(),
                        "startUpCache",
                        StartUpCache.isInUse(),
                        "startedAtMs",
                        startedMs,
                        "uptimeMs",
                        clock.millis() - startedMs));
        sections.put("connections", () -> Map.of("open", open(), "openByLoop", openByLoop()));
        sections.put("channels", () -> Map.of("known", broker.channels(), "occupied", broker.occupiedChannels()));
        sections.put("loops", meters::state);
        return sections;
    }

    private void watch(MemoryBroker broker, BacklogLedger ledger, Dedupe dedupe, BodyWorkers workers) {
        exposition.watch(Level.CONNECTIONS_OPEN, this::open);
        exposition.watch(Level.BACKLOG_SHARED_BYTES, ledger::sharedBytes);
        exposition.watch(Level.BACKLOG_OWN_BYTES, ledger::ownBytes);
        exposition.watch(Level.CHANNELS, broker::channels);
        exposition.watch(Level.CHANNELS_OCCUPIED, broker::occupiedChannels);
        exposition.watch(Level.DEDUPE_WINDOW_SECONDS, () -> (double) dedupe.effectiveWindowMs() / 1e3);
        exposition.watch(Level.HTTP_CONNECTIONS_OPEN, server::connectionsOpen);
        exposition.watch(Level.HTTP_BODY_BYTES, server::bodyBytesHeld);
        exposition.watch(Level.HTTP_BODIES_WAITING, workers::waiting);
        if (tls != null) {
            exposition.watch(Level.TLS_CERTIFICATE_EXPIRY_SECONDS, tls::expirySeconds);
            exposition.watch(Level.TLS_HANDSHAKES_UNDER_WAY, server::handshakesUnderWay);
        }
    }

    private int open() {
        return connections.stream().mapToInt(LoopConnections::size).sum();
    }

    private List<Integer> openByLoop() {
        return connections.stream().map(LoopConnections::size).toList();
    }

    private Optional<String> notReady() {
        return draining ? Optional.of("draining") : Optional.empty();
    }

    /** Where clients and producers connect. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Where the operator connects. */
    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    /** Stops taking what is new, answers what is under way, says goodbye to clients, and ends; within a few seconds. */
    @Override
    public void close() {
        draining = true;
        var left = new ArrayList<CompletableFuture<Void>>();
        left.add(server.close(DRAIN_MS));
        connections.forEach(loop ->
                left.add(loop.closeAll(DisconnectCause.SHUTDOWN, CloseCode.SERVICE_RESTART, "the gateway restarts")));
        await(CompletableFuture.allOf(left.toArray(CompletableFuture[]::new)), 2 * DRAIN_MS);
        await(admin.close(0), DRAIN_MS);
        housekeeping.shutdownNow();
        release();
    }

    private void release() {
        loops.close();
        if (tls != null) {
            tls.close();
        }
        scratch.forEach(ByteBuf::release);
        dialects.close();
        exposition.close();
    }

    private static void await(CompletableFuture<Void> end, long timeoutMs) {
        end.orTimeout(timeoutMs, TimeUnit.MILLISECONDS).exceptionally(_ -> null).join();
    }
}
