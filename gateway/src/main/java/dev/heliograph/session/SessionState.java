package dev.heliograph.session;

import dev.heliograph.auth.Principal;

/** How far a conversation has come. Each state has the transitions it allows, and no other. */
sealed interface SessionState {
    /**
     * Nobody yet: the client has until the deadline to prove who it is.
     *
     * @param deadlineNanos of the session's ticker
     */
    record Unauthenticated(long deadlineNanos) implements SessionState {
        Active toActive(Principal principal) {
            return new Active(principal);
        }

        Closed toClosed() {
            return new Closed();
        }
    }

    /** Somebody, until the principal's expiry. */
    record Active(Principal principal) implements SessionState {
        Active toRenewed(Principal renewed) {
            return new Active(renewed);
        }

        Closed toClosed() {
            return new Closed();
        }
    }

    /** Nothing is read or sent any more. */
    record Closed() implements SessionState {}
}
