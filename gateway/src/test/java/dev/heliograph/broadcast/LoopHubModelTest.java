package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.MergeRule;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.SendCall;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A million random steps of subscribing, recovering, unsubscribing, publishing, stalling, draining and closing on one loop, against a naive model that reads
 * each frame as it arrives: every subscriber gets, from its position on and in order, each publication that its filter lets through exactly once, or is told
 * that it lost it. It runs one thread, so it cannot find races; those are jcstress's.
 */
final class LoopHubModelTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final Filter EVEN = new Filter.Compare(Operator.EQ, "even", true);
    private static final Position OFF = new Position("another", 1);
    private static final String EPOCH = "e";
    private static final int STEPS = 1_000_000;
    private static final int SETTLE_EVERY = 500;
    private static final int QUIET_PUBLICATIONS = 5;
    private static final int SENT_DIRECTLY_MIN = 1_000;
    private static final int KEPT = 100;
    private static final int CHANNELS = 4;
    private static final int CLIENTS = 12;
    /** So small that people come and go, stall and close between the slices of one pass. */
    private static final int SLICE = 3;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final List<ModelChannel> channels = IntStream.range(0, CHANNELS)
            .mapToObj(i -> new ModelChannel(new ChannelId("acme", "c" + i)))
            .toList();
    private final MemoryBroker broker;
    private final DirectSockets sockets = new DirectSockets(this::send, new LoopOutflow());
    private final LoopHub hub;
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Runnable> departures = new ArrayList<>();
    private long events;
    private long recovered;
    private long lost;
    private long evicted;
    private long closed;
    private long sentDirectly;

    LoopHubModelTest() {
        var hubs = new LoopHub[1];
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        broker = new MemoryBroker(
                _ -> new HistoryLimits(KEPT, 1 << 30, Long.MAX_VALUE),
                _ -> budget,
                (publication, loops) -> {
                    if (loops != 0) {
                        assertEquals(1L, loops, "a loop that does not exist has a subscriber");
                        hubs[0].deliver(publication);
                    }
                },
                InstantSource.system(),
                () -> EPOCH);
        hub = new LoopHub(
                new LoopThread(0, loop.eventLoop(), SLICE, turns::add),
                broker,
                new Batch(Unpooled.buffer(), sockets),
                metrics,
                new LoopRecorder(System::nanoTime));
        hubs[0] = hub;
    }

    @Test
    void millionRandomSteps_bringEveryoneExactlyWhatIsTheirs() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("LoopHubModelTest seed " + seed);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(i, Map.of()));
        }
        for (int step = 1; step <= STEPS; step++) {
            step(random);
            if (random.nextInt(SETTLE_EVERY) == 0) {
                settle();
                publishToAQuietLoop(random);
            }
        }
        settle();
        System.out.println("LoopHubModelTest " + events + " events, " + recovered + " recoveries, " + lost + " losses, "
                + evicted + " of them evicted, " + closed + " closes, " + metrics.value(Count.DELIVERIES_DROPPED)
                + " dropped, " + sentDirectly + " sent directly");
        assertTrue(
                events > STEPS
                        && recovered > 0
                        && lost > 0
                        && evicted > 0
                        && closed > 0
                        && sentDirectly > SENT_DIRECTLY_MIN,
                "not everything was tried");
        clients.forEach(Client::unsubscribeAll);
        assertEquals(0, hub.channels());
        channels.forEach(channel -> publish(channel, 0, 0));
        assertFalse(loop.hasPendingTasks(), "a channel without subscribers still reaches the loop");
    }

    private void step(SplittableRandom random) {
        int index = random.nextInt(CLIENTS);
        Client client = clients.get(index);
        ModelChannel channel = channels.get(random.nextInt(CHANNELS));
        switch (random.nextInt(40)) {
            case 0, 1 -> client.subscribe(channel, random.nextBoolean(), null);
            case 2, 3 -> client.subscribe(channel, random.nextBoolean(), client.left.getOrDefault(channel, OFF));
            case 4, 5, 6 -> client.unsubscribe(channel);
            case 7, 8 -> client.wire.room(random.nextInt(3_000));
            case 9, 10, 11, 12 -> client.drain(random.nextInt(20_000));
            case 13, 14 -> client.drain(Long.MAX_VALUE);
            case 15, 16, 17, 18, 19 -> turn();
            case 20 -> {
                if (random.nextInt(8) == 0) {
                    clients.set(index, client.close());
                } else {
                    depart();
                }
            }
            case 21 -> {
                for (int burst = random.nextInt(10) == 0 ? 2 * KEPT : 1; burst > 0; burst--) {
                    publish(channel, random.nextInt(100), sender(random));
                }
            }
            default -> publish(channel, random.nextInt(100), sender(random));
        }
    }

    /** The kernel's: a client that comes in the place of one that has closed has its descriptor. */
    private int send(int descriptor, ByteBuf bytes, int from, int length) {
        sentDirectly++;
        int taken = clients.get(descriptor).wire.send(bytes, from, length);
        return taken == 0 ? SendCall.REFUSED : taken;
    }

    /** What the loop has to do, and the next slice. */
    private void turn() {
        loop.runPendingTasks();
        Runnable slice = turns.poll();
        if (slice != null) {
            slice.run();
        }
    }

    /** The number of a connection that does not get what is published; mostly none. */
    private static long sender(SplittableRandom random) {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(CLIENTS) : 0;
    }

    private void publish(ModelChannel channel, int n, long sender) {
        String data = "{\"n\":" + n + ",\"even\":" + (n % 2 == 0) + ",\"pad\":\"" + "x".repeat(n) + "\"}";
        var draft = new Draft(
                channel.id,
                "message",
                RawJson.of(data),
                null,
                0,
                System.nanoTime(),
                sender == 0 ? null : new Sender(sender, false, null));
        // The hub is handed it under the channel's lock, before the publisher learns its offset.
        channel.published(channel.top() + 1, n % 2 == 0, sender);
        broker.publish(draft, publication -> assertEquals(channel.top(), publication.offset()));
    }

    /** Closed connections give up their subscriptions a while after they are closed. */
    private void depart() {
        departures.forEach(Runnable::run);
        departures.clear();
    }

    /** Lets everything arrive: then nobody is owed anything. */
    private void settle() {
        depart();
        do {
            clients.forEach(client -> client.drain(Long.MAX_VALUE));
            turn();
        } while (!turns.isEmpty() || loop.hasPendingTasks());
        clients.forEach(Client::checkComplete);
    }

    /** Of one channel, and to peers that mostly keep up: what is sent past their outboxes. */
    private void publishToAQuietLoop(SplittableRandom random) {
        for (int i = 0; i < QUIET_PUBLICATIONS; i++) {
            clients.get(random.nextInt(CLIENTS)).wire.room(random.nextInt(200));
            publish(channels.get(random.nextInt(CHANNELS)), random.nextInt(100), sender(random));
            settle();
        }
    }

    /** One connection and what it sees. */
    private final class Client {
        private final int index;
        private final ModelWire wire;
        private final Outbox outbox;
        private final Map<ModelChannel, Subscriber> subscribers = new HashMap<>();
        private final Map<String, ModelStream> streams = new HashMap<>();
        /** Where it was when it last left. */
        private final Map<ModelChannel, Position> left;

        /**
         * @param index every other client has a bare socket, with that descriptor
         * @param left where an earlier connection of the same client was
         */
        Client(int index, Map<ModelChannel, Position> left) {
            this.index = index;
            this.left = new HashMap<>(left);
            this.wire = new ModelWire(index % 2 == 0 ? index : -1, this::onText);
            var backlogs = new LoopBacklogs(new LoopOutflow(), new BacklogLedger(Long.MAX_VALUE, 1));
            this.outbox = new Outbox(
                    wire,
                    FORMAT,
                    new OutboxContext(
                            Unpooled.buffer(),
                            8_000,
                            metrics,
                            InstantSource.system(),
                            System::nanoTime,
                            backlogs,
                            sockets,
                            _ -> MergeRule.NONE),
                    index + 1);
        }

        void drain(long bytes) {
            wire.room(bytes);
            outbox.onWritable();
        }

        void subscribe(ModelChannel channel, boolean evenOnly, @Nullable Position recover) {
            if (subscribers.containsKey(channel)) {
                return;
            }
            ModelStream stream = streams.computeIfAbsent(channel.id.name(), _ -> new ModelStream(channel, index + 1));
            Subscriber subscriber = hub.subscribe(
                    channel.id,
                    outbox,
                    SubscribeOptions.filtered(evenOnly ? EVEN : null),
                    recover,
                    joining -> onJoining(joining, stream, channel, evenOnly, recover));
            subscribers.put(channel, subscriber);
        }

        private void onJoining(
                Joining joining,
                ModelStream stream,
                ModelChannel channel,
                boolean evenOnly,
                @Nullable Position recover) {
            assertEquals(channel.top(), joining.position().offset());
            boolean resumes = recover != null && joining.recovered();
            recovered += resumes ? 1 : 0;
            stream.willBeAnswered(
                    evenOnly,
                    resumes
                            ? Objects.requireNonNull(recover).offset()
                            : joining.position().offset());
            var joined = new ServerMessage.Joined(
                    channel.id.name(), joining.position(), resumes, recover != null, SubscribeOptions.NONE);
            Offer offer =
                    outbox.send(FORMAT.frame(new NativeCodec().encode(new ServerMessage.Subscribed(null, joined), 0)));
            assertFalse(offer == Offer.OVERFLOWED, "a few answers are too many");
            joining.start();
        }

        void unsubscribe(ModelChannel channel) {
            Subscriber subscriber = subscribers.remove(channel);
            if (subscriber != null) {
                left.put(channel, hub.position(subscriber));
                hub.unsubscribe(subscriber);
            }
        }

        void unsubscribeAll() {
            List.copyOf(subscribers.keySet()).forEach(this::unsubscribe);
        }

        /** Ends the connection in the middle of everything; the client comes back knowing what it has seen. */
        Client close() {
            closed++;
            outbox.close(null);
            departures.add(() -> subscribers.values().forEach(hub::unsubscribe));
            for (ModelChannel channel : channels) {
                ModelStream stream = streams.get(channel.id.name());
                if (stream != null && stream.isAnswered()) {
                    left.put(channel, new Position(EPOCH, stream.seen()));
                }
            }
            return new Client(index, left);
        }

        void checkComplete() {
            subscribers
                    .keySet()
                    .forEach(channel -> Objects.requireNonNull(streams.get(channel.id.name()))
                            .checkComplete());
        }

        private void onText(String text) {
            if (text.contains("\"type\":\"degraded\"") || text.contains("\"type\":\"restored\"")) {
                return;
            }
            ModelStream stream = Objects.requireNonNull(streams.get(field(text, "\"channel\":\"")), text);
            switch (field(text, "\"type\":\"")) {
                case "event" -> {
                    events++;
                    stream.onEvent(number(text, text.lastIndexOf("\"offset\":")));
                }
                case "lost" -> {
                    lost++;
                    evicted += text.contains("history_evicted") ? 1 : 0;
                    int from = text.indexOf("\"offset\":");
                    stream.onLost(number(text, from), number(text, text.indexOf("\"offset\":", from + 1)));
                }
                case "subscribed" -> stream.onSubscribed();
                default -> throw new AssertionError(text);
            }
        }

        private static String field(String text, String key) {
            int at = text.indexOf(key) + key.length();
            return text.substring(at, text.indexOf('"', at));
        }

        private static long number(String text, int key) {
            int at = key + "\"offset\":".length();
            int to = at;
            while (Character.isDigit(text.charAt(to))) {
                to++;
            }
            return Long.parseLong(text, at, to, 10);
        }
    }
}
