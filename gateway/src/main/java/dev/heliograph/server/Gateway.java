package dev.heliograph.server;

import dev.heliograph.admin.AdminRoutes;
import dev.heliograph.admin.OperatorDoor;
import dev.heliograph.admin.OperatorView;
import dev.heliograph.admin.RevocationDoors;
import dev.heliograph.admin.StoredRevocations;
import dev.heliograph.app.Announcer;
import dev.heliograph.app.Apps;
import dev.heliograph.app.PusherContext;
import dev.heliograph.app.SocketIds;
import dev.heliograph.app.WebhookSink;
import dev.heliograph.app.api.ApiRoutes;
import dev.heliograph.app.api.AuthRoutes;
import dev.heliograph.auth.Anonymous;
import dev.heliograph.auth.GitHubVerifier;
import dev.heliograph.auth.JwtVerifier;
import dev.heliograph.auth.Origins;
import dev.heliograph.auth.RevocableTokens;
import dev.heliograph.auth.RevocationKeeper;
import dev.heliograph.auth.Revocations;
import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.auth.WriteKeys;
import dev.heliograph.broadcast.Broadcaster;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.broadcast.Pace;
import dev.heliograph.broker.Broker;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.channel.ChannelKind;
import dev.heliograph.channel.ChannelRules;
import dev.heliograph.channel.Channels;
import dev.heliograph.config.Config;
import dev.heliograph.config.GitHubConfig;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.TlsConfig;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.BareLoop;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.egress.LinuxSendCall;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.explain.ExplainDoor;
import dev.heliograph.explain.Inspected;
import dev.heliograph.http.BodyWorkers;
import dev.heliograph.http.EventLoops;
import dev.heliograph.http.HttpServer;
import dev.heliograph.http.Listener;
import dev.heliograph.http.Router;
import dev.heliograph.http.TlsContexts;
import dev.heliograph.ingest.IngestRoutes;
import dev.heliograph.ingest.api.NativeRoutes;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.Level;
import dev.heliograph.metrics.LoopMeter;
import dev.heliograph.metrics.LoopMeters;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.Usage;
import dev.heliograph.pipeline.Ambience;
import dev.heliograph.pipeline.Dedupe;
import dev.heliograph.pipeline.Pipeline;
import dev.heliograph.presence.Rosters;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.publish.ChannelRates;
import dev.heliograph.publish.Publisher;
import dev.heliograph.publish.RatedBroker;
import dev.heliograph.session.Resumptions;
import dev.heliograph.session.SessionContext;
import dev.heliograph.store.Store;
import dev.heliograph.streaming.StreamLoop;
import dev.heliograph.streaming.StreamingRoutes;
import dev.heliograph.webhook.Webhooks;
import dev.heliograph.websocket.LoopConnections;
import dev.heliograph.websocket.PusherDoor;
import dev.heliograph.websocket.WebSocketLoop;
import dev.heliograph.websocket.WebSocketRoutes;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
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
    private static final long SWEEP_MS = 5_000;
    private static final long ANNOUNCE_MS = 200;
    /** Longer than a page takes to be loaded again; as long as Pusher waits. */
    private static final long PRESENCE_GRACE_MS = 3_000;

    private static final long DRAIN_MS = 3_000;

    private final EventLoops loops;
    private final Exposition exposition;
    private final ScheduledExecutorService housekeeping;
    private final List<LoopConnections> connections = new ArrayList<>();
    /** Of the loops, and released after them. */
    private final List<ByteBuf> scratch = new ArrayList<>();

    /** Of all loops, and closed after them. */
    private final WireFormats formats;

    private final Rosters<PresenceMember> rosters;
    private final @Nullable Store store;
    private final KeptHistory kept;
    private final Revocations revocations;
    private final @Nullable Webhooks webhooks;

    private final @Nullable TlsContexts tls;
    private final HttpServer server;
    private final HttpServer admin;
    private final Drain drain;
    private volatile boolean closing;

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

        housekeeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("housekeeping").factory());

        // order, history and fan-out
        var channels = new Channels(config.workspaces(), limits.channelRatePerSecond());
        List<EventLoop> eventLoops = eventLoops();
        var hubs = new LoopHub[eventLoops.size()];
        var history = new HistoryRules(config, channels);
        var memory = new MemoryBroker(
                history::limits,
                HeapShares.histories(config),
                new Broadcaster(hubs, System::nanoTime, metrics.usage()),
                clock,
                ids::epoch);
        kept = openHistory(config, history, memory, metrics, clock);
        store = kept.store();
        Broker broker = kept.broker();
        var rated = new RatedBroker(
                broker, new ChannelRates(id -> channels.rules(id).rate(), metrics, System::nanoTime));
        var publisher = new Publisher(rated);
        recall(publisher);
        var pace = new Pace(id -> channels.rules(id).merge(), clock, System::nanoTime);
        var loopMeters = new ArrayList<LoopMeter>();
        var ledger = new BacklogLedger(HeapShares.backlogs(limits), hubs.length);
        var webSocketLoops = new IdentityHashMap<EventLoop, WebSocketLoop>();
        var streamLoops = new IdentityHashMap<EventLoop, StreamLoop>();
        for (int i = 0; i < hubs.length; i++) {
            EventLoop loop = eventLoops.get(i);
            LoopMeter meter = LoopMeter.create(System::nanoTime);
            meter.lag().watch(loop);
            loopMeters.add(meter);
            var thread = new LoopThread(
                    i, loop, LoopThread.SLICE_DELIVERIES, task -> nextTurn((SingleThreadEventLoop) loop, task));
            var direct = new DirectSockets(loops.isEpoll() ? new LinuxSendCall() : null, meter.outflow());
            var batch = new Batch(scratch(), direct);
            hubs[i] = new LoopHub(thread, broker, batch, metrics, meter.recorder(), pace);
            var backlogs = new LoopBacklogs(meter.outflow(), ledger);
            var outboxes = new OutboxContext(
                    scratch(),
                    limits.outboxBytesMax(),
                    metrics,
                    clock,
                    System::nanoTime,
                    backlogs,
                    direct,
                    pace.merging());
            connections.add(new LoopConnections(thread, ledger));
            var sockets = new BareLoop((IoEventLoop) loop, scratch(), scratch(), scratch(), backlogs::onHeld);
            webSocketLoops.put(loop, new WebSocketLoop(loop, hubs[i], outboxes, connections.get(i), sockets));
            streamLoops.put(loop, new StreamLoop(webSocketLoops.get(loop), scratch()));
        }

        // who is present
        var presence = new NativePresence(config, broker, metrics, clock);

        // doors for clients
        LongUnaryOperator random = bound -> ThreadLocalRandom.current().nextLong(bound);
        revocations = new Revocations(store == null ? RevocationKeeper.NOWHERE : new StoredRevocations(store), clock);
        var origins = new Origins(config.workspaces());
        var sessions = new SessionContext(
                ids.node(),
                WireFormats.NATIVE,
                ids::connection,
                limits,
                new RevocableTokens(new JwtVerifier(config.workspaces(), clock, blocking), revocations),
                (workspace, from) -> origins.allows(workspace, from.origin(), from.host()),
                channels::mayFilter,
                id -> channels.rules(id).kind() == ChannelKind.CACHE,
                broker,
                publisher,
                presence.attendances(),
                metrics,
                clock,
                System::nanoTime,
                random);
        formats = new WireFormats(config);
        var rules = new WebSocketRules(
                from -> origins.allowsSomewhere(from.origin(), from.host()),
                new Anonymous(config.workspaces())::principal,
                ledger::isTight);
        var router = new Router();
        Function<EventLoop, WebSocketLoop> loopOf = loop -> Objects.requireNonNull(webSocketLoops.get(loop));
        WebSocketRoutes.register(
                router,
                sessions,
                formats.ofNative(),
                formats.ofDazzle(),
                WireFormats.DAZZLE,
                new Resumptions(ids::resumeKey, System::nanoTime),
                loopOf,
                rules);
        StreamingRoutes.register(
                router,
                sessions,
                rules,
                WireFormats.OF_STREAMS,
                loop -> Objects.requireNonNull(streamLoops.get(loop)),
                bound -> ThreadLocalRandom.current().nextInt(bound));

        // Pusher's protocol: its clients, and their servers
        var apps = new Apps(config.workspaces());
        webhooks = store == null ? null : Webhooks.open(config.workspaces(), store, metrics, clock);
        var announcer = new Announcer(apps, broker, sink(webhooks), System::nanoTime, housekeeping);
        rosters = new Rosters<>(announcer, System::nanoTime, TimeUnit.MILLISECONDS.toNanos(PRESENCE_GRACE_MS));
        memory.watch(announcer);
        if (!apps.isEmpty()) {
            var pusher = new PusherContext(
                    new SocketIds(),
                    limits,
                    rated,
                    rosters,
                    announcer,
                    revocations,
                    metrics,
                    clock,
                    System::nanoTime,
                    random);
            router.upgradeBelow(
                    PusherDoor.PATH, new PusherDoor(pusher, apps, formats.ofPusher(), loopOf, ledger::isTight));
            ApiRoutes.register(
                    router,
                    apps,
                    pusher,
                    clock,
                    ChannelRules.CACHE_MS,
                    blocking,
                    new Terminator(connections)::terminate);
            AuthRoutes.register(router, apps, sessions.verifier(), gitHub(apps, clock, blocking), metrics);
        }

        // doors for producers
        var pipeline = new Pipeline(
                config,
                rated,
                kept.dedupe(),
                metrics,
                new Ambience(System::nanoTime, ids::message, kept.secret(ids::secret)));
        var writeKeys = new WriteKeys(config.workspaces());
        IngestRoutes.register(router, writeKeys, pipeline, config.ingest(), metrics, clock::millis);
        NativeRoutes.register(router, sessions.verifier(), origins, publisher, config, metrics);
        PageRoutes.register(router, config);

        // the operator's listener
        var adminRouter = new Router();
        var meters = new LoopMeters(loopMeters);
        meters.bindTo(exposition);
        var state = StateSections.of(ids, clock, metrics, meters, connections);
        state.put("channels", () -> Map.of("known", memory.channels(), "occupied", memory.occupiedChannels()));
        presence.bindTo(exposition, state);
        state.put("apps", () -> appConnections(apps));
        if (webhooks != null) {
            state.put("webhooks", webhooks::state);
            exposition.watch(Level.WEBHOOKS_WAITING, webhooks::waiting);
        }
        kept.watch(exposition);
        var view = new OperatorView(loops, this::notReady, exposition, meters, state);
        var doors = new ArrayList<OperatorDoor>();
        doors.addAll(RevocationDoors.of(revocations, config.workspaces().keySet(), clock));
        exposition.watch(Level.REVOCATIONS, revocations::size);
        doors.add(ExplainDoor.of(new Inspected(
                config.workspaces().keySet(),
                List.of(hubs),
                connections,
                broker,
                pipeline.decisions(),
                ChannelExplanation.by(config.workspaces(), channels))));
        drain = new Drain(config.server().drain(), connections, housekeeping, this::wane);
        doors.add(drain.door());
        state.put("drain", drain::state);
        exposition.watch(Level.DRAINING, () -> drain.hasBegun() ? 1 : 0);
        AdminRoutes.register(adminRouter, view, config.admin().token(), blocking, doors);

        var workers = new BodyWorkers(BODIES_WAITING_MAX);
        tls = openTls(config, metrics, clock);
        server = listen(Listener.of("public", config.server(), tls), router, limits, workers, metrics);
        admin = listen(
                new Listener("admin", config.admin().host(), config.admin().port()),
                adminRouter,
                limits,
                workers,
                metrics);
        watch(memory, ledger, kept.dedupe(), workers);
        config.workspaces().keySet().forEach(workspace -> watchUsage(workspace, metrics.usage()));
        metrics.usage().tick(clock.millis());
        if (loops.isEpoll()) {
            blocking.execute(LinuxSendCall::link);
        }
        every(SWEEP_MS, "history was not swept", kept::sweep);
        every(
                SWEEP_MS,
                "the day's usage was not looked at",
                () -> metrics.usage().tick(clock.millis()));
        every(SWEEP_MS, "revocations were not looked through", revocations::sweep);
        every(ANNOUNCE_MS, "who has left was not told", rosters::sweep);
        every(NativePresence.SWEEP_MS, "who is present was not told", presence.attendances()::sweep);
        every(ANNOUNCE_MS, "what was held back was not told", announcer::sweep);
        every(
                TimeUnit.SECONDS.toMillis(LoopMeters.INTERVAL_SECONDS),
                "the interval of the loops' histograms was not ended",
                meters::tick);
        if (tls != null) {
            every(
                    TimeUnit.SECONDS.toMillis(TlsContexts.TICK_SECONDS),
                    "certificate and key were not looked at",
                    tls::onTick);
        }
    }

    private Map<String, TokenVerifier> gitHub(Apps apps, Clock clock, Executor blocking) {
        var verifiers = new HashMap<String, TokenVerifier>();
        apps.all().forEach(app -> {
            GitHubConfig settings = app.config().github();
            if (settings != null) {
                verifiers.put(
                        app.workspace(),
                        new RevocableTokens(
                                new GitHubVerifier(app.workspace(), settings, clock, blocking), revocations));
            }
        });
        return verifiers;
    }

    private static Map<String, Object> appConnections(Apps apps) {
        var connections = new LinkedHashMap<String, Object>();
        apps.all()
                .forEach(app -> connections.put(
                        app.workspace(), Map.of("appId", app.config().appId(), "connections", app.connections())));
        return connections;
    }

    private void watchUsage(String workspace, Usage usage) {
        exposition.watch(
                Level.USAGE_MESSAGES_TODAY,
                () -> usage.publishedToday(workspace),
                "workspace",
                workspace,
                "kind",
                "publication");
        exposition.watch(
                Level.USAGE_MESSAGES_TODAY,
                () -> usage.deliveredToday(workspace),
                "workspace",
                workspace,
                "kind",
                "delivery");
    }

    /** A timer that throws would never run again. */
    private void every(long intervalMs, String failed, Runnable task) {
        housekeeping.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.error(failed, e);
                    }
                },
                intervalMs,
                intervalMs,
                TimeUnit.MILLISECONDS);
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

    private static WebhookSink sink(@Nullable Webhooks webhooks) {
        return (workspace, name, event) -> {
            if (webhooks != null && webhooks.wants(workspace, name)) {
                webhooks.offer(workspace, event.get());
            }
        };
    }

    private KeptHistory openHistory(
            Config config, HistoryRules rules, MemoryBroker memory, Metrics metrics, Clock clock) throws IOException {
        try {
            return KeptHistory.open(config, rules, memory, metrics, clock);
        } catch (IOException e) {
            loops.close();
            exposition.close();
            throw e;
        }
    }

    private void recall(Publisher publisher) throws IOException {
        try {
            kept.recall(publisher);
        } catch (IOException e) {
            kept.close();
            if (store != null) {
                store.close();
            }
            loops.close();
            exposition.close();
            throw e;
        }
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

    private void watch(MemoryBroker broker, BacklogLedger ledger, Dedupe dedupe, BodyWorkers workers) {
        exposition.watch(Level.CONNECTIONS_OPEN, this::open);
        exposition.watch(Level.BACKLOG_SHARED_BYTES, ledger::sharedBytes);
        exposition.watch(Level.BACKLOG_OWN_BYTES, ledger::ownBytes);
        exposition.watch(Level.CHANNELS, broker::channels);
        exposition.watch(Level.CHANNELS_OCCUPIED, broker::occupiedChannels);
        exposition.watch(Level.DEDUPE_WINDOW_SECONDS, () -> (double) dedupe.effectiveWindowMs() / 1e3);
        exposition.watch(Level.HTTP_CONNECTIONS_OPEN, server::connectionsOpen);
        exposition.watch(Level.CLIENT_ADDRESSES, server::clientAddresses);
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

    private Optional<String> notReady() {
        if (closing || drain.hasBegun()) {
            return Optional.of("draining");
        }
        return kept.isBroken() ? Optional.of("disk") : Optional.empty();
    }

    /** Where clients and producers connect. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** Where the operator connects. */
    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    /** How this gateway sends its clients elsewhere before it is closed. */
    public Drain drain() {
        return drain;
    }

    private void wane() {
        server.wane();
    }

    /** Stops taking what is new, answers what is under way, says goodbye to clients, and ends; within a few seconds. */
    @Override
    public void close() {
        closing = true;
        drain.hurry();
        var left = new ArrayList<CompletableFuture<Void>>();
        left.add(server.close(DRAIN_MS));
        connections.forEach(loop ->
                left.add(loop.closeAll(DisconnectCause.SHUTDOWN, CloseCode.SERVICE_RESTART, "the gateway restarts")));
        await(CompletableFuture.allOf(left.toArray(CompletableFuture[]::new)), 2 * DRAIN_MS);
        await(admin.close(0), DRAIN_MS);
        housekeeping.shutdownNow();
        kept.close();
        release();
    }

    private void release() {
        loops.close();
        if (webhooks != null) {
            webhooks.close();
        }
        if (store != null) {
            store.close();
        }
        if (tls != null) {
            tls.close();
        }
        scratch.forEach(ByteBuf::release);
        formats.close();
        exposition.close();
    }

    private static void await(CompletableFuture<Void> end, long timeoutMs) {
        end.orTimeout(timeoutMs, TimeUnit.MILLISECONDS).exceptionally(_ -> null).join();
    }
}
