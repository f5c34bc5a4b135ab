package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Listens to Netty's leak detector, which the build sets to track every buffer, and to what the gateway logs as its own failures. */
public final class LeakWatch implements AutoCloseable {
    private static final int ROUNDS = 4;

    private final Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    private final Logger gateway = (Logger) LoggerFactory.getLogger("dev.heliograph");
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();
    private final ListAppender<ILoggingEvent> failed = new ListAppender<>();

    public LeakWatch() {
        assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel(), "run by the build");
        heard.start();
        failed.start();
        detector.addAppender(heard);
        gateway.addAppender(failed);
    }

    /** What leaked since this watch began: the detector speaks when it tracks a buffer after the lost one was collected. */
    public List<String> leaks() throws InterruptedException {
        for (int i = 0; i < ROUNDS; i++) {
            System.gc();
            Thread.sleep(20);
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
            ByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }
        return List.copyOf(heard.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(message -> message.contains("LEAK"))
                .toList();
    }

    /** What the gateway logged as a failure of its own. */
    public List<String> failures() {
        return List.copyOf(failed.list).stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        detector.detachAppender(heard);
        gateway.detachAppender(failed);
    }
}
