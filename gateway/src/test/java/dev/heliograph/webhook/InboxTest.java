package dev.heliograph.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The bounds of what has happened, and that nobody sleeps over it. */
final class InboxTest {
    private final Inbox inbox = new Inbox();

    @Test
    void more_thanItsEvents_isRefused_untilOneIsTaken() {
        var event = new Occurrence("acme", Apps.occupied("a"));
        for (int i = 0; i < Inbox.EVENTS_MAX; i++) {
            assertTrue(inbox.offer(event));
        }
        assertFalse(inbox.offer(event));
        assertEquals(event, inbox.poll());
        assertTrue(inbox.offer(event));
        assertFalse(inbox.offer(event));
    }

    @Test
    void more_thanItsBytes_isRefused_untilOneIsTaken() {
        var large = new Occurrence("acme", Apps.sent("private-a", "\"" + "x".repeat((1 << 20) - 2) + "\""));
        for (int i = 0; i < Inbox.DATA_BYTES_MAX >> 20; i++) {
            assertTrue(inbox.offer(large));
        }
        assertFalse(inbox.offer(large));
        assertTrue(inbox.offer(new Occurrence("acme", Apps.occupied("a"))));
        inbox.poll();
        assertTrue(inbox.offer(large));
    }

    @Test
    void manyOffer_oneTakes_nothingIsSleptOver() throws Exception {
        int each = 20_000;
        var taken = new AtomicInteger();
        Thread taker = Thread.ofPlatform().daemon().start(() -> {
            while (taken.get() < 2 * each) {
                while (inbox.poll() != null) {
                    taken.incrementAndGet();
                }
                if (taken.get() < 2 * each) {
                    inbox.await(TimeUnit.HOURS.toNanos(1));
                }
            }
        });
        Runnable offering = () -> {
            for (int i = 0; i < each; i++) {
                while (!inbox.offer(new Occurrence("acme", Apps.occupied("a")))) {
                    Thread.onSpinWait();
                }
            }
        };
        Thread first = Thread.ofPlatform().start(offering);
        Thread second = Thread.ofPlatform().start(offering);
        first.join();
        second.join();
        taker.join(30_000);
        assertFalse(taker.isAlive(), "asleep after " + taken.get());
        assertNull(inbox.poll());
    }
}
