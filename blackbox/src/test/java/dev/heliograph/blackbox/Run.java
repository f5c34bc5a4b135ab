package dev.heliograph.blackbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of the launcher to its end. */
record Run(int exitCode, String stdout, String stderr) {
    private static final int END_SECONDS = 60;

    static Run of(Path folder, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return of(Launcher.path(), folder, environment, arguments);
    }

    /** Of that launcher. */
    static Run of(Path launcher, Path folder, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path stdout = Files.createTempFile(folder, "run-", ".out");
        Path stderr = Files.createTempFile(folder, "run-", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.outputWriter(StandardCharsets.UTF_8).close();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    command + " did not end within " + END_SECONDS + " s:\n" + Files.readString(stderr));
        }
        return new Run(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
    }
}
