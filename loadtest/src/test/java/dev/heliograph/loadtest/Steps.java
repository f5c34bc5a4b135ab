package dev.heliograph.loadtest;

import static io.gatling.javaapi.core.CoreDsl.asLongAsDuring;
import static io.gatling.javaapi.core.CoreDsl.dummy;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.repeat;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.gatling.http.action.ws.WsInboundMessage;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What virtual users do, in whichever protocol. One per simulation; what it builds runs on Gatling's threads. */
final class Steps {
    private static final String LEDGER = "ledger";
    private static final String START_MS = "startMs";
    private static final String POST = "post";
    private static final int ANSWER_SECONDS = 10;
    private static final int JOIN_SECONDS = 60;
    private static final Duration LOOK = Duration.ofMillis(100);

    private final LoadRun run;
    private final Dialect dialect;

    Steps(LoadRun run) {
        this.run = run;
        this.dialect = run.dialect();
    }

    /** Connects and subscribes; every event from then on counts, for the first of this run see {@link Ledger}. */
    ChainBuilder join(long firstNumber) {
        return exec(dialect.connect()).exec(dialect.subscribe()).exec(session -> {
            run.onJoined();
            return session.set(LEDGER, new Ledger(session.getLong(Dialect.OFFSET), firstNumber));
        });
    }

    /** Comes back where it left, and demands everything since; where the protocol keeps nothing for it, everything from now on. */
    ChainBuilder rejoin() {
        return exec(dialect.connect())
                .exec(dialect.subscribeAgain())
                .exec(session -> dialect.recovers()
                        ? session
                        : session.set(LEDGER, ledger(session).afterAbsence()));
    }

    /** Receives until the last event has come, at most as long as publishing takes and a while. */
    ChainBuilder receiveAll() {
        return receiveWhile(ledger -> !ledger.isPast(run.load().events() - 1));
    }

    /** Receives while the ledger says so, at most as long as publishing takes and a while. */
    ChainBuilder receiveWhile(Predicate<Ledger> more) {
        int seconds = JOIN_SECONDS + run.load().postingSeconds() + ANSWER_SECONDS;
        return asLongAsDuring(session -> more.test(ledger(session)), Duration.ofSeconds(seconds))
                .on(pause(LOOK), ws.processUnmatchedMessages(this::noteAll));
    }

    private Session noteAll(List<WsInboundMessage> messages, Session session) {
        var reader = dialect.reader(run.mark());
        for (WsInboundMessage message : messages) {
            if (message instanceof WsInboundMessage.Text text && reader.read(text.message())) {
                ledger(session).note(reader);
                if (reader.isOurs()) {
                    run.phases().record(reader.number(), text.timestamp() * 1_000 - reader.sentMicros());
                }
            }
        }
        return session;
    }

    /** Ends a subscriber: its ledger is closed, and stands in Gatling's report as a request that failed or not. */
    ChainBuilder leave() {
        return exec(dummy("nothing lost, nothing twice, in order", 0)
                        .withSuccess(session -> run.settle(ledger(session))))
                .exec(ws("close").close());
    }

    /** Waits until all subscribers are there, then publishes one by one. */
    ScenarioBuilder publisher(int dataBytes) {
        return scenario("publisher")
                .exec(dialect.openPublisher())
                .exec(awaitSubscribers())
                .exec(onSchedule(
                        1, dialect.publish(session -> data(stamp(session, 1, 0).text(), dataBytes))))
                .exec(dialect.closePublisher());
    }

    private static String data(String stamp, int dataBytes) {
        return "{\"stamp\":\"" + stamp + "\",\"pad\":\"" + "x".repeat(Math.max(0, dataBytes - stamp.length())) + "\"}";
    }

    ChainBuilder awaitSubscribers() {
        return asLongAsDuring(session -> !run.allJoined(), Duration.ofSeconds(JOIN_SECONDS))
                .on(pause(LOOK));
    }

    /**
     * Posts all events of the load, so many with each post, at the load's rate. A post that is late does not delay the next,
     * and its events count from when they were due.
     */
    ChainBuilder onSchedule(int eventsPerPost, ChainBuilder post) {
        return exec(session -> session.set(START_MS, System.currentTimeMillis() + LOOK.toMillis()))
                .exec(repeat(run.load().events() / eventsPerPost, POST)
                        .on(pause(session -> untilDue(session, eventsPerPost)), post));
    }

    private Duration untilDue(Session session, int eventsPerPost) {
        return Duration.ofMillis(Math.max(0, dueMs(session, eventsPerPost) - System.currentTimeMillis()));
    }

    private long dueMs(Session session, int eventsPerPost) {
        return session.getLong(START_MS)
                + session.getInt(POST) * 1_000L * eventsPerPost / run.load().rate();
    }

    /** The mark of one event of the post that is due. */
    Stamp stamp(Session session, int eventsPerPost, int index) {
        long number = (long) session.getInt(POST) * eventsPerPost + index;
        return new Stamp(run.mark(), number, dueMs(session, eventsPerPost) * 1_000);
    }

    /** The subscriber's own. */
    static Ledger ledger(Session session) {
        return Objects.requireNonNull(session.<Ledger>get(LEDGER));
    }
}
