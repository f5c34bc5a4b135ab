package dev.heliograph.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed in the middle of its work: nothing that it was told is durable may be missing. A crash of the machine is not in it. */
final class KilledProcessTest {
    private static final int ROUNDS = 3;
    private static final int LINES_MIN = 1_000;

    @TempDir
    private Path folder;

    @Test
    void kill_losesNothingThatWasAcknowledged() throws Exception {
        long acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            acknowledged = Math.max(acknowledged, runAndKill());
            try (Store store = Store.open(folder)) {
                List<StoreQueue.Entry> entries = store.queue("q").after(0, Integer.MAX_VALUE);
                assertTrue(entries.size() >= acknowledged, entries.size() + " of " + acknowledged);
                for (int i = 0; i < entries.size(); i++) {
                    assertEquals(
                            Integer.toString(i + 1), new String(entries.get(i).value(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    /** Returns the last number that was acknowledged. */
    private long runAndKill() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long last = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Long.parseLong(line);
                if (++seen == LINES_MIN) {
                    assertThrows(StoreException.class, () -> Store.open(folder), "two processes in one folder");
                    process.toHandle().destroyForcibly(); // leaves what it has printed to be read
                }
            }
            assertTrue(seen >= LINES_MIN, "the process ended by itself after " + seen + " lines");
        } finally {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return last;
    }
}
