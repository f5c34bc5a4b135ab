package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.asLongAsDuring;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.doIfOrElse;
import static io.gatling.javaapi.core.CoreDsl.dummy;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.http.action.ws.WsInboundMessage;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Residents are members of a presence channel all the time while visitors come and go, at a fixed rate; half of the visitors say goodbye, half just drop their
 * connection. When half of the visitors have been seen, every other resident drops its connection and is back within the jitter, which nobody may notice. Each
 * resident must see every visitor come once and go, and no resident ever leave. Latency counts from when a visitor set out, its connecting included, to when a
 * resident was told of it.
 *
 * <pre>
 *   HELIOGRAPH_URL             the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN           a token; not used here                                       (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL         a channel; not used here: presence has one of its own        (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY       the key of a source; not used here                           (with HELIOGRAPH_URL)
 *   HELIOGRAPH_TOKENS          a file with a token on each line, each of another user that may subscribe to and be present in presence:*,
 *                              for each resident and visitor                                (with HELIOGRAPH_URL and the native protocol)
 *   HELIOGRAPH_LOAD_USERS      residents                                                    (50)
 *   HELIOGRAPH_LOAD_RAMP_S     seconds until all are there                                  (2)
 *   HELIOGRAPH_LOAD_EVENTS     visitors                                                     (60)
 *   HELIOGRAPH_LOAD_RATE       visitors a second                                            (6)
 *   HELIOGRAPH_LOAD_WARMUP_S   seconds counted, not timed                                   (2)
 *   HELIOGRAPH_LOAD_STAY_MS    how long a visitor stays: longer than the gateway collects changes (2000)
 *   HELIOGRAPH_LOAD_JITTER_MS  each resident is back within so long, at random: less than the gateway's grace (1000)
 *   HELIOGRAPH_LOAD_SEED       of that randomness                                           (from the clock, printed)
 *   HELIOGRAPH_LOAD_P99_MS     bound of the 99th percentile of an arrival, time away included (5000)
 *   HELIOGRAPH_LOAD_OUT        folder of presence.json and .hgrm                            (target/loadtest)
 * </pre>
 */
public final class Presence extends Simulation {
    private static final String ARRIVAL = "arrival";
    private static final String ROSTER = "roster";
    private static final int PATIENCE_SECONDS = 60;
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(50, 2, 60, 6, 2, 5_000).from(knobs);
    private final int stayMs = knobs.number("HELIOGRAPH_LOAD_STAY_MS", 2_000, 600_000);
    private final int jitterMs = knobs.number("HELIOGRAPH_LOAD_JITTER_MS", 1_000, 600_000);
    private final int seed =
            knobs.number("HELIOGRAPH_LOAD_SEED", (int) (System.nanoTime() & Integer.MAX_VALUE) | 1, Integer.MAX_VALUE);
    private final LoadRun run =
            new LoadRun("presence", knobs, load, Phases.of(new Phases.Phase(ARRIVAL, load.firstTimed())));
    private final PresenceDialect dialect =
            PresenceDialect.of(run, MemberTokens.from(knobs, run.target(), load.users() + load.events()));
    private final AtomicInteger residents = new AtomicInteger();
    private final AtomicInteger visitors = new AtomicInteger();
    /** When the first visitor is due; 0: not all residents are there yet. */
    private final AtomicLong startMs = new AtomicLong();

    public Presence() {
        System.out.println("presence: HELIOGRAPH_LOAD_SEED=" + seed);
        setUp(
                        resident()
                                .injectOpen(rampUsers(load.users()).during(load.rampSeconds()))
                                .andThen(run.verdict(run.p99(ARRIVAL))),
                        visitor().injectOpen(atOnceUsers(load.events())))
                .protocols(run.protocol())
                .assertions(global().failedRequests().count().is(0L));
    }

    @Override
    public void after() {
        run.end(Map.of("stayMs", stayMs, "jitterMs", jitterMs, "seed", seed));
    }

    private ScenarioBuilder resident() {
        return scenario("resident")
                .exec(session -> session.set(PresenceDialect.MEMBER, residents.getAndIncrement())
                        .set(PresenceDialect.SAYS, Roster.RESIDENT)
                        .set(ROSTER, new Roster(run.mark(), load.users(), load.events(), run.phases())))
                .exec(enter())
                .exec(session -> {
                    run.onJoined();
                    return session;
                })
                .exec(watchWhile(roster -> !roster.hasSeen(load.events() / 2)))
                .exec(doIf(session -> session.getInt(PresenceDialect.MEMBER) % 2 == 1)
                        .then(exec(ws("gone").close()).exec(pause(this::jitter)).exec(enter())))
                .exec(watchWhile(roster -> !roster.isSettled()))
                .exec(dummy("each visitor came once and went, no resident left", 0)
                        .withSuccess(session -> run.settle(roster(session))))
                // Who has seen it all stays while others still look.
                .exec(asLongAsDuring(session -> !run.allSettled(), Duration.ofSeconds(PATIENCE_SECONDS))
                        .on(pause(LOOK)))
                .exec(ws("close").close());
    }

    private ChainBuilder enter() {
        return exec(dialect.connect()).exec(dialect.join()).exec(session -> {
            note(
                    session,
                    Objects.requireNonNull(session.getString(PresenceDialect.ANSWER)),
                    System.currentTimeMillis());
            return session;
        });
    }

    private ChainBuilder watchWhile(Predicate<Roster> more) {
        int seconds = PATIENCE_SECONDS + load.postingSeconds() + stayMs / 1_000;
        return asLongAsDuring(session -> more.test(roster(session)), Duration.ofSeconds(seconds))
                .on(pause(LOOK), ws.processUnmatchedMessages(this::noteAll));
    }

    private Session noteAll(List<WsInboundMessage> messages, Session session) {
        for (WsInboundMessage message : messages) {
            if (message instanceof WsInboundMessage.Text text) {
                note(session, text.message(), text.timestamp());
            }
        }
        return session;
    }

    private void note(Session session, String message, long atMs) {
        dialect.read(message).ifPresent(change -> roster(session).apply(change, atMs * 1_000));
    }

    private static Roster roster(Session session) {
        return Objects.requireNonNull(session.<Roster>get(ROSTER));
    }

    private Duration jitter(Session session) {
        return Duration.ofMillis(new SplittableRandom(seed + 31L * session.userId()).nextInt(jitterMs));
    }

    private ScenarioBuilder visitor() {
        return scenario("visitor")
                .exec(asLongAsDuring(session -> !run.allJoined(), Duration.ofSeconds(PATIENCE_SECONDS))
                        .on(pause(LOOK)))
                .exec(this::due)
                .exec(pause(this::untilDue))
                .exec(dialect.connect(), dialect.join(), pause(Duration.ofMillis(stayMs)))
                .exec(doIfOrElse(session -> session.getInt(PresenceDialect.MEMBER) % 2 == 1)
                        .then(dialect.leave(), ws("close").close())
                        .orElse(exec(ws("drop").close())));
    }

    private Session due(Session session) {
        startMs.compareAndSet(0, System.currentTimeMillis() + 2 * LOOK.toMillis());
        int number = visitors.getAndIncrement();
        var stamp = new Stamp(run.mark(), number, (startMs.get() + number * 1_000L / load.rate()) * 1_000);
        return session.set(PresenceDialect.MEMBER, load.users() + number).set(PresenceDialect.SAYS, stamp.text());
    }

    private Duration untilDue(Session session) {
        int number = session.getInt(PresenceDialect.MEMBER) - load.users();
        return Duration.ofMillis(
                Math.max(0, startMs.get() + number * 1_000L / load.rate() - System.currentTimeMillis()));
    }
}
