package dev.heliograph.loadtest.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs a program to its end. */
final class Programs {
    /** @param out what it printed on stdout */
    record Result(int exitCode, String out, String err) {
        /** @throws IOException if it failed */
        Result orThrow(String what) throws IOException {
            if (exitCode != 0) {
                throw new IOException(what + " failed (" + exitCode + "): " + err.strip() + " " + out.strip());
            }
            return this;
        }
    }

    private Programs() {}

    static Result run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            var err = new StringBuilder();
            Thread reader = Thread.ofVirtual()
                    .start(() -> process.errorReader(StandardCharsets.UTF_8)
                            .lines()
                            .forEach(line -> err.append(line).append('\n')));
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            reader.join();
            return new Result(exitCode, out, err.toString());
        } finally {
            process.destroy();
        }
    }
}
