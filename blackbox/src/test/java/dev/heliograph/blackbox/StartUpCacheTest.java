package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher and the JVM's start-up cache, in copies of what is packaged: it is used, and nothing about it keeps a gateway from starting. */
final class StartUpCacheTest {
    private static final String CACHE = "gateway/target/heliograph-gateway.aot";
    private static final String OPTIONS = "config/jvm.options";

    /** Where it was trained; each test has a copy. */
    @TempDir
    static Path trained;

    @TempDir
    Path folder;

    @BeforeAll
    static void train() throws Exception {
        Path launcher = Launcher.path();
        for (String part :
                List.of("heliograph", OPTIONS, "gateway/target/heliograph-gateway.jar", "gateway/target/lib")) {
            copy(launcher.resolveSibling(part), trained.resolve(part));
        }
        Run run = run(trained, Map.of(), "train");
        assertEquals(0, run.exitCode(), run.stderr());
        assertTrue(run.stderr().contains("training the start-up cache …\n"), run.stderr());
        assertTrue(Files.size(trained.resolve(CACHE)) > 0, run.stderr());
    }

    @BeforeEach
    void copyTrained() throws IOException {
        copy(trained, folder);
    }

    @Test
    void trained_isInUse_andNothingIsSaidOfIt() throws Exception {
        Run version = version(Map.of());

        assertTrue(version.stdout().endsWith("start-up cache in use\n"), version.stdout());
        assertEquals("", version.stderr());
    }

    @Test
    void trainWhileFresh_doesNothing() throws Exception {
        Run run = run(folder, Map.of(), "train");

        assertEquals(0, run.exitCode());
        assertEquals("", run.stderr());
    }

    @Test
    void truncatedCache_isPassedOver_andStdoutStaysClean() throws Exception {
        try (var cache = new RandomAccessFile(folder.resolve(CACHE).toFile(), "rw")) {
            cache.setLength(cache.length() / 2);
        }

        assertTrue(version(Map.of()).stdout().endsWith("start-up cache not in use\n"));
    }

    @Test
    void cacheThatIsNone_isPassedOver_andStdoutStaysClean() throws Exception {
        Files.writeString(folder.resolve(CACHE), "not a cache");

        assertTrue(version(Map.of()).stdout().endsWith("start-up cache not in use\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+UseZGC",
                "-XX:+UseParallelGC",
                "-XX:+UseG1GC",
                "-XX:-UseCompactObjectHeaders",
                "-XX:AOTMode=off"
            })
    void otherFlags_start_andStdoutStaysClean(String flag) throws Exception {
        version(Map.of("HELIOGRAPH_JAVA_OPTS", flag));
    }

    @Test
    void changedFlags_makeItStale_untilItIsTrainedAgain() throws Exception {
        Files.writeString(folder.resolve(OPTIONS), "-Dcanary=1\n", StandardOpenOption.APPEND);
        Run stale = version(Map.of());
        Run again = run(folder, Map.of(), "train");
        Run fresh = version(Map.of());

        assertTrue(stale.stdout().endsWith("start-up cache not in use\n"), stale.stdout());
        assertTrue(again.stderr().contains("training the start-up cache …\n"), again.stderr());
        assertTrue(fresh.stdout().endsWith("start-up cache in use\n"), fresh.stdout() + again.stderr());
    }

    @Test
    void newerJar_makesItStale_andAGatewayThatStartsWithoutSaysSo() throws Exception {
        Path jar = folder.resolve("gateway/target/heliograph-gateway.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(100)));

        Run start = run(
                folder,
                Map.of(),
                "start",
                "--config",
                folder.resolve("none.yaml").toString());

        assertEquals(2, start.exitCode(), start.stderr());
        assertTrue(start.stderr().startsWith("heliograph: starting without a start-up cache"), start.stderr());
        assertTrue(version(Map.of()).stdout().endsWith("start-up cache not in use\n"));
    }

    @Test
    void failedTraining_isSaidOnce_andStartsGoOnWithout() throws Exception {
        Path jdk = folder.resolve("jdk");
        Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
        Files.writeString(
                java,
                "#!/bin/sh\nfor argument in \"$@\"; do [ \"$argument\" != train ] || exit 1; done\necho \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> environment = Map.of("HELIOGRAPH_JAVA_HOME", jdk.toString());

        Run failed = run(folder, environment, "train");
        Run again = run(folder, environment, "train");
        Run version = run(folder, environment, "version");

        assertEquals(0, failed.exitCode());
        assertTrue(failed.stderr().contains("the training failed, starts take longer without"), failed.stderr());
        assertEquals("", again.stderr());
        assertFalse(version.stdout().contains("AOTCache"), version.stdout());
    }

    /** Starts a JVM, whose only word on stdout is the version. */
    private Run version(Map<String, String> environment) throws Exception {
        Run run = run(folder, environment, "version");
        assertEquals(0, run.exitCode(), run.stderr());
        assertTrue(run.stdout().startsWith("heliograph "), run.stdout());
        assertEquals(1, run.stdout().lines().count(), run.stdout());
        return run;
    }

    private static Run run(Path root, Map<String, String> more, String... arguments) throws Exception {
        var environment = new HashMap<>(Launcher.environment(root));
        environment.putAll(more);
        return Run.of(root.resolve("heliograph"), root, environment, arguments);
    }

    /** As cp -rp does: the JVM and the launcher look at when a file was changed. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                if (!Files.isDirectory(target)) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
