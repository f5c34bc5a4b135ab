package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.asLongAsDuring;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.global;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.pace;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.http.action.ws.WsInboundMessage;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

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
 *   HELIOGRAPH_LOAD_P99_MS    bound of the 99th percentile of connect, subscribe, post and delivery (2000)
 * </pre>
 */
public final class ConnectRamp extends Simulation {
    private static final String LEDGER = "ledger";
    private static final int ANSWER_SECONDS = 10;
    /** connect, connected, subscribe, subscribed, received everything, pong, close: Gatling counts each. */
    private static final long REQUESTS_PER_SUBSCRIBER = 7;

    private final Knobs knobs = new Knobs(System.getenv());
    private final int users = knobs.number("HELIOGRAPH_LOAD_USERS", 200, 15_000);
    private final int rampSeconds = knobs.number("HELIOGRAPH_LOAD_RAMP_S", 5, 3_600);
    private final int events = knobs.number("HELIOGRAPH_LOAD_EVENTS", 300, 10_000_000);
    private final int rate = knobs.number("HELIOGRAPH_LOAD_RATE", 25, 1_000);
    private final int p99Ms = knobs.number("HELIOGRAPH_LOAD_P99_MS", 2_000, 60_000);
    private final int postingSeconds = Math.ceilDiv(events, rate);

    private final String run = "connect-ramp-" + Ledger.letters(System.currentTimeMillis());
    private final Recorder latenciesMs = new Recorder(3);
    private final Target target;

    public ConnectRamp() {
        if (postingSeconds < rampSeconds + 2) {
            throw new IllegalArgumentException(
                    "HELIOGRAPH_LOAD_EVENTS / HELIOGRAPH_LOAD_RATE is " + postingSeconds
                            + " s: expected 2 s more than HELIOGRAPH_LOAD_RAMP_S, so that the last user to connect sees events, too");
        }
        target = Target.from(System.getenv());
        setUp(
                        subscriber().injectOpen(rampUsers(users).during(rampSeconds)),
                        producer().injectOpen(atOnceUsers(1)))
                .protocols(http.baseUrl(target.url().toString())
                        .wsBaseUrl(target.ws().resolve("/").toString().replaceFirst("/$", ""))
                        .wsUnmatchedInboundMessageBufferSize(events))
                .assertions(
                        global().failedRequests().count().is(0L),
                        global().successfulRequests().count().is(users * REQUESTS_PER_SUBSCRIBER + events),
                        global().responseTime().percentile(99).lt(p99Ms));
    }

    @Override
    public void after() {
        target.release();
        Histogram all = latenciesMs.getIntervalHistogram();
        System.out.printf(
                "posted to received: %d deliveries, p50 %d ms, p99 %d ms, p99.9 %d ms, max %d ms%n",
                all.getTotalCount(),
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99),
                all.getValueAtPercentile(99.9),
                all.getMaxValue());
    }

    private ScenarioBuilder subscriber() {
        return scenario("subscriber")
                .exec(session -> session.set(LEDGER, new Ledger(run, events - 1, p99Ms, latenciesMs)))
                .exec(ws("connect")
                        .connect(target.ws().getPath())
                        .header("Authorization", "Bearer " + target.token())
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("connected")
                                .check(jsonPath("$.type").is("connected"))))
                .exec(ws("subscribe")
                        .sendText("{\"type\":\"subscribe\",\"channel\":\"" + target.channel() + "\",\"payload\":{}}")
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("subscribed")
                                .matching(jsonPath("$.type").is("subscribed"))
                                .check(jsonPath("$.channel").is(target.channel()))))
                .exec(receiveAll())
                .exec(ws("received everything")
                        .sendText("{\"type\":\"ping\"}")
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("pong")
                                .matching(jsonPath("$.type").is("pong"))
                                .check(jsonPath("$.type")
                                        .validate("no gap, no repeat, nothing late", this::holdLedger))))
                .exec(ws("close").close());
    }

    private ChainBuilder receiveAll() {
        return asLongAsDuring(
                        session -> !ledger(session).isComplete(), Duration.ofSeconds(postingSeconds + ANSWER_SECONDS))
                .on(pause(Duration.ofMillis(200)), ws.processUnmatchedMessages(this::noteAll));
    }

    private Session noteAll(List<WsInboundMessage> messages, Session session) {
        for (WsInboundMessage message : messages) {
            if (message instanceof WsInboundMessage.Text text) {
                ledger(session).note(text.message(), text.timestamp());
            }
        }
        return session;
    }

    private String holdLedger(String type, Session session) {
        String verdict = ledger(session).verdict();
        if (!verdict.isEmpty()) {
            throw new IllegalStateException(verdict);
        }
        return type;
    }

    private ScenarioBuilder producer() {
        return scenario("producer")
                .exec(repeat(events, "n")
                        .on(
                                pace(Duration.ofMillis(1_000 / rate)),
                                exec(http("track")
                                        .post("/v1/track")
                                        .header("Content-Type", "application/json")
                                        .body(StringBody(this::event))
                                        .check(status().is(200), bodyString().is("{\"success\":true}")))));
    }

    private String event(Session session) {
        String messageId = Ledger.messageId(run, session.getInt("n"), System.currentTimeMillis());
        return "{\"writeKey\":\"" + target.writeKey() + "\",\"messageId\":\"" + messageId
                + "\",\"userId\":\"load\",\"event\":\"Load Tested\"}";
    }

    private static Ledger ledger(Session session) {
        return Objects.requireNonNull(session.<Ledger>get(LEDGER));
    }
}
