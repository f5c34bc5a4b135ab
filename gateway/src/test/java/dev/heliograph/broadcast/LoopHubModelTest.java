package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.FakeWire;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.LoopLatency;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random subscribing, recovering, unsubscribing, publishing, stalling and draining on one loop, against a naive model: every subscriber gets, from its position
 * on and in order, each publication that its filter lets through exactly once, or is told that it lost it.
 */
final class LoopHubModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final Filter EVEN = new Filter.Compare(Operator.EQ, "even", true);
    private static final int KEPT = 300;
    private static final int CHANNELS = 4;
    private static final int CLIENTS = 12;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final Map<ChannelId, List<Publication>> published = new HashMap<>();
    private final AtomicInteger epochs = new AtomicInteger();
    private final MemoryBroker broker;
    private final LoopHub hub;
    private final List<Client> clients = new ArrayList<>();

    LoopHubModelTest() {
        var hubs = new LoopHub[1];
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        broker = new MemoryBroker(
                _ -> new HistoryLimits(KEPT, 1 << 30, Long.MAX_VALUE),
                _ -> budget,
                (publication, loops) -> {
                    assertEquals(1L, loops, "a loop without subscribers was handed a publication");
                    hubs[0].deliver(publication);
                },
                InstantSource.system(),
                () -> "e" + epochs.incrementAndGet());
        hub = new LoopHub(
                0, loop.eventLoop(), broker, new Batch(Unpooled.buffer()), metrics, new LoopLatency(System::nanoTime));
        hubs[0] = hub;
    }

    @Test
    void randomUse_bringsEveryoneExactlyWhatIsTheirs() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("LoopHubModelTest seed " + seed);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client());
        }
        for (int step = 0; step < 40_000; step++) {
            step(random);
            if (step % 5_000 == 0) {
                settle();
            }
        }
        settle();
        clients.forEach(Client::unsubscribeAll);
        assertEquals(0, hub.channels());
        for (int i = 0; i < CHANNELS; i++) {
            broker.publish(draft(channel(i), 0), _ -> {});
        }
        assertFalse(loop.hasPendingTasks(), "a channel without subscribers still reaches the loop");
    }

    private void step(SplittableRandom random) {
        Client client = clients.get(random.nextInt(CLIENTS));
        ChannelId channel = channel(random.nextInt(CHANNELS));
        switch (random.nextInt(20)) {
            case 0 -> client.subscribe(channel, random.nextBoolean() ? EVEN : null, false);
            case 1 -> client.subscribe(channel, random.nextBoolean() ? EVEN : null, true);
            case 2 -> client.unsubscribe(channel);
            case 3 -> client.wire.stallAfter(random.nextInt(3_000));
            case 4, 5, 6 -> client.resume();
            case 7, 8, 9 -> loop.runPendingTasks();
            default -> publish(channel, random.nextInt(100));
        }
    }

    private void publish(ChannelId channel, int n) {
        broker.publish(
                draft(channel, n),
                publication -> published
                        .computeIfAbsent(channel, _ -> new ArrayList<>())
                        .add(publication));
    }

    /** Lets everything arrive, then holds each client's stream against the model. */
    private void settle() {
        do {
            clients.forEach(Client::resume);
            loop.runPendingTasks();
        } while (loop.hasPendingTasks());
        clients.forEach(Client::check);
        published
                .values()
                .forEach(all -> all.subList(0, Math.max(0, all.size() - KEPT)).clear());
    }

    private static ChannelId channel(int i) {
        return new ChannelId("acme", "c" + i);
    }

    private static Draft draft(ChannelId channel, int n) {
        String data = "{\"n\":" + n + ",\"even\":" + (n % 2 == 0) + ",\"pad\":\"" + "x".repeat(n) + "\"}";
        return new Draft(channel, "message", RawJson.of(data), null, 0, System.nanoTime());
    }

    /** One connection and what it must have got. */
    private final class Client {
        private final FakeWire wire = new FakeWire();
        private final Outbox outbox = new Outbox(
                wire,
                FORMAT,
                new OutboxContext(Unpooled.buffer(), 8_000, metrics, InstantSource.system(), System::nanoTime));
        private final Map<ChannelId, Subscriber> subscribers = new HashMap<>();
        private final Map<ChannelId, TreeSet<Long>> due = new HashMap<>();
        private final Map<ChannelId, Position> left = new HashMap<>();
        private final Map<ChannelId, @Nullable Filter> filters = new HashMap<>();
        private final Map<ChannelId, Long> from = new HashMap<>();

        void resume() {
            wire.resume();
            outbox.onWritable();
        }

        /** Only while nothing is in flight, so that the model knows where the stream begins and ends. */
        void subscribe(ChannelId channel, @Nullable Filter filter, boolean recover) {
            if (subscribers.containsKey(channel)) {
                return;
            }
            settle();
            Position seen = recover ? left.get(channel) : null;
            Subscriber subscriber = hub.subscribe(channel, outbox, filter, seen, joining -> {
                from.put(
                        channel,
                        joining.recovered() && seen != null
                                ? seen.offset()
                                : joining.position().offset());
                joining.start();
            });
            subscribers.put(channel, subscriber);
            filters.put(channel, filter);
        }

        void unsubscribe(ChannelId channel) {
            if (subscribers.containsKey(channel)) {
                settle();
                left.put(channel, hub.position(subscribers.get(channel)));
                hub.unsubscribe(subscribers.remove(channel));
                from.remove(channel);
            }
        }

        void unsubscribeAll() {
            List.copyOf(subscribers.keySet()).forEach(this::unsubscribe);
        }

        void check() {
            due.clear();
            subscribers.keySet().forEach(this::expect);
            for (String frame : wire.takeTexts()) {
                take(parse(frame));
            }
            due.forEach(
                    (channel, missing) -> assertTrue(missing.isEmpty(), () -> "never arrived: " + channel + missing));
            subscribers.keySet().forEach(channel -> from.put(channel, top(channel)));
        }

        private void expect(ChannelId channel) {
            var offsets = new TreeSet<Long>();
            Filter filter = filters.get(channel);
            for (Publication publication : published.getOrDefault(channel, List.of())) {
                boolean wanted = filter == null || publication.data().toString().contains("\"even\":true");
                if (wanted && publication.offset() > from.getOrDefault(channel, 0L)) {
                    offsets.add(publication.offset());
                }
            }
            due.put(channel, offsets);
        }

        private void take(JsonNode frame) {
            var channel = new ChannelId("acme", frame.get("channel").asText());
            TreeSet<Long> missing = Objects.requireNonNull(due.get(channel), () -> "not subscribed: " + frame);
            if (frame.get("type").asText().equals("lost")) {
                long first = frame.at("/payload/from/offset").asLong();
                long last = frame.at("/payload/to/offset").asLong();
                missing.subSet(first, true, last, true).clear();
            } else {
                long offset = frame.at("/position/offset").asLong();
                assertEquals(missing.first(), offset, () -> "out of order or not due on " + channel);
                missing.remove(offset);
            }
        }

        private long top(ChannelId channel) {
            List<Publication> all = published.getOrDefault(channel, List.of());
            return all.isEmpty()
                    ? from.getOrDefault(channel, 0L)
                    : Math.max(from.getOrDefault(channel, 0L), all.getLast().offset());
        }

        private static JsonNode parse(String frame) {
            try {
                return JSON.readTree(frame);
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
