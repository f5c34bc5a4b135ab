package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.protocol.message.ChannelId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Few are told at once, many every five seconds, and always the newest count. */
final class SubscriptionCountsTest {
    private static final ChannelId CHANNEL = new ChannelId("acme", "news");

    private final AtomicLong nowNanos = new AtomicLong();
    private final List<Integer> told = new ArrayList<>();
    private final SubscriptionCounts counts = new SubscriptionCounts((_, count) -> told.add(count), nowNanos::get);

    private void pass(long seconds) {
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        counts.sweep();
    }

    @Test
    void few_areToldOfEachChange() {
        counts.onCount(CHANNEL, 1);
        counts.onCount(CHANNEL, 100);
        counts.onCount(CHANNEL, 99);
        assertEquals(List.of(1, 100, 99), told);
    }

    @Test
    void many_areToldAtOnce_thenEveryFiveSecondsIfItHasChanged() {
        counts.onCount(CHANNEL, 101);
        counts.onCount(CHANNEL, 102);
        counts.onCount(CHANNEL, 103);
        assertEquals(List.of(101), told);
        pass(4);
        assertEquals(List.of(101), told);
        pass(1);
        assertEquals(List.of(101, 103), told);
        pass(5);
        pass(5);
        assertEquals(List.of(101, 103), told, "nothing has changed since");
        counts.onCount(CHANNEL, 104);
        assertEquals(List.of(101, 103, 104), told);
    }

    @Test
    void channelThatShrinksBelowMany_isToldAtOnce_andNotOnceMore() {
        counts.onCount(CHANNEL, 101);
        counts.onCount(CHANNEL, 102);
        counts.onCount(CHANNEL, 100);
        pass(10);
        assertEquals(List.of(101, 100), told);
    }
}
