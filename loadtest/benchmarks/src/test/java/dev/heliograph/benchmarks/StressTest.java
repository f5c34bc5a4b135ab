package dev.heliograph.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jcstress in a short form, in a process of its own: what it finds in seconds. The long form is run by hand (docs/BENCHMARKS.md). */
final class StressTest {
    private static final int MINUTES_MAX = 5;

    private static final List<String> TESTS = List.of(
            "MailboxStress.TwoProducers",
            "MailboxStress.ProducerAndConsumer",
            "MailboxStress.Full",
            "MailboxStress.SlotUsedAgain",
            "WakeFlagStress.PublisherAndPass",
            "WakeFlagStress.TwoPublishers");

    @TempDir
    Path folder;

    @Test
    void lockFreeClasses_keepTheirWord() throws IOException, InterruptedException {
        Path log = folder.resolve("jcstress.log");
        Process jcstress = new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(jcstress.waitFor(MINUTES_MAX, TimeUnit.MINUTES), () -> "still running:\n" + read(log));
        } finally {
            jcstress.destroyForcibly();
        }
        String printed = read(log);
        assertEquals(0, jcstress.exitValue(), printed);
        for (String test : TESTS) {
            Path report = folder.resolve("results/dev.heliograph.broadcast." + test + ".html");
            assertTrue(Files.exists(report), () -> test + " did not run:\n" + printed);
        }
    }

    /** One JVM per test, no thread affinity, all compilers in turn as they warm up, short iterations. */
    private List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-t",
                "dev.heliograph",
                "-m",
                "quick",
                "-f",
                "1",
                "-iters",
                "2",
                "-time",
                "300",
                "-jvmArgs",
                "-Xmx256m",
                "-sc",
                "false",
                "-af",
                "NONE",
                "-r",
                folder.resolve("results").toString());
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
