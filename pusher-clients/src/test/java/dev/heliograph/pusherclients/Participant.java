package dev.heliograph.pusherclients;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.data.PresenceUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A client in the channel, with what it has seen and when it was surely there. It is reached by a network of its own, which can fail. Steps are taken by one
 * thread at a time.
 */
abstract class Participant implements AutoCloseable {
    private static final AtomicInteger IDS = new AtomicInteger();

    private final @Nullable String user;
    private final List<Window> windows = new ArrayList<>();
    private final Seen<Integer> numbers = new Seen<>();
    final Seen<String> marks = new Seen<>();
    private Presence presence = Presence.AWAY;
    private int from;

    /** All of these were published while it was there. */
    private record Window(int first, int last) {}

    private enum Presence {
        /** Connected or not, but not in the channel. */
        AWAY,
        THERE,
        /** Its network is cut for good. */
        DEAD
    }

    Participant(@Nullable String user) {
        this.user = user;
    }

    abstract void subscribe();

    abstract void unsubscribe();

    /** Its connection is reset; returns once it is in the channel again. */
    abstract void loseConnection();

    /** Its connection is reset, and it cannot come back. */
    abstract void cut();

    abstract Set<String> roster();

    @Override
    public abstract void close();

    /** Whom the roster shows it as; null: it is no member. */
    @Nullable
    String user() {
        return user;
    }

    boolean isThere() {
        return presence == Presence.THERE;
    }

    void onNumber(JsonNode data) {
        numbers.add(Json.unwrap(data).path("n").asInt());
    }

    void join(AtomicInteger started) {
        subscribe();
        presence = Presence.THERE;
        from = started.get() + 1;
    }

    /** It was there up to this publication, and must have seen it. */
    void leaveWindow(int published) {
        if (published >= from) {
            numbers.await(this + " to see " + published, number -> number == published);
            windows.add(new Window(from, published));
        }
    }

    void step(int die, AtomicInteger started, AtomicInteger published) {
        switch (presence) {
            case DEAD -> {}
            case AWAY -> join(started);
            case THERE -> {
                leaveWindow(published.get());
                switch (die) {
                    case 0, 1 -> {
                        unsubscribe();
                        presence = Presence.AWAY;
                    }
                    case 2, 3 -> {
                        loseConnection();
                        from = started.get() + 1;
                    }
                    default -> {
                        cut();
                        presence = Presence.DEAD;
                    }
                }
            }
        }
    }

    /** Everything once and in order, and what was published while it was surely there without a gap. */
    void checkSeen(long seed, int published) {
        List<Integer> seen = numbers.all();
        for (int i = 1; i < seen.size(); i++) {
            if (seen.get(i - 1) >= seen.get(i)) {
                throw new AssertionError(this + " saw " + seen.get(i) + " after " + seen.get(i - 1) + " of " + published
                        + ", seed " + seed);
            }
        }
        var missed = new TreeSet<Integer>();
        windows.forEach(
                window -> IntStream.rangeClosed(window.first(), window.last()).forEach(missed::add));
        seen.forEach(missed::remove);
        if (!missed.isEmpty()) {
            throw new AssertionError(this + " missed " + missed + " of its " + windows + ", seed " + seed);
        }
    }

    static Participant pusherJs(PackagedGateway gateway, PusherJs process, String user) {
        return new OfPusherJs(gateway, process, user);
    }

    static Participant java(PackagedGateway gateway, String channel, String user) {
        return new OfJava(gateway, channel, user);
    }

    static Participant ofNative(PackagedGateway gateway, String channel, String token) {
        return new OfNative(gateway, channel, token);
    }

    private static final class OfPusherJs extends Participant {
        private final Forwarder network;
        private final PusherJs process;
        private final int id = IDS.incrementAndGet();
        private final Seen<Set<String>> rosters = new Seen<>();

        OfPusherJs(PackagedGateway gateway, PusherJs process, String user) {
            super(user);
            this.network = new Forwarder(gateway.port());
            this.process = process;
            process.connect(id, network.port(), user, this::onSeen);
        }

