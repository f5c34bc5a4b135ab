package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import java.util.Map;

/**
 * One publisher publishes at a fixed rate, whether or not the gateway keeps up; every subscriber must get every publication
 * once and in order. Latency is from when a publication was due to when its frame was read. Fails if a request fails, if
 * anything is lost, or if the 99th percentile of a delivery is over its bound.
 *
 * <pre>
 *   HELIOGRAPH_URL            the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN          a token that may subscribe and publish      (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL        the channel                                 (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY      the key of a source; not used here          (with HELIOGRAPH_URL)
 *   HELIOGRAPH_LOAD_USERS     subscribers                                 (200)
 *   HELIOGRAPH_LOAD_RAMP_S    seconds until all are connected             (3)
 *   HELIOGRAPH_LOAD_EVENTS    publications                                (400)
 *   HELIOGRAPH_LOAD_RATE      publications a second                       (50)
 *   HELIOGRAPH_LOAD_WARMUP_S  seconds counted, not timed                  (2)
 *   HELIOGRAPH_LOAD_SIZE      bytes of a publication's data               (128)
 *   HELIOGRAPH_LOAD_P99_MS    bound of the 99th percentile of a delivery  (1000)
 *   HELIOGRAPH_LOAD_OUT       folder of fan-out-latency.json and .hgrm    (target/loadtest)
 * </pre>
 */
public final class FanOutLatency extends Simulation {
    private static final String DELIVERY = "delivery";

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(200, 3, 400, 50, 2, 1_000).from(knobs);
    private final int dataBytes = knobs.number("HELIOGRAPH_LOAD_SIZE", 128, 60_000);
    private final LoadRun run =
            new LoadRun("fan-out-latency", knobs, load, Phases.of(new Phases.Phase(DELIVERY, load.firstTimed())));
    private final Steps steps = new Steps(run);

    public FanOutLatency() {
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
        run.end(Map.of("dataBytes", dataBytes));
    }

    private ScenarioBuilder subscriber() {
        return scenario("subscriber").exec(steps.join(0), steps.receiveAll(), steps.leave());
    }
}
