package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.details;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A producer posts Segment batches at a fixed rate; every subscriber must get every event's envelope once and in order.
 * Latency is from when a batch was due, which stands in an allow-listed property of each of its events, to when the frame
 * was read: through parsing, dedupe, redaction and fan-out. Fails if a request fails, if anything is lost, or if a 99th
 * percentile is over its bound.
 *
 * <pre>
 *   HELIOGRAPH_URL            the gateway, e.g. http://127.0.0.1:8080; without it a demo is started on a free port
 *   HELIOGRAPH_TOKEN          a token that may subscribe                   (with HELIOGRAPH_URL)
 *   HELIOGRAPH_CHANNEL        the channel of the events                    (with HELIOGRAPH_URL)
 *   HELIOGRAPH_WRITE_KEY      the key of the source                        (with HELIOGRAPH_URL)
 *   HELIOGRAPH_LOAD_PROPERTY  a property that the source lets through      (product)
 *   HELIOGRAPH_LOAD_USERS     subscribers                                  (100)
 *   HELIOGRAPH_LOAD_RAMP_S    seconds until all are connected              (2)
 *   HELIOGRAPH_LOAD_EVENTS    events, a multiple of the batch              (1600)
 *   HELIOGRAPH_LOAD_RATE      events a second; a source takes 1000 unless configured otherwise (200)
 *   HELIOGRAPH_LOAD_BATCH     events in one batch                          (20)
 *   HELIOGRAPH_LOAD_WARMUP_S  seconds counted, not timed                   (2)
 *   HELIOGRAPH_LOAD_P99_MS    bound of the 99th percentile of a post and of a delivery (1000)
 *   HELIOGRAPH_LOAD_OUT       folder of ingest-to-browser.json and .hgrm   (target/loadtest)
 * </pre>
 */
public final class IngestToBrowser extends Simulation {
    private static final String DELIVERY = "delivery";
    private static final String BATCH = "batch";

    private final Knobs knobs = new Knobs(System.getenv());
    private final Load load = new Load(100, 2, 1_600, 200, 2, 1_000).from(knobs);
    private final int batch = knobs.number("HELIOGRAPH_LOAD_BATCH", 20, 1_000);
    private final String property = knobs.text("HELIOGRAPH_LOAD_PROPERTY", "product");
    private final LoadRun run;
    private final Steps steps;

    public IngestToBrowser() {
        if (load.events() % batch != 0) {
            throw new IllegalArgumentException("HELIOGRAPH_LOAD_EVENTS=" + load.events()
                    + ": expected a multiple of HELIOGRAPH_LOAD_BATCH=" + batch);
        }
        run = new LoadRun("ingest-to-browser", knobs, load, Phases.of(new Phases.Phase(DELIVERY, load.firstTimed())));
        steps = new Steps(run);
        setUp(
                        subscriber()
                                .injectOpen(rampUsers(load.users()).during(load.rampSeconds()))
                                .andThen(run.verdict(run.p99(DELIVERY))),
                        producer().injectOpen(atOnceUsers(1)))
                .protocols(run.protocol())
                .assertions(
                        global().failedRequests().count().is(0L),
                        details(BATCH).responseTime().percentile(99).lt(load.p99Ms()));
    }

    @Override
    public void after() {
        run.end(Map.of("batch", batch, "property", property));
    }

    private ScenarioBuilder subscriber() {
        return scenario("subscriber").exec(steps.join(0), steps.receiveAll(), steps.leave());
    }

    private ScenarioBuilder producer() {
        return scenario("producer")
                .exec(steps.awaitSubscribers())
                .exec(steps.onSchedule(
                        batch,
                        exec(http(BATCH)
                                .post("/v1/batch")
                                .header("Content-Type", "application/json")
                                .body(StringBody(this::body))
                                .check(status().is(200), bodyString().is("{\"success\":true}")))));
    }

    private String body(Session session) {
        return IntStream.range(0, batch)
                .mapToObj(index -> event(steps.stamp(session, batch, index).text()))
                .collect(Collectors.joining(
                        ",", "{\"writeKey\":\"" + run.target().writeKey() + "\",\"batch\":[", "]}"));
    }

    /** The message id begins with another letter than the mark, so that only the property counts as having come. */
    private String event(String stamp) {
        return "{\"type\":\"track\",\"event\":\"Load Tested\",\"userId\":\"load\",\"messageId\":\"m-" + stamp
                + "\",\"properties\":{\"" + property + "\":\"" + stamp + "\"}}";
    }
}
