package dev.heliograph.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.auth.Grants;
import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.broadcast.Broadcaster;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.channel.ChannelKind;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.egress.FakeWire;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.limit.Rate;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.Attendances;
import dev.heliograph.presence.PresenceLimits;
import dev.heliograph.presence.PresenceView;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.publish.ChannelRates;
import dev.heliograph.publish.Publisher;
import dev.heliograph.publish.RatedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** All of a gateway between its sockets that presence is made of, on one loop, in time that stands still until it is moved on. */
final class PresenceStage {
    static final int MEMBERS_MAX = 10_000;
    static final long EPOCH_MS = 1_701_234_567_890L;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final long SWEEP_MS = 100;
    private static final long TICK_MS = 1_000;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final InstantSource clock = () -> Instant.ofEpochMilli(EPOCH_MS + nowMs());
    private final Map<String, Principal> tokens = new HashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private final OutboxContext outboxes;
    private final SessionContext context;
    private final LoopHub hub;
    final Attendances attendances;
    private long startNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(40);
    private long nanos = startNanos;
    private LongUnaryOperator random = _ -> 0;

    PresenceStage(int listMax) {
        this(listMax, 1 << 20);
    }

    PresenceStage(int listMax, int outboxBytesMax) {
        var hubs = new LoopHub[1];
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        var broker = new MemoryBroker(
                _ -> new HistoryLimits(0, 0, 0),
                _ -> budget,
                new Broadcaster(hubs, this::nanos, metrics.usage()),
                clock,
                () -> "e");
        hub = new LoopHub(
                new LoopThread(0, loop.eventLoop(), 100, loop.eventLoop()::execute),
                broker,
                new Batch(Unpooled.buffer()),
                metrics,
                new LoopRecorder(this::nanos));
        hubs[0] = hub;
        outboxes = new OutboxContext(
                Unpooled.buffer(),
                outboxBytesMax,
                metrics,
                clock,
                this::nanos,
                new LoopBacklogs(new LoopOutflow(), new BacklogLedger(Long.MAX_VALUE, 1)),
                DirectSockets.none(),
                _ -> ChannelKind.PRESENCE.merge());
        attendances = new Attendances(
                new PresenceLimits(inNanos(30_000), inNanos(5_000), inNanos(500), listMax, 1 << 18, MEMBERS_MAX),
                this::nanos,
                clock,
                new PresencePublisher(broker, metrics, this::nanos));
        context = new SessionContext(
                "test",
                new NativeCodec(),
                () -> "c",
                LimitsConfig.DEFAULT,
                (token, done) -> done.accept(verdict(token)),
                (_, _) -> true,
                (_, _) -> true,
                _ -> false,
                broker,
                new Publisher(new RatedBroker(broker, new ChannelRates(_ -> Rate.UNBOUNDED, metrics, this::nanos))),
                attendances,
                metrics,
                clock,
                this::nanos,
                bound -> random.applyAsLong(bound));
    }

    private Verdict verdict(String token) {
        Principal principal = tokens.get(token);
        return principal == null
                ? new Verdict.Refused(Verdict.Reason.MALFORMED, "no such token")
                : new Verdict.Verified(principal);
    }

    /** From now on that is what sessions get for randomness; at first it is the least. */
    void draw(LongUnaryOperator from) {
        random = from;
    }

    /** That token is good from now on. */
    void honour(String token, Principal principal) {
        tokens.put(token, principal);
    }

