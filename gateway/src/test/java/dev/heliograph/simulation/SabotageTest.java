package dev.heliograph.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.protocol.json.NativeCodec;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Shows that the simulation catches what it is there for: one control at a time is taken out of the gateway's source, that one file is compiled anew, and the same seeds
 * that pass have to fail.
 */
@Tag("slow")
final class SabotageTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/heliograph");
    private static final int SEEDS_MAX = 400;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path patched;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the check of the offset   | history/ChannelLog.java     | after.offset() + 1 >= first)              | true)                        | I3
            the check of the epoch    | history/ChannelLog.java     | after.epoch().equals(epoch) &&            | true &&                      | I3
            the gate                  | broadcast/CatchUp.java      | hub.isBehind(subscriber)                  | Boolean.getBoolean("never")  | I3
            the joiner's place        | broadcast/Pass.java         | subscriber.after >= batch.firstOffset()   | Boolean.getBoolean("never")  | I
            deduplication             | publish/PublishOnce.java    | = seen.putIfAbsent(key, mine)             | = null                       | I2
            the end of a token        | session/Session.java        | context.clock().millis() > expiresAtMs    | expiresAtMs < 0              | I9
            the trailing edge         | broadcast/LoopHub.java      | group.timed = true;                       | inNanos += 3_600_000_000_000L; | I5
            the neighbour             | egress/BacklogMerge.java    | before.get(i).equals(neighbour)           | true                         | I7
            the sum of one's own      | broadcast/Group.java        | pacing != null && pacing.sums();          | Boolean.getBoolean("never"); | I7
            the notice of a loss      | egress/Outbox.java          | backlog.write(i, Objects.requireNonNull(notice(lost.message()))); | backlog.write(i, new byte[] {(byte) 0x8A, 0}); | I3
            """)
    void withoutOneControl_theSimulationFails(String control, String file, String from, String to, String invariant)
            throws Exception {
        compileWithout(SOURCES.resolve(file), from, to);
        try (URLClassLoader gateway = new Patched(patched)) {
            Method run = gateway.loadClass(Simulation.class.getName()).getMethod("run", long.class);
            for (long seed = 1; seed <= SEEDS_MAX; seed++) {
                String violation = violation(run, seed);
                if (violation != null) {
                    System.out.println("without " + control + ", seed " + seed + ": " + violation);
                    assertTrue(violation.startsWith(invariant), violation);
                    return;
                }
            }
        }
        fail("without " + control + " " + SEEDS_MAX + " seeds pass");
    }

    private static @Nullable String violation(Method run, long seed) throws IllegalAccessException {
        try {
            run.invoke(null, seed);
            return null;
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause().getMessage());
        }
    }

    private void compileWithout(Path file, String from, String to) throws IOException {
        String source = Files.readString(file);
        assertEquals(2, source.split(Pattern.quote(from), -1).length, "once in " + file + ": " + from);
        Path changed = Files.createDirectories(patched.resolve("source")).resolve(file.getFileName());
        Files.writeString(changed, source.replace(from, to));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-nowarn", "-proc:none", "-d", patched.toString(), "-cp", classPath());
            assertTrue(
                    compiler.getTask(null, files, null, options, null, files.getJavaFileObjects(changed))
                            .call(),
                    "does not compile: " + to);
        }
    }

    /** However this test was started. */
    private static String classPath() {
        var places = new ArrayList<String>(List.of(System.getProperty("java.class.path")));
        if (SabotageTest.class.getClassLoader() instanceof URLClassLoader launcher) {
            for (URL url : launcher.getURLs()) {
                places.add(url.getPath());
            }
        }
        return String.join(File.pathSeparator, places);
    }

    /** Has classes of its own of the whole gateway and of the simulation, so that they see the changed one; all else is as usual. */
    private static final class Patched extends URLClassLoader {
        Patched(Path first) throws IOException {
            super(
                    new URL[] {
                        first.toUri().toURL(), place(LoopHub.class), place(Simulation.class), place(NativeCodec.class)
                    },
                    SabotageTest.class.getClassLoader());
        }

        private static URL place(Class<?> of) {
            return of.getProtectionDomain().getCodeSource().getLocation();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.heliograph.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
        }
    }
}
