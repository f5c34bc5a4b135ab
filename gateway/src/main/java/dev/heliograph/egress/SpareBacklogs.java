package dev.heliograph.egress;

import java.util.ArrayDeque;
import java.util.Deque;

/** Empty backlogs of one event loop, to be used again: a peer that gets several channels in each pass has one for some microseconds. One thread. */
final class SpareBacklogs {
    /** Most that are kept. */
    static final int COUNT_MAX = 1_024;

    private final Deque<Backlog> spare = new ArrayDeque<>();

    Backlog take() {
        Backlog kept = spare.pollLast();
        return kept == null ? new Backlog() : kept;
    }

    /** Takes back an empty one; one that has grown large is let go. */
    void keep(Backlog backlog) {
        if (spare.size() < COUNT_MAX && backlog.isSmall()) {
            spare.addLast(backlog);
        }
    }
}
