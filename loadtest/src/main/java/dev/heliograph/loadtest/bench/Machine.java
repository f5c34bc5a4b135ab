package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What it runs on: the cores, and how programs are kept apart on them.
 *
 * @param cores how many there are
 * @param pins whether programs can be pinned: there is {@code taskset} and more than one core
 * @param filesMax open files that one process may have
 */
record Machine(int cores, boolean pins, int filesMax) {
    private static final String FILES = "Max open files";
    /** Open files that are none of the connections under test. */
    private static final int OTHER_FILES = 200;

    static Machine here() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Machine(cores, cores > 1 && isOnPath("taskset"), readFilesMax());
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static int readFilesMax() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith(FILES))
                    .map(line -> line.substring(FILES.length()).trim().split(" +", -1)[1])
                    .mapToInt(hard -> hard.equals("unlimited")
                            ? Integer.MAX_VALUE
                            : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(hard)))
                    .findFirst()
                    .orElse(1024);
        } catch (IOException e) {
            throw new UncheckedIOException("bench reads /proc: it needs Linux", e);
        }
    }

    int connectionsMax() {
        return Math.max(1, filesMax - OTHER_FILES);
    }

    /** The gateway's core, and {@code limit}'s in turn: they never run at the same time. */
    static int serverCore() {
        return 0;
    }

    int clientCore() {
        return pins ? 1 : -1;
    }

    /** The command on a core, if programs can be pinned. */
    List<String> pinned(int core, List<String> command) {
        return pins
                ? Stream.concat(Stream.of("taskset", "-c", Integer.toString(core)), command.stream())
                        .toList()
                : command;
    }

    void describe(ObjectNode into) {
        into.put("cores", cores);
        into.put("pinned", pins);
        into.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        into.put("java", Runtime.version().toString());
        into.put("filesMax", filesMax);
    }
}
