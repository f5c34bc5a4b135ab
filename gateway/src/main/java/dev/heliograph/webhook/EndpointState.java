package dev.heliograph.webhook;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an endpoint fares, for the operator. Plain values, nothing secret. Immutable.
 *
 * @param url without its query
 * @param waiting events that are still to be sent
 * @param oldestWaitingMs how long the oldest of them has waited; 0 if there is none
 * @param delivered events that were taken since the start
 * @param failedAttempts webhooks that were not taken since the start
 * @param lastFailure null if there was none since the start
 * @param deadLetters events that were given up and are kept
 * @param newestDead up to ten of them, the newest last
 */
public record EndpointState(
        String workspace,
        String url,
        int waiting,
        long oldestWaitingMs,
        long delivered,
        long failedAttempts,
        @Nullable Failure lastFailure,
        int deadLetters,
        List<Dead> newestDead) {
    public EndpointState {
        newestDead = List.copyOf(newestDead);
    }

    /** @param atMs milliseconds since the epoch */
    public record Failure(String why, long atMs) {}

    /** @param atMs when it was given up, milliseconds since the epoch */
    public record Dead(String event, String channel, String why, long atMs) {}
}
