package dev.heliograph.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.metrics.Count;
import org.junit.jupiter.api.Test;

/** What makes a post of one event cheap, guarded by its causes rather than by a time. */
class SinglePostTest {
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 5_000;
    /** Some 10,000 when this was written; with buffers made anew for each request it would be beyond this. */
    private static final long ALLOCATED_BYTES_MAX = 12_500;

    @Test
    void post_isAnsweredWithOneWrite() {
        try (var posts = new SinglePosts()) {
            assertEquals(1, posts.post());
            String answer = posts.connection.next();
            assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
            assertTrue(answer.endsWith("\r\n\r\n{\"success\":true}"), answer);
            assertTrue(answer.contains("\r\nContent-Length: 16\r\n"), answer);
            assertTrue(answer.contains("\r\nAccess-Control-Allow-Origin: *\r\n"), answer);
            assertEquals(1, posts.metrics.value(Count.EVENTS_PUBLISHED));
        }
    }

    @Test
    void post_allocatesABoundedAmount() {
        try (var posts = new SinglePosts()) {
            posts.allocatedBy(WARM_UP);
            long each = posts.allocatedBy(MEASURED) / MEASURED;
            System.out.println("SinglePostTest: a post allocates " + each + " bytes");
            assertTrue(each < ALLOCATED_BYTES_MAX, "a post allocates " + each + " bytes");
            assertEquals(WARM_UP + MEASURED, posts.metrics.value(Count.EVENTS_PUBLISHED));
        }
    }
}
