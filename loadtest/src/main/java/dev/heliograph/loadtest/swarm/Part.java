package dev.heliograph.loadtest.swarm;

import java.util.function.LongConsumer;

/**
 * Which part of a run a process holds: all of it, or some of the subscribers, of which one process publishes.
 *
 * @param publishes whether the publisher is here
 * @param start called on the event loop once everybody here has joined; it calls back, on any thread, with the time at which the first publication is due,
 *     in nanoseconds of this machine's monotonic clock, which all processes share
 */
record Part(boolean publishes, Start start) {
    /** Says when to begin. */
    interface Start {
        void onReady(LongConsumer beginNanos);
    }
}
