package dev.heliograph.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has used, by the kernel's own accounting: exact on a busy machine too, in steps of ten milliseconds. Linux only. */
record ProcessUsage(double userSeconds, double systemSeconds, long rssKib) {
    private static final double TICKS_PER_SECOND = 100;
    /** Fields of {@code /proc/PID/stat} behind the program's name. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;
    private static final String RSS = "VmRSS:";

    static ProcessUsage of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return new ProcessUsage(
                    Long.parseLong(fields[USER]) / TICKS_PER_SECOND,
                    Long.parseLong(fields[SYSTEM]) / TICKS_PER_SECOND,
                    rssKib(pid));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " cannot be looked at in /proc", e);
        }
    }

    private static long rssKib(long pid) throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(RSS))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
        }
    }

    /** What was used since then; the memory is that of now. */
    ProcessUsage since(ProcessUsage before) {
        return new ProcessUsage(userSeconds - before.userSeconds, systemSeconds - before.systemSeconds, rssKib);
    }

    double cpuSeconds() {
        return userSeconds + systemSeconds;
    }
}