        private void onSeen(JsonNode seen) {
            switch (seen.path("saw").asText()) {
                case "event" -> onNumber(seen.path("data"));
                case "roster" -> {
                    var users = new TreeSet<String>();
                    seen.path("users").forEach(user -> users.add(user.asText()));
                    rosters.add(users);
                }
                default -> marks.add(seen.path("saw").asText());
            }
        }

        @Override
        void subscribe() {
            process.tell(id, "subscribe");
            marks.await("subscription of " + this, "subscribed"::equals);
        }

        @Override
        void unsubscribe() {
            process.tell(id, "unsubscribe");
        }

        @Override
        void loseConnection() {
            network.reset();
            marks.await("subscription of " + this + " after a reset", "subscribed"::equals);
        }

        @Override
        void cut() {
            network.cut();
        }

        @Override
        Set<String> roster() {
            process.tell(id, "roster");
            return rosters.await("roster of " + this, _ -> true);
        }

        @Override
        public void close() {
            process.tell(id, "disconnect");
            network.close();
        }

        @Override
        public String toString() {
            return "pusher-js " + id + " of " + user();
        }
    }

    private static final class OfJava extends Participant {
        private final Forwarder network;
        private final JavaClient client;
        private final String channel;
        private final int id = IDS.incrementAndGet();

        OfJava(PackagedGateway gateway, String channel, String user) {
            super(user);
            this.network = new Forwarder(gateway.port());
            this.channel = channel;
            this.client = JavaClient.of(network.port(), TestApp.ACME, new PresenceUser(user), this::onTold);
            client.begin();
        }

        private void onTold(JavaClient.Told told) {
            if (told.kind() == JavaClient.Kind.EVENT
                    && told.data() != null
                    && told.name().endsWith("tick")) {
                onNumber(Json.parse(told.data()));
            }
        }

        @Override
        void subscribe() {
            client.subscribe(channel);
        }

        @Override
        void unsubscribe() {
            client.pusher().unsubscribe(channel);
        }

        @Override
        void loseConnection() {
            network.reset();
            client.awaitSubscribed(channel);
            // When it is subscribed again, Java client 2.4.4 adds to its old roster, with all who left meanwhile; a new
            // subscription has a new one.
            unsubscribe();
            subscribe();
        }

        @Override
        void cut() {
            network.cut();
        }

        @Override
        Set<String> roster() {
            return client.roster(channel);
        }

        @Override
        public void close() {
            client.close();
            network.close();
        }

        @Override
        public String toString() {
            return "Java client " + id + " of " + user();
        }
    }

    /** It is no member: rosters are of Pusher's protocol. */
    private static final class OfNative extends Participant {
        private final PackagedGateway gateway;
        private final String channel;
        private final String token;
        private final int id = IDS.incrementAndGet();
        private Wire wire;

        OfNative(PackagedGateway gateway, String channel, String token) {
            super(null);
            this.gateway = gateway;
            this.channel = channel;
            this.token = token;
            this.wire = connect();
        }

        private Wire connect() {
            return Wire.connectNative(gateway.port(), token, this::onFrame);
        }

        private void onFrame(JsonNode frame) {
            if (frame.path("type").asText().equals("event")) {
                onNumber(frame.path("payload").path("data"));
            }
        }

        @Override
        void subscribe() {
            wire.send(Json.text(Map.of("type", "subscribe", "channel", channel, "payload", Map.of())));
            wire.await("subscribed", frame -> frame.path("type").asText().equals("subscribed"));
        }

        @Override
        void unsubscribe() {
            wire.send(Json.text(Map.of("type", "unsubscribe", "channel", channel, "requestId", "u")));
            wire.await("unsubscribed", frame -> frame.path("type").asText().equals("unsubscribed"));
        }

        @Override
        void loseConnection() {
            wire.reset();
            wire = connect();
            subscribe();
        }

        @Override
        void cut() {
            wire.reset();
        }

        @Override
        Set<String> roster() {
            return Set.of();
        }

        @Override
        public void close() {
            wire.close();
        }

        @Override
        public String toString() {
            return "native client " + id;
        }
    }
}
