package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.bodyString;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.regex;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pusher's protocol: subscribers sign for their channel and do not recover; its HTTP API publishes. */
record PusherDialect(Target target, Target.App app) implements Dialect {
    static final String SOCKET_ID = "socketId";
    private static final String BODY = "body";
    /** In a JSON string. */
    private static final Pattern SOCKET = Pattern.compile("socket_id\\\\\":\\\\\"(\\d+\\.\\d+)");

    PusherDialect(Target target) {
        this(
                target,
                Objects.requireNonNull(
                        target.app(), "HELIOGRAPH_PUSHER_APP, _KEY and _SECRET are needed beside HELIOGRAPH_URL"));
    }

    @Override
    public String name() {
        return "pusher";
    }

    @Override
    public ChainBuilder connect() {
        return exec(ws("connect")
                        .connect("/app/" + app.key() + "?protocol=7&client=gatling")
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("established")
                                .check(regex(SOCKET.pattern()).saveAs(SOCKET_ID))))
                .exitHereIfFailed();
    }

    @Override
    public ChainBuilder subscribe() {
        return exec(ws("subscribe")
                        .sendText(session -> subscriptionOf(Objects.requireNonNull(session.getString(SOCKET_ID))))
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("subscription_succeeded")
                                .matching(jsonPath("$.event").is("pusher_internal:subscription_succeeded"))
                                .check(jsonPath("$.channel").is(target.channel()))))
                .exitHereIfFailed()
                .exec(session -> session.set(OFFSET, Ledger.ANYWHERE));
    }

    @Override
    public ChainBuilder subscribeAgain() {
        return subscribe();
    }

    @Override
    public boolean recovers() {
        return false;
    }

    private String subscriptionOf(String socketId) {
        return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" + target.channel() + "\",\"auth\":\""
                + app.sign(socketId + ":" + target.channel()) + "\"}}";
    }

    @Override
    public ChainBuilder openPublisher() {
        return exec(session -> session);
    }

    @Override
    public ChainBuilder publish(Function<Session, String> data) {
        return exec(session -> session.set(BODY, body(data.apply(session))))
                .exec(http("publish")
                        .post(session -> "/apps/" + app.id() + "/events?"
                                + signed(Objects.requireNonNull(session.getString(BODY))))
                        .header("Content-Type", "application/json")
                        .body(StringBody(session -> Objects.requireNonNull(session.getString(BODY))))
                        .check(status().is(200), bodyString().is("{}")));
    }

    /** Data is a string that holds JSON. */
    private String body(String data) {
        return "{\"name\":\"load\",\"channel\":\"" + target.channel() + "\",\"data\":\""
                + data.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    }

    private String signed(String body) {
        String query = "auth_key=" + app.key() + "&auth_timestamp=" + System.currentTimeMillis() / 1_000
                + "&auth_version=1.0&body_md5=" + Signatures.md5(body);
        return query + "&auth_signature=" + app.hmac("POST\n/apps/" + app.id() + "/events\n" + query);
    }

    @Override
    public ChainBuilder closePublisher() {
        return exec(session -> session);
    }

    @Override
    public EventReader reader(String run) {
        return EventReader.withoutPositions(run);
    }

    @Override
    public Endpoint endpoint() {
        return Endpoint.ofApp(target.url(), app.key());
    }

    @Override
    public String greeting() {
        return "activity_timeout";
    }

    @Override
    public String subscription(String greeted) {
        Matcher socketId = SOCKET.matcher(greeted);
        if (!socketId.find()) {
            throw new IllegalArgumentException("expected a socket_id in " + greeted);
        }
        return subscriptionOf(socketId.group(1));
    }

    @Override
    public String subscribed() {
        return "subscription_succeeded";
    }
}
