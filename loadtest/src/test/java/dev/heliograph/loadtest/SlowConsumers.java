package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.asLongAsDuring;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Twice, in turn, a quarter of the events goes out with everybody reading and a quarter with subscribers beside them that never read. The others must get
 * everything once and in order all the while, and their 99th percentile may grow by no more than a share. Both kinds of quarter lie in one run and alternate,
 * so that a noisy machine disturbs both. A gateway closes who takes nothing for ten seconds, so a quarter should be no longer than that.
 *
 * <pre>
 *   HELIOGRAPH_URL            the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN          a token that may subscribe and publish       (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL        the channel                                  (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY      the key of a source; not used here           (with HELIOGRAPH_URL)
 *   HELIOGRAPH_LOAD_USERS     subscribers that read                        (18)
 *   HELIOGRAPH_LOAD_STALLED   subscribers that do not                      (2)
 *   HELIOGRAPH_LOAD_RAMP_S    seconds until the first are connected        (2)
 *   HELIOGRAPH_LOAD_EVENTS    publications, warm-up and four quarters      (520)
 *   HELIOGRAPH_LOAD_RATE      publications a second                        (40)
 *   HELIOGRAPH_LOAD_WARMUP_S  seconds counted, not timed                   (2)
 *   HELIOGRAPH_LOAD_SIZE      bytes of a publication's data: enough to fill what the kernel and the gateway hold for one client (60000)
 *   HELIOGRAPH_LOAD_GROWTH_PERCENT  by how much the 99th percentile may grow (100; the goal on a quiet machine is 10)
 *   HELIOGRAPH_LOAD_FLOOR_MS  a percentile below it counts as this, so that a busy machine fails no build (500)
 *   HELIOGRAPH_LOAD_P99_MS    bound of the 99th percentile of a delivery   (5000)
 *   HELIOGRAPH_LOAD_OUT       folder of slow-consumers.json and .hgrm      (target/loadtest)
 * </pre>
 */
public final class SlowConsumers extends Simulation {
    private static final String CALM = "calm";
    private static final String STALLED = "stalled";
    private static final int QUARTERS = 4;
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(18, 2, 520, 40, 2, 5_000).from(knobs);
    private final int stalled = knobs.number("HELIOGRAPH_LOAD_STALLED", 2, 5_000);
    private final int dataBytes = knobs.number("HELIOGRAPH_LOAD_SIZE", 60_000, 60_000);
    private final int growthPercent = knobs.number("HELIOGRAPH_LOAD_GROWTH_PERCENT", 100, 10_000);
    private final int floorMs = knobs.number("HELIOGRAPH_LOAD_FLOOR_MS", 500, 10_000);
    private final int first = Math.min(load.firstTimed(), load.events() - QUARTERS);
    private final LoadRun run = new LoadRun("slow-consumers", knobs, load, phases());
    private final Steps steps = new Steps(run);
    private final StalledClients stalledClients = new StalledClients(run.dialect());
    private final AtomicLong furthest = new AtomicLong();
    /** Stalled clients of the first time that lost something. */
    private final AtomicInteger harmed = new AtomicInteger();

    /** The number of the event with which a quarter begins. */
    private int quarter(int number) {
        return first + (load.events() - first) * number / QUARTERS;
    }

    private Phases phases() {
        var calm = new Phases.Phase(CALM, quarter(0));
        var stalledOnes = new Phases.Phase(STALLED, quarter(1));
        return Phases.of(
                calm,
                stalledOnes,
                new Phases.Phase(CALM, quarter(2), calm.micros()),
                new Phases.Phase(STALLED, quarter(3), stalledOnes.micros()));
    }

    public SlowConsumers() {
        setUp(
                        subscriber()
                                .injectOpen(rampUsers(load.users()).during(load.rampSeconds()))
                                .andThen(run.verdict(run.p99(STALLED), growth(), allSlow())),
                        stalled().injectOpen(atOnceUsers(1)),
                        steps.publisher(dataBytes).injectOpen(atOnceUsers(1)))
                .protocols(run.protocol())
                .assertions(global().failedRequests().count().is(0L));
    }

    private ServiceLevel growth() {
        return new ServiceLevel(
                "healthy p99 beside stalled clients, as a multiple",
                () -> Math.max(floorMs, run.phases().p99Ms(STALLED))
                        / Math.max(floorMs, run.phases().p99Ms(CALM)),
                1 + growthPercent / 100.0);
    }

    /** The control: a client that lost nothing was not slow. */
    private ServiceLevel allSlow() {
        return new ServiceLevel(
                "stalled clients that lost nothing",
                () -> 2 * stalled - harmed.get() - stalledClients.countHarmed(),
                0);
    }

    @Override
    public void after() {
        stalledClients.close();
        run.end(Map.of("stalled", stalled, "dataBytes", dataBytes, "growthPercent", growthPercent, "floorMs", floorMs));
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

    /** One user that lets the stalled clients join and leave, quarter by quarter. */
    private ScenarioBuilder stalled() {
        return scenario("stalled")
                .exec(steps.awaitSubscribers())
                .exec(at(quarter(1), () -> stalledClients.join(stalled)))
                .exec(at(quarter(2), this::endStall))
                .exec(at(quarter(3), () -> stalledClients.join(stalled)));
    }

    private void endStall() {
        harmed.set(stalledClients.countHarmed());
        stalledClients.close();
    }

    /** When that event has come, the task, on a thread of its own: it blocks. */
    private ChainBuilder at(int event, Runnable task) {
        return asLongAsDuring(session -> furthest.get() < event, Duration.ofSeconds(load.postingSeconds()))
                .on(pause(LOOK))
                .exec(session -> {
                    Thread.ofVirtual().start(task);
                    return session;
                });
    }
}
