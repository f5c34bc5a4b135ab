package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * While one publisher publishes, all subscribers are gone at once and come back with full jitter, each from the position it
 * saw last; then again. Each must see every publication exactly once and in order, as if it had never been away, and the
 * gateway must have kept everything that was missed. Latency counts the time away.
 *
 * <pre>
 *   HELIOGRAPH_URL             the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN           a token that may subscribe and publish                (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL         a channel that keeps what is published in a jitter    (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY       the key of a source; not used here                    (with HELIOGRAPH_URL)
 *   HELIOGRAPH_LOAD_USERS      subscribers                                           (200)
 *   HELIOGRAPH_LOAD_RAMP_S     seconds until all are connected                       (2)
 *   HELIOGRAPH_LOAD_EVENTS     publications                                          (240)
 *   HELIOGRAPH_LOAD_RATE       publications a second                                 (20)
 *   HELIOGRAPH_LOAD_WARMUP_S   seconds counted, not timed                            (1)
 *   HELIOGRAPH_LOAD_STORMS     how often all are gone, evenly spread                 (2)
 *   HELIOGRAPH_LOAD_JITTER_MS  each comes back within so long, at random             (2000)
 *   HELIOGRAPH_LOAD_SEED       of that randomness                                    (from the clock, printed)
 *   HELIOGRAPH_LOAD_SIZE       bytes of a publication's data                         (128)
 *   HELIOGRAPH_LOAD_P99_MS     bound of the 99th percentile of a delivery, time away included (5000)
 *   HELIOGRAPH_LOAD_OUT        folder of reconnect-storm.json and .hgrm              (target/loadtest)
 * </pre>
 */
public final class ReconnectStorm extends Simulation {
    private static final String DELIVERY = "delivery";

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(200, 2, 240, 20, 1, 5_000).from(knobs);
    private final int storms = knobs.number("HELIOGRAPH_LOAD_STORMS", 2, 100);
    private final int jitterMs = knobs.number("HELIOGRAPH_LOAD_JITTER_MS", 2_000, 600_000);
    private final int dataBytes = knobs.number("HELIOGRAPH_LOAD_SIZE", 128, 60_000);
    private final int seed =
            knobs.number("HELIOGRAPH_LOAD_SEED", (int) (System.nanoTime() & Integer.MAX_VALUE) | 1, Integer.MAX_VALUE);
    private final LoadRun run =
            new LoadRun("reconnect-storm", knobs, load, Phases.of(new Phases.Phase(DELIVERY, load.firstTimed())));
    private final Steps steps = new Steps(run);

    public ReconnectStorm() {
        System.out.println("reconnect-storm: HELIOGRAPH_LOAD_SEED=" + seed);
        setUp(
                        subscriber()
                                .injectOpen(rampUsers(load.users()).during(load.rampSeconds()))
                                .andThen(run.verdict(run.p99(DELIVERY))),
                        steps.publisher(dataBytes).injectOpen(atOnceUsers(1)))
                .protocols(run.protocol())
                .assertions(global().failedRequests().count().is(0L));
    }

    @Override
    public void after() {
        run.end(Map.of("storms", storms, "jitterMs", jitterMs, "seed", seed, "dataBytes", dataBytes));
    }

    private ScenarioBuilder subscriber() {
        ChainBuilder chain = exec(steps.join(0));
        for (int storm = 1; storm <= storms; storm++) {
            long until = (long) load.events() * storm / (storms + 1);
            chain = chain.exec(steps.receiveWhile(ledger -> !ledger.isPast(until)))
                    .exec(ws("gone").close())
                    .exec(pause(this::jitter))
                    .exec(steps.rejoin());
        }
        return scenario("subscriber").exec(chain).exec(steps.receiveAll(), steps.leave());
    }

    /** Full jitter: anything from nothing to the bound, so that those who left together do not come together. */
    private Duration jitter(Session session) {
        var random = new SplittableRandom(
                seed + 31L * session.userId() + Steps.ledger(session).lastOffset());
        return Duration.ofMillis(random.nextInt(jitterMs));
    }
}
