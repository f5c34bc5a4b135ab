package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Listens to Netty's leak detector, which the build sets to track every buffer, and to what the server logs as its own failures. */
final class LeakWatch implements AutoCloseable {
    private static final int ROUNDS = 4;

    private final Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    private final Logger server = (Logger) LoggerFactory.getLogger(HttpServer.class);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();
    private final ListAppender<ILoggingEvent> failed = new ListAppender<>();

    LeakWatch() {
        assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel(), "run by the build");
        heard.start();
        failed.start();
        detector.addAppender(heard);
        server.addAppender(failed);
    }

    /** What leaked since this watch began: the detector speaks when it tracks a buffer after the lost one was collected. */
    List<String> leaks() throws InterruptedException {
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

    /** What the server logged as a failure. */
    List<String> failures() {
        return List.copyOf(failed.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        detector.detachAppender(heard);
        server.detachAppender(failed);
    }
}
