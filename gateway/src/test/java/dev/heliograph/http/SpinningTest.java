package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.ServerConfig.Transport;
import io.netty.channel.SelectStrategy;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SpinningTest {
    private final AtomicLong now = new AtomicLong();
    private final Spinning spinning = new Spinning(50, now::get);

    private int ask(int ready, boolean hasTasks) throws Exception {
        return spinning.calculateStrategy(() -> ready, hasTasks);
    }

    @Test
    void looksOn_forAWhileAfterWork_thenSleeps() throws Exception {
        assertEquals(0, ask(0, false));
        now.set(50);
        assertEquals(3, ask(3, false));
        now.set(100);
        assertEquals(0, ask(0, false));
        now.set(101);
        assertEquals(SelectStrategy.SELECT, ask(0, false));
        assertEquals(0, ask(0, true));
        now.set(151);
        assertEquals(0, ask(0, false));
        now.set(152);
        assertEquals(SelectStrategy.SELECT, ask(0, false));
    }

    @Test
    void looksOn_afterASleepThatASocketEnded() throws Exception {
        now.set(51);
        assertEquals(SelectStrategy.SELECT, ask(0, false));
        now.set(1_000);
        assertEquals(0, ask(0, false));
        now.set(1_050);
        assertEquals(0, ask(0, false));
        now.set(1_051);
        assertEquals(SelectStrategy.SELECT, ask(0, false));
    }

    @Test
    void loopThatSpins_takesTasksAndSleepsInTheEnd() throws Exception {
        try (var loops = EventLoops.create(Transport.EPOLL, 1, "spinning", 100)) {
            for (int i = 0; i < 1_000; i++) {
                assertEquals(i, loops.group().submit(numbered(i)).get(20, TimeUnit.SECONDS));
            }
            assertTrue(loops.answerWithin(20_000).get());
        }
    }

    private static Callable<Integer> numbered(int i) {
        return () -> i;
    }
}
