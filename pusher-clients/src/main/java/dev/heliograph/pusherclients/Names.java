package dev.heliograph.pusherclients;

import java.util.concurrent.atomic.AtomicInteger;

/** Names that no other test has. */
final class Names {
    private static final AtomicInteger LAST = new AtomicInteger();

    private Names() {}

    static String fresh(String prefix) {
        return prefix + LAST.incrementAndGet();
    }
}
