package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.asLongAsDuring;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Half way through the run, subscribers join that never read. The others must still get everything once and in order, and
 * their 99th percentile may grow by no more than a ratio. A gateway closes who takes nothing for ten seconds, so the second
 * half should be no longer than that.
 *
 * <pre>
 *   HELIOGRAPH_URL            the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN          a token that may subscribe and publish       (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL        the channel                                  (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY      the key of a source; not used here           (with HELIOGRAPH_URL)
 *   HELIOGRAPH_LOAD_USERS     subscribers that read                        (45)
 *   HELIOGRAPH_LOAD_STALLED   subscribers that do not                      (5)
 *   HELIOGRAPH_LOAD_RAMP_S    seconds until the first are connected        (2)
 *   HELIOGRAPH_LOAD_EVENTS    publications, half of them before            (480)
 *   HELIOGRAPH_LOAD_RATE      publications a second                        (40)
 *   HELIOGRAPH_LOAD_WARMUP_S  seconds counted, not timed                   (2)
 *   HELIOGRAPH_LOAD_SIZE      bytes of a publication's data: enough to fill what the kernel and the gateway hold for one client (32000)
 *   HELIOGRAPH_LOAD_RATIO     by how much the 99th percentile may grow     (5)
 *   HELIOGRAPH_LOAD_FLOOR_MS  a percentile below it counts as this, so that a busy machine fails no build (200)
 *   HELIOGRAPH_LOAD_P99_MS    bound of the 99th percentile of a delivery   (2000)
 *   HELIOGRAPH_LOAD_OUT       folder of slow-consumers.json and .hgrm      (target/loadtest)
 * </pre>
 */
public final class SlowConsumers extends Simulation {
    private static final String BEFORE = "before";
    private static final String DURING = "during";
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(45, 2, 480, 40, 2, 2_000).from(knobs);
    private final int stalled = knobs.number("HELIOGRAPH_LOAD_STALLED", 5, 5_000);
    private final int dataBytes = knobs.number("HELIOGRAPH_LOAD_SIZE", 32_000, 60_000);
    private final int ratio = knobs.number("HELIOGRAPH_LOAD_RATIO", 5, 1_000);
    private final int floorMs = knobs.number("HELIOGRAPH_LOAD_FLOOR_MS", 200, 10_000);
    private final int half = load.events() / 2;
    private final LoadRun run = new LoadRun(
            "slow-consumers",
            knobs,
            load,
            Phases.of(new Phases.Phase(BEFORE, Math.min(load.firstTimed(), half - 1)), new Phases.Phase(DURING, half)));
    private final Steps steps = new Steps(run);
    private final StalledClients stalledClients = new StalledClients(run.target());
    private final AtomicLong furthest = new AtomicLong();

    public SlowConsumers() {
        setUp(
                        subscriber()
                                .injectOpen(rampUsers(load.users()).during(load.rampSeconds()))
                                .andThen(run.verdict(run.p99(DURING), growth(), allSlow())),
                        stalled().injectOpen(atOnceUsers(1)),
                        steps.publisher(dataBytes).injectOpen(atOnceUsers(1)))
                .protocols(run.protocol())
                .assertions(global().failedRequests().count().is(0L));
    }

    private ServiceLevel growth() {
        return new ServiceLevel(
                "growth of the healthy p99",
                () -> Math.max(floorMs, run.phases().p99Ms(DURING))
                        / Math.max(floorMs, run.phases().p99Ms(BEFORE)),
                ratio);
    }

    /** The control: a client that lost nothing was not slow. */
    private ServiceLevel allSlow() {
        return new ServiceLevel("stalled clients that lost nothing", () -> stalled - stalledClients.countHarmed(), 0);
    }

    @Override
    public void after() {
        stalledClients.close();
        run.end(Map.of("stalled", stalled, "dataBytes", dataBytes, "ratio", ratio, "floorMs", floorMs));
    }

    private ScenarioBuilder subscriber() {
        return scenario("subscriber")
                .exec(steps.join(0))
                .exec(steps.receiveWhile(ledger -> {
                    furthest.accumulateAndGet(ledger.received(), Math::max);
                    return !ledger.isPast(load.events() - 1);
                }))
                .exec(steps.leave());
    }

    /** One user that lets all stalled clients join when half is published, on a thread of its own: joining blocks. */
    private ScenarioBuilder stalled() {
        return scenario("stalled")
                .exec(steps.awaitSubscribers())
                .exec(asLongAsDuring(session -> furthest.get() < half, Duration.ofSeconds(load.postingSeconds()))
                        .on(pause(LOOK)))
                .exec(session -> {
                    Thread.ofVirtual().start(() -> stalledClients.join(stalled));
                    return session;
                });
    }
}
