package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many broken clients at once, and one healthy one that must not notice. */
final class GarbageTest {
    private static final int SOCKETS = 50;
    private static final int FRAMES_PER_SOCKET = 200;
    private static final int EVENTS = 100;

    @Test
    void tenThousandGarbageFrames_closeEachBreakerByItsCode_andAHealthySubscriberMissesNothing(@TempDir Path home)
            throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("garbage seed: " + seed + " (repeat with -Dseed=" + seed + ")");
        AtomicInteger framesSent = new AtomicInteger();
        try (GatewayProcess gateway = GatewayProcess.startWatched(home);
                Subscriber healthy = Subscriber.of(gateway.demo());
                Producer producer = new Producer(gateway.demo());
                ExecutorService breakers = Executors.newVirtualThreadPerTaskExecutor()) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < SOCKETS; i++) {
                SplittableRandom own = random.split();
                running.add(breakers.submit(() -> sendGarbage(gateway.demo(), own, framesSent)));
            }
            for (int i = 0; i < EVENTS; i++) {
                producer.track("Healthy " + i);
            }
            for (Future<?> breaker : running) {
                breaker.get();
            }
            collectGarbage(gateway); // the leak detector speaks of what was collected when the next buffer is taken
            producer.track("After the garbage");

            assertReceivesEverything(healthy);
            assertEquals(SOCKETS * FRAMES_PER_SOCKET, framesSent.get());
            assertTrue(gateway.isAlive());
            assertFalse(gateway.log().contains("LEAK"), gateway::log);
            assertEquals(0, gateway.terminate());
        }
    }

    private static void collectGarbage(GatewayProcess gateway) throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process collection = new ProcessBuilder(jcmd.toString(), Long.toString(gateway.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertEquals(0, collection.waitFor());
    }

    private static void assertReceivesEverything(Subscriber healthy) {
        long before = -1;
        for (int i = 0; i <= EVENTS; i++) {
            JsonNode event = healthy.await(
                    "any event", message -> "event".equals(message.path("type").asText()));
            String expected = i < EVENTS ? "Healthy " + i : "After the garbage";
            assertEquals(expected, Subscriber.envelope(event).path("event_name").asText());
            long offset = event.path("position").path("offset").asLong();
            assertTrue(before < 0 || offset == before + 1, "offset " + offset + " follows " + before);
            before = offset;
        }
    }

    private static Void sendGarbage(Demo demo, SplittableRandom random, AtomicInteger framesSent) throws IOException {
        int left = FRAMES_PER_SOCKET;
        while (left > 0) {
            try (RawWebSocket socket = RawWebSocket.open(demo)) {
                boolean alive = true;
                while (alive && left > 0) {
                    alive = sendOne(socket, Garbage.any(random), random);
                    framesSent.incrementAndGet();
                    left--;
                }
            }
        }
        return null;
    }

    /** Sends one piece and returns whether the connection may still be used. */
    private static boolean sendOne(RawWebSocket socket, Garbage garbage, SplittableRandom random) throws IOException {
        try {
            socket.write(garbage.bytes(random));
            if (garbage == Garbage.TEXT_NOT_JSON) {
                assertTrue(socket.readMessage("error").contains("BAD_MESSAGE"));
                return true;
            }
        } catch (SocketException e) {
            return false; // closed for what came before
        }
        if (garbage.closeCode() != Garbage.MAY_LIVE) {
            assertEquals(garbage.closeCode(), socket.readToClose(), garbage.name());
        }
        return false;
    }
}