    private long nanos() {
        return nanos;
    }

    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(nanos - startNanos);
    }

    private static long inNanos(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** Time goes on; whatever a gateway does by the clock is done. */
    void pass(long ms) {
        for (long left = ms; left > 0; left -= SWEEP_MS) {
            long before = nowMs();
            nanos += inNanos(Math.min(left, SWEEP_MS));
            attendances.sweep();
            if (before / TICK_MS != nowMs() / TICK_MS) {
                List.copyOf(clients).forEach(Client::tick);
            }
            loop.runPendingTasks();
        }
    }

    double count(Count count) {
        return metrics.value(count);
    }

    /** A user of acme who may do everything with presence. */
    static Principal user(String id) {
        return user("acme", id, Operation.PRESENCE, Operation.SUBSCRIBE);
    }

    static Principal user(String workspace, @Nullable String id, Operation... allowed) {
        Map<Operation, List<String>> grants = new EnumMap<>(Operation.class);
        for (Operation operation : allowed) {
            grants.put(operation, List.of("presence:*"));
        }
        String name = id == null ? null : "Name of " + id;
        return new Principal(workspace, id, name, null, new Grants(grants, id), Long.MAX_VALUE);
    }

    Client connect(Principal principal) {
        var client = new Client(principal);
        clients.add(client);
        return client;
    }

    /** A connection that takes up what another has left, and whose peer takes nothing. */
    Client resumeWithoutReading(Left left) {
        var client = new Client(left);
        clients.add(client);
        return client;
    }

    /** One connection and what came by it. */
    final class Client {
        private final FakeWire wire = new FakeWire();
        private final Outbox outbox = new Outbox(wire, FORMAT, outboxes);
        private final Session session = new Session(context, hub, outbox, new RequestOrigin(null, "gateway.test"));
        final PresenceView view = new PresenceView();
        private boolean answersPings = true;

        Client(Principal principal) {
            session.onOpen(principal);
            wire.takeTexts();
        }

        Client(Left left) {
            wire.stallAfter(0);
            session.onOpen(left);
            loop.runPendingTasks();
        }

        Client say(String type, String payload) {
            return send("{\"type\":\"" + type + "\",\"payload\":" + payload + "}");
        }

        Client send(String text) {
            session.onText(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
            loop.runPendingTasks();
            return this;
        }

        Client join(String resource) {
            return say("presence:join", "{\"resource\":\"" + resource + "\"}");
        }

        Client subscribe(String channel) {
            return send("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\"}");
        }

        /** How often something was sent to it. */
        int sends() {
            return wire.sends();
        }

        /** All that came to it. */
        byte[] bytes() {
            return wire.bytes();
        }

        void fallSilent() {
            answersPings = false;
        }

        void answerAgain() {
            answersPings = true;
            session.onPong(Unpooled.EMPTY_BUFFER);
        }

        private void tick() {
            session.onTick();
            if (answersPings) {
                session.onPong(Unpooled.EMPTY_BUFFER);
            }
        }

        /** The peer takes so many bytes more, and then no more. */
        void takesOnly(long bytes) {
            wire.stallAfter(bytes);
            outbox.onWritable();
            loop.runPendingTasks();
        }

        /** The peer takes everything again. */
        void takesAll() {
            wire.resume();
            outbox.onWritable();
            loop.runPendingTasks();
        }

        boolean isClosed() {
            return wire.isClosed();
        }

        /** The connection breaks. */
        void breakOff() {
            session.onGone();
            clients.remove(this);
        }

        void close(DisconnectCause cause, CloseCode code) {
            session.close(cause, code, "");
            clients.remove(this);
        }

        /** What came since this was last asked, pings left out; all that is about presence goes into the view. */
        List<JsonNode> take() {
            var messages = new ArrayList<JsonNode>();
            for (String text : wire.takeTexts()) {
                JsonNode message = parse(text);
                String type = message.path("type").asText();
                if (!type.equals("ping")) {
                    messages.add(message);
                }
                if (type.matches("presence:(sync|join|leave|update)")) {
                    view.take(type, message.path("payload"));
                }
            }
            return messages;
        }

        /** The same, in short: types, and of users their ids. */
        List<String> takeShort() {
            return take().stream().map(PresenceStage::shortly).toList();
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static String shortly(JsonNode message) {
        JsonNode payload = message.path("payload");
        var said = new StringBuilder(message.path("type").asText());
        for (String field : List.of("code", "id")) {
            said.append(payload.has(field) ? " " + payload.path(field).asText() : "");
        }
        if (payload.has("users")) {
            said.append(" of ").append(payload.path("count").asInt());
            payload.path("users")
                    .forEach(user -> said.append(' ').append(user.path("id").asText()));
        }
        return said.toString();
    }
}
