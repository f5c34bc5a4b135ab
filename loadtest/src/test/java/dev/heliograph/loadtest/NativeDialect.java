package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.util.function.Function;

/** The native protocol: subscribers recover, one connection publishes. */
record NativeDialect(Target target) implements Dialect {
    private static final String EPOCH = "epoch";

    @Override
    public String name() {
        return "native";
    }

    @Override
    public ChainBuilder connect() {
        return connect(session -> target.token());
    }

    ChainBuilder connect(Function<Session, String> token) {
        return exec(ws("connect")
                        .connect(target.ws().getPath())
                        .header("Authorization", session -> "Bearer " + token.apply(session))
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("connected")
                                .check(jsonPath("$.type").is("connected"))))
                .exitHereIfFailed();
    }

    @Override
    public ChainBuilder subscribe() {
        return exec(ws("subscribe")
                        .sendText(subscription(""))
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("subscribed")
                                .matching(jsonPath("$.type").is("subscribed"))
                                .check(
                                        jsonPath("$.payload.position.epoch").saveAs(EPOCH),
                                        jsonPath("$.payload.position.offset")
                                                .ofLong()
                                                .saveAs(OFFSET))))
                .exitHereIfFailed();
    }

    @Override
    public ChainBuilder subscribeAgain() {
        return exec(ws("recover")
                        .sendText(this::recover)
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("recovered")
                                .matching(jsonPath("$.type").is("subscribed"))
                                .check(jsonPath("$.payload.recovered")
                                        .ofBoolean()
                                        .is(true))))
                .exitHereIfFailed();
    }

    private String recover(Session session) {
        return "{\"type\":\"subscribe\",\"channel\":\"" + target.channel() + "\",\"payload\":{\"recover\":{\"epoch\":\""
                + session.getString(EPOCH) + "\",\"offset\":"
                + Steps.ledger(session).lastOffset() + "}}}";
    }

    @Override
    public boolean recovers() {
        return true;
    }

    @Override
    public ChainBuilder openPublisher() {
        return connect();
    }

    @Override
    public ChainBuilder publish(Function<Session, String> data) {
        return exec(ws("publish")
                .sendText(session -> "{\"type\":\"publish\",\"channel\":\"" + target.channel()
                        + "\",\"payload\":{\"data\":" + data.apply(session) + "}}"));
    }

    @Override
    public ChainBuilder closePublisher() {
        return exec(ws("close").close());
    }

    @Override
    public EventReader reader(String run) {
        return new EventReader(run);
    }

    @Override
    public Endpoint endpoint() {
        return Endpoint.of(target.url(), target.token());
    }

    @Override
    public String greeting() {
        return "\"type\":\"connected\"";
    }

    @Override
    public String subscription(String greeted) {
        return "{\"type\":\"subscribe\",\"channel\":\"" + target.channel() + "\",\"payload\":{}}";
    }

    @Override
    public String subscribed() {
        return "\"type\":\"subscribed\"";
    }
}
