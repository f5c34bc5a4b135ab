package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.forAll;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.util.Map;

/**
 * Users connect, authenticate and subscribe while one producer posts; each must get every event from its first to the very
 * last, once, in order and soon. Fails the build if a request fails or a percentile is over its bound.
 *
 * <pre>
 *   HELIOGRAPH_URL            the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN          a token that may subscribe       (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL        the channel of the events        (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY      the key of the source            (with HELIOGRAPH_URL)
 *   HELIOGRAPH_LOAD_USERS     subscribers                      (200)
 *   HELIOGRAPH_LOAD_RAMP_S    seconds until all are connected  (5)
 *   HELIOGRAPH_LOAD_EVENTS    events posted                    (300)
 *   HELIOGRAPH_LOAD_RATE      events posted a second           (25)
 *   HELIOGRAPH_LOAD_WARMUP_S  seconds counted, not timed       (1)
 *   HELIOGRAPH_LOAD_P99_MS    bound of the 99th percentile of connect, subscribe, post and delivery (2000)
 *   HELIOGRAPH_LOAD_OUT       folder of connect-ramp.json and .hgrm (target/loadtest)
 * </pre>
 */
public final class ConnectRamp extends Simulation {
    private static final String DELIVERY = "delivery";

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(200, 5, 300, 25, 1, 2_000).from(knobs);
    private final LoadRun run;
    private final Steps steps;

    public ConnectRamp() {
        if (load.postingSeconds() < load.rampSeconds() + 2) {
            throw new IllegalArgumentException(
                    "HELIOGRAPH_LOAD_EVENTS / HELIOGRAPH_LOAD_RATE is "
                            + load.postingSeconds()
                            + " s: expected 2 s more than HELIOGRAPH_LOAD_RAMP_S, so that the last user to connect sees events, too");
        }
        run = new LoadRun("connect-ramp", knobs, load, Phases.of(new Phases.Phase(DELIVERY, load.firstTimed())));
        steps = new Steps(run);
        setUp(
                        subscriber()
                                .injectOpen(rampUsers(load.users()).during(load.rampSeconds()))
                                .andThen(run.verdict(run.p99(DELIVERY))),
                        producer().injectOpen(atOnceUsers(1)))
                .protocols(run.protocol())
                .assertions(
                        global().failedRequests().count().is(0L),
                        forAll().responseTime().percentile(99).lt(load.p99Ms()));
    }

    @Override
    public void after() {
        run.end(Map.of());
    }

    private ScenarioBuilder subscriber() {
        return scenario("subscriber").exec(steps.join(Ledger.ANYWHERE), steps.receiveAll(), steps.leave());
    }

    private ScenarioBuilder producer() {
        return scenario("producer")
                .exec(steps.onSchedule(
                        1,
                        exec(http("track")
                                .post("/v1/track")
                                .header("Content-Type", "application/json")
                                .body(StringBody(this::event))
                                .check(status().is(200), bodyString().is("{\"success\":true}")))));
    }

    private String event(Session session) {
        return "{\"writeKey\":\"" + run.target().writeKey() + "\",\"messageId\":\""
                + steps.stamp(session, 1, 0).text() + "\",\"userId\":\"load\",\"event\":\"Load Tested\"}";
    }
}
