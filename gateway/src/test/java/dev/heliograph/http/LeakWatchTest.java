package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LeakWatchTest {
    @Test
    void lostBuffer_isReported_andAReleasedOneIsNot() throws Exception {
        try (var watch = new LeakWatch()) {
            ByteBufAllocator.DEFAULT.directBuffer(64).release();
            assertEquals(List.of(), watch.leaks());
            ByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1);
            assertTrue(watch.leaks().getFirst().startsWith("LEAK"));
        }
    }
}
