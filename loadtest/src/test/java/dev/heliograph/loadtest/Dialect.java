package dev.heliograph.loadtest;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.util.Locale;
import java.util.function.Function;

/** What virtual users say, in one protocol. What it builds runs on Gatling's threads. */
sealed interface Dialect permits NativeDialect, PusherDialect {
    /** Where {@link #subscribe} leaves the offset at which a subscription begins; {@link Ledger#ANYWHERE} if the protocol has none. */
    String OFFSET = "offset";

    int ANSWER_SECONDS = 10;

    /** Of {@code HELIOGRAPH_LOAD_PROTOCOL}: native or pusher. */
    static Dialect from(Knobs knobs, Target target) {
        String protocol = knobs.text("HELIOGRAPH_LOAD_PROTOCOL", System.getProperty("load.protocol", "native"));
        return switch (protocol.toLowerCase(Locale.ROOT)) {
            case "native" -> new NativeDialect(target);
            case "pusher" -> new PusherDialect(target);
            default ->
                throw new IllegalArgumentException(
                        "HELIOGRAPH_LOAD_PROTOCOL=" + protocol + ": expected native or pusher");
        };
    }

    /** As {@code HELIOGRAPH_LOAD_PROTOCOL} has it. */
    String name();

    /** Opens a subscriber's connection. */
    ChainBuilder connect();

    /** Subscribes to the target's channel. */
    ChainBuilder subscribe();

    /** Subscribes again after having been away. */
    ChainBuilder subscribeAgain();

    /** Whether a subscriber that comes back gets what it missed. */
    boolean recovers();

    /** Opens what publishes. */
    ChainBuilder openPublisher();

    /** @param data JSON */
    ChainBuilder publish(Function<Session, String> data);

    ChainBuilder closePublisher();

    EventReader reader(String run);

    /** For connections beside Gatling's. */
    Endpoint endpoint();

    /** What a connection is greeted with contains it. */
    String greeting();

    /** @param greeted with */
    String subscription(String greeted);

    /** What answers a subscription contains it. */
    String subscribed();
}
