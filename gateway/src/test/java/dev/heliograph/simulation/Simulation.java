package dev.heliograph.simulation;

import dev.heliograph.auth.Grants;
import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway, its clients and the network between them on virtual time: connections drop and stall, tokens expire, publishes are repeated, the gateway restarts. The seed
 * decides everything, so a seed that fails fails again. At the end everybody has what is theirs, by the {@link Ledger}, and when they have left nothing is left.
 */
public final class Simulation {
    static final int CHANNELS = 3;
    /** By when a connection has to end whose token has. */
    static final long REVOKED_WITHIN_MS = 2_000;

    private static final int CLIENTS = 4;
    private static final long ACTIVE_MS = 6_000;
    private static final long SETTLE_MS = 9_000;
    private static final long TURN_MS = 20;
    private static final Grants EVERYTHING = new Grants(
            Map.of(Operation.SUBSCRIBE, List.of("*"), Operation.PUBLISH, List.of("*"), Operation.HISTORY, List.of("*")),
            "somebody");

    final Ledger ledger = new Ledger();
    private final SplittableRandom random;
    private final MockTicker ticker = Ticker.newMockTicker();
    private final InstantSource clock = () -> Instant.ofEpochMilli(nowMs());
    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private final List<VirtualClient> clients = new ArrayList<>();
    private final Map<VirtualClient, Long> lastArrival = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private @Nullable VirtualGateway gateway;
    private long order;
    private int lives;

    private record Due(long atMs, long order, Runnable what) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(order, other.order);
        }
    }

    private Simulation(long seed) {
        random = new SplittableRandom(seed);
        start();
        for (String workspace : List.of("acme", "other")) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new VirtualClient(this, random.split(), workspace, i));
            }
        }
    }

    /** Throws what went wrong. */
    public static void run(long seed) {
        new Simulation(seed).run();
    }

    private void run() {
        clients.forEach(this::actAgainAndAgain);
        clients.forEach(this::readAgainAndAgain);
        everyTurn();
        tickEverySecond();
        if (random.nextInt(3) == 0) {
            after(random.nextLong(ACTIVE_MS), this::restart);
        }
        runUntil(ACTIVE_MS);
        settle();
        runUntil(ACTIVE_MS + SETTLE_MS);
        clients.forEach(VirtualClient::checkReached);
        clients.forEach(VirtualClient::end);
        VirtualGateway last = Objects.requireNonNull(gateway);
        last.tick();
        runUntil(ACTIVE_MS + SETTLE_MS + 12_000); // whoever vanished is silent for long enough
        last.checkEmpty();
    }

    private void runUntil(long endMs) {
        for (Due next = queue.peek(); next != null && next.atMs() <= endMs; next = queue.peek()) {
            queue.remove();
            ticker.advance(Math.max(0, next.atMs() - nowMs()), TimeUnit.MILLISECONDS);
            next.what().run();
            turn();
        }
    }

    /** Some loops run, some later. */
    private void turn() {
        VirtualGateway alive = gateway;
        if (alive != null) {
            alive.loops.forEach(loop -> {
                if (random.nextInt(4) > 0) {
                    loop.run();
                }
            });
        }
    }

    private void start() {
        if (gateway != null) {
            return;
        }
        gateway = new VirtualGateway("g" + lives++, ticker, clock, this::verify, ledger, this::later);
    }

    private void restart() {
        Objects.requireNonNull(gateway).kill();
        gateway = null;
        clients.forEach(VirtualClient::onGatewayGone);
        after(random.nextLong(1_500), this::start);
    }

    private void settle() {
        start();
        settleAgainAndAgain();
    }

    private void settleAgainAndAgain() {
        if (nowMs() < ACTIVE_MS + SETTLE_MS) {
            clients.forEach(VirtualClient::settle);
            after(500, this::settleAgainAndAgain);
        }
    }

    private void actAgainAndAgain(VirtualClient client) {
        if (!isSettling()) {
            client.act();
            after(1 + random.nextLong(60), () -> actAgainAndAgain(client));
        }
    }

    private void readAgainAndAgain(VirtualClient client) {
        client.read();
        after(1 + random.nextLong(30), () -> readAgainAndAgain(client));
    }

    private void everyTurn() {
        after(TURN_MS, this::everyTurn);
    }

    private void tickEverySecond() {
        if (gateway != null) {
            gateway.tick();
        }
        after(1_000, this::tickEverySecond);
    }

    /** The text is a workspace, a client, an expiry and a connection; checking it takes a while, now and then. */
    private void verify(String token, Consumer<Verdict> done) {
        String[] parts = token.split(" ", -1);
        long untilMs = Long.parseLong(parts[2]);
        Runnable check = () -> {
            if (nowMs() >= untilMs) {
                done.accept(new Verdict.Refused(Verdict.Reason.EXPIRED, "expired"));
            } else {
                tokens.put(parts[1] + " " + parts[3], untilMs);
                done.accept(new Verdict.Verified(new Principal(parts[0], parts[1], null, null, EVERYTHING, untilMs)));
            }
        };
        later(check);
    }

    /** Now and then, a dependency takes a while. */
    private void later(Runnable answer) {
        if (random.nextInt(4) == 0) {
            after(random.nextLong(100), answer);
        } else {
            answer.run();
        }
    }

    void checkMaySend(String connection) {
        long untilMs = tokens.getOrDefault(connection, Long.MAX_VALUE / 2);
        Ledger.check(
                nowMs() <= untilMs + REVOKED_WITHIN_MS,
                "I9: " + connection + " is sent something " + (nowMs() - untilMs) + " ms after its token ended");
    }

    void after(long ms, Runnable what) {
        queue.add(new Due(nowMs() + ms, order++, what));
    }

    /** What one client says arrives in order. */
    void afterLatency(VirtualClient client, Runnable arrives) {
        long atMs = Math.max(lastArrival.getOrDefault(client, 0L), nowMs() + random.nextLong(40));
        lastArrival.put(client, atMs);
        queue.add(new Due(atMs, order++, arrives));
    }

    /** Nobody does anything new any more. */
    boolean isSettling() {
        return nowMs() >= ACTIVE_MS;
    }

    long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime());
    }

    @Nullable
    VirtualGateway gateway() {
        return gateway;
    }

    Position top(ChannelId channel) {
        return Objects.requireNonNull(gateway).top(channel);
    }

    /** Of the data of a publication. */
    static String id(String data) {
        int from = data.indexOf("\"id\":\"") + 6;
        return data.substring(from, data.indexOf('"', from));
    }
}
