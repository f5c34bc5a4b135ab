package dev.heliograph.loadtest.swarm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * One run held by several processes of this machine: all wait until everybody has joined, the first publishes, and what each has seen is put together, so that
 * the last subscriber is the last of all. Its methods block, but for {@link #progress}.
 */
final class Processes implements AutoCloseable {
    /** What a part prints when all of its subscribers have joined. */
    static final String READY = "ready";

    private static final long UNTIL_ALL_KNOW_NANOS = 300_000_000;

    private final List<Child> children = new ArrayList<>();

    /**
     * @param result the file it leaves
     * @param said its last line on stderr, which {@code reader} keeps up to date
     */
    private record Child(
            Process process, BufferedReader out, Path result, AtomicReference<String> said, Thread reader) {}

    /** Starts one more; the command must have it print {@link #READY}, wait for a number on stdin, and leave its outcome in {@code result}. */
    void start(List<String> command, Path result) throws IOException {
        Process process = new ProcessBuilder(command).start();
        var said = new AtomicReference<>("");
        Thread reader = Thread.ofVirtual()
                .start(() -> process.errorReader(StandardCharsets.UTF_8)
                        .lines()
                        .forEach(line -> said.set(line.replaceFirst("^swarm: ", ""))));
        children.add(new Child(process, process.inputReader(StandardCharsets.UTF_8), result, said, reader));
    }

    /** How far each is, in one line. */
    String progress() {
        return children.stream().map(child -> child.said.get()).collect(Collectors.joining("  |  "));
    }

    /** Lets all begin when all are ready; returns what they found together. */
    Outcome run(LongSupplier nanoTime) throws IOException, InterruptedException {
        for (Child child : children) {
            if (!Objects.equals(child.out.readLine(), READY)) {
                throw new IllegalStateException(whyItEnded(child));
            }
        }
        byte[] begin = (nanoTime.getAsLong() + UNTIL_ALL_KNOW_NANOS + "\n").getBytes(StandardCharsets.US_ASCII);
        for (Child child : children) {
            child.process.getOutputStream().write(begin);
            child.process.getOutputStream().flush();
        }
        var outcomes = new ArrayList<Outcome>();
        for (Child child : children) {
            if (child.process.waitFor() != 0) {
                throw new IllegalStateException(whyItEnded(child));
            }
            outcomes.add(Outcome.read(child.result));
        }
        return Outcome.merge(outcomes);
    }

    private static String whyItEnded(Child child) throws InterruptedException {
        int exitCode = child.process.waitFor();
        child.reader.join();
        return "a process of the run ended with " + exitCode + ": " + child.said.get();
    }

    @Override
    public void close() {
        for (Child child : children) {
            child.process.destroy();
            try {
                Files.deleteIfExists(child.result);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
