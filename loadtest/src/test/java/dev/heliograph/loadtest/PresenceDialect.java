package dev.heliograph.loadtest;

import io.gatling.javaapi.core.ChainBuilder;
import java.util.Optional;

/** How virtual users are members of a presence channel, in one protocol. What it builds runs on Gatling's threads. */
interface PresenceDialect {
    /** Where a virtual user's number among all members stands. */
    String MEMBER = "member";

    /** Where stands what it says of itself. */
    String SAYS = "says";

    /** Where {@link #join} leaves what answered it. */
    String ANSWER = "answer";

    static PresenceDialect of(LoadRun run, MemberTokens tokens) {
        return switch (run.dialect()) {
            case PusherDialect pusher -> new PusherPresence(pusher, "presence-" + run.mark());
            case NativeDialect nativeOne -> new NativePresence(nativeOne, tokens, run.mark());
        };
    }

    /** Opens the member's connection. */
    ChainBuilder connect();

    /** Becomes a member that says something of itself, and is told of the others from then on. */
    ChainBuilder join();

    /** Tells that it leaves. */
    ChainBuilder leave();

    /** What a message says of the members; empty if nothing. */
    Optional<PresenceChange> read(String message);
}
