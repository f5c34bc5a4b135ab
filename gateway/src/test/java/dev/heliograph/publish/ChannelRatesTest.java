package dev.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.limit.Rate;
import dev.heliograph.metrics.Bound;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a channel may be published to in a second, on frozen time. */
final class ChannelRatesTest {
    private static final ChannelId BUSY = new ChannelId("acme", "busy");
    private static final ChannelId CALM = new ChannelId("acme", "calm");
    private static final ChannelId FREE = new ChannelId("acme", "free");

    private final AtomicLong nowNanos = new AtomicLong(-5);
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final ChannelRates rates =
            new ChannelRates(id -> id.equals(FREE) ? Rate.UNBOUNDED : Rate.perSecond(1_000), metrics, nowNanos::get);

    private int taken(ChannelId channel, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            try {
                rates.take(channel);
                taken++;
            } catch (ProtocolException e) {
                assertEquals(ErrorCode.RATE_LIMITED, e.code());
            }
        }
        return taken;
    }

    private void pass(long millis) {
        nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void tenTimesTheRate_forThirtySeconds_getsTheRateAndOneBurst_andItsNeighbourAll() {
        int taken = 0;
        int neighbour = 0;
        for (int ms = 0; ms < 30_000; ms++) {
            taken += taken(BUSY, 10);
            neighbour += ms % 2 == 0 ? taken(CALM, 1) : 0;
            pass(1);
        }
        assertTrue(taken >= 30_000 && taken <= 31_001, "taken: " + taken);
        assertEquals(15_000, neighbour);
        assertEquals(300_000 - taken, metrics.value(Count.LIMITS_REACHED, Bound.CHANNEL_RATE));
    }

    @Test
    void severalChannels_haveRoomAllTogether_orNothingIsTaken() {
        assertEquals(1_000, taken(BUSY, 1_001));
        for (int i = 0; i < 5_000; i++) {
            assertThrows(ProtocolException.class, () -> rates.takeAll(List.of(CALM, BUSY)));
        }
        assertEquals(1_000, taken(CALM, 1_001), "nothing was taken of the calm one");
        pass(10);
        assertThrows(ProtocolException.class, () -> rates.takeAll(Collections.nCopies(11, CALM)));
        rates.takeAll(Collections.nCopies(10, CALM));
        assertEquals(0, taken(CALM, 1));
    }

    @Test
    void channelWithoutABound_takesWhatComes_andIsNotRemembered() {
        assertEquals(100_000, taken(FREE, 100_000));
        assertEquals(0, rates.channels());
    }

    @Test
    void memory_isBounded_whateverChannelsThereAre() {
        IntStream.range(0, 3 * ChannelRates.CHANNELS_MAX).forEach(i -> rates.take(new ChannelId("acme", "c" + i)));
        assertTrue(rates.channels() <= ChannelRates.CHANNELS_MAX, "remembered: " + rates.channels());
    }
}
