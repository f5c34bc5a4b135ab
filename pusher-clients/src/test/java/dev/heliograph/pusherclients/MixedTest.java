package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pusher.rest.Pusher;
import com.pusher.rest.data.PresenceUser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * pusher-js, Pusher's Java client and clients of the gateway's own protocol in one presence channel. They come, leave, and lose their connections, while three
 * doors publish: Pusher's HTTP API, the native protocol, and client events.
 */
@ExtendWith(OneGateway.class)
@DisabledIfSystemProperty(named = "heliograph.web.skip", matches = "true")
final class MixedTest {
    private static final int OF_EACH = 50;
    /** Fewer than connections of Pusher's clients, so that some users have several, of both libraries. */
    private static final int USERS = 70;

    private static final int ROUNDS = 6;
    private static final int OF_EACH_IN_A_ROUND = 12;

    private final PackagedGateway gateway;
    private final Pusher server;
    private final long seed = Long.getLong("heliograph.seed", System.nanoTime());
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();

    MixedTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @Test
    void everyoneSeesWhatIsPublishedWhileItIsThere_onceAndInOrder_andAllAgreeWhoIsThere() throws Exception {
        System.out.println("seed " + seed + "; again with -Dheliograph.seed=" + seed);
        String channel = Names.fresh("presence-mixed-");
        String token = gateway.token("native", "subscribe,publish:presence-mixed-*");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                PusherJs pusherJs = PusherJs.start(TestApp.ACME, channel);
                Doors doors = new Doors(channel, token)) {
            List<List<Participant>> families = participants(pusherJs, channel, token);
            List<Participant> all = families.stream().flatMap(List::stream).toList();
            inParallel(threads, all, participant -> participant.join(started));
            Future<?> publishing = threads.submit(() -> publish(doors));
            churn(threads, families);
            enough.set(true);
            publishing.get();
            assertTrue(published.get() > 100, "only " + published + " publications");
            List<Participant> there = all.stream().filter(Participant::isThere).toList();
            inParallel(threads, there, participant -> participant.leaveWindow(published.get()));
            checkRosters(threads, there, channel);
            for (Participant participant : all) {
                participant.checkSeen(seed, published.get());
            }
            System.out.println(
                    published + " publications, " + there.size() + " of " + all.size() + " there at the end");
            all.forEach(Participant::close);
        }
    }

    private List<List<Participant>> participants(PusherJs pusherJs, String channel, String token) {
        var random = new Random(seed);
        List<List<Participant>> families = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < OF_EACH; i++) {
            families.get(0).add(Participant.pusherJs(gateway, pusherJs, "u" + random.nextInt(USERS)));
            families.get(1).add(Participant.java(gateway, channel, "u" + random.nextInt(USERS)));
            families.get(2).add(Participant.ofNative(gateway, channel, token));
        }
        return families;
    }

    private void churn(ExecutorService threads, List<List<Participant>> families) throws Exception {
        var random = new Random(seed + 1);
        for (int round = 0; round < ROUNDS; round++) {
            var chosen = new ArrayList<Participant>();
            for (List<Participant> family : families) {
                var shuffled = new ArrayList<>(family);
                Collections.shuffle(shuffled, random);
                chosen.addAll(shuffled.subList(0, OF_EACH_IN_A_ROUND));
            }
            List<Integer> dice = chosen.stream().map(_ -> random.nextInt(5)).toList();
            var index = new AtomicInteger();
            List<Runnable> steps = chosen.stream()
                    .<Runnable>map(participant -> {
                        int die = dice.get(index.getAndIncrement());
                        return () -> participant.step(die, started, published);
                    })
                    .toList();
            inParallel(threads, steps, Runnable::run);
        }
    }

    private void publish(Doors doors) {
        while (!enough.get()) {
            int n = started.incrementAndGet();
            doors.publish(n);
            published.set(n);
        }
    }

    private void checkRosters(ExecutorService threads, List<Participant> there, String channel) throws Exception {
        Set<String> truth = new TreeSet<>();
        truth.add("publisher");
        there.stream().map(Participant::user).filter(Objects::nonNull).forEach(truth::add);
        Eventually.equal(truth, () -> Api.users(server, channel), "users by the API, seed " + seed);
        inParallel(
                threads,
                there.stream().filter(one -> one.user() != null).toList(),
                one -> Eventually.equal(truth, one::roster, "roster of " + one + ", seed " + seed));
        assertEquals(
                truth.size(),
                Api.body(server.get("/channels/" + channel, Map.of("info", "user_count")))
                        .path("user_count")
                        .asInt());
    }

    private static <T> void inParallel(ExecutorService threads, List<T> all, Consumer<T> step) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (T one : all) {
            running.add(threads.submit(() -> step.accept(one)));
        }
        for (Future<?> run : running) {
            run.get();
        }
    }

    /** Three ways into the channel, each of which returns once what it published has its place in the channel's order. One thread. */
    private final class Doors implements AutoCloseable {
        private final String channel;
        private final Wire member;
        private final Wire nativeClient;

        Doors(String channel, String token) {
            this.channel = channel;
            this.member = Wire.connect(gateway.port(), TestApp.ACME);
            member.subscribe(TestApp.ACME, channel, new PresenceUser("publisher"));
            member.awaitSubscribed(channel);
            this.nativeClient = Wire.connectNative(gateway.port(), token, _ -> {});
            nativeClient.send(Json.text(Map.of("type", "subscribe", "channel", channel, "payload", Map.of())));
            nativeClient.await(
                    "subscribed", frame -> frame.path("type").asText().equals("subscribed"));
        }

        void publish(int n) {
            Map<String, Integer> data = Map.of("n", n);
            switch (n % 8) { // client events may be ten in a second
                case 0 -> member.send("client-tick", channel, data);
                case 1, 3, 5, 7 -> Api.body(server.trigger(channel, "tick", data));
                default ->
                    nativeClient.send(Json.text(Map.of(
                            "type",
                            "publish",
                            "channel",
                            channel,
                            "requestId",
                            "r" + n,
                            "payload",
                            Map.of("name", "tick", "data", data))));
            }
            nativeClient.await(
                    "publication " + n,
                    frame -> frame.path("type").asText().equals("event")
                            && Json.unwrap(frame.path("payload").path("data"))
                                            .path("n")
                                            .asInt()
                                    == n);
            LockSupport.parkNanos(15_000_000); // a pace, not a wait: 66 in a second
        }

        @Override
        public void close() {
            member.close();
            nativeClient.close();
        }
    }
}
