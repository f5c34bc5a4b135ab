package dev.heliograph.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process in numbers, for people.
 *
 * @param residentBytes what the kernel says it takes of the machine's memory; null where that cannot be asked
 * @param cpuMs of all its threads since the start; rising by a thousand a second, it keeps one core busy
 * @param cores how many it may use
 * @param gcPausesMs of all collections since the start; with a collector that works beside the program, not only pauses
 */
public record ProcessState(
        long heapUsedBytes,
        long heapMaxBytes,
        @Nullable Long residentBytes,
        long cpuMs,
        int cores,
        long collections,
        long gcPausesMs) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final long KIB = 1024;

    public static ProcessState now() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        var collectors = ManagementFactory.getGarbageCollectorMXBeans();
        return new ProcessState(
                heap.getUsed(),
                heap.getMax(),
                resident(),
                cpuTimeMs(),
                Runtime.getRuntime().availableProcessors(),
                collectors.stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                        .sum(),
                collectors.stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .sum());
    }

    private static long cpuTimeMs() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? TimeUnit.NANOSECONDS.toMillis(system.getProcessCpuTime())
                : 0;
    }

    private static @Nullable Long resident() {
        if (!Files.isReadable(STATUS)) {
            return null;
        }
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
                    .orElse(null);
        } catch (IOException unreadable) {
            return null;
        }
    }
}
