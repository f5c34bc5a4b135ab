package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script itself does before, or instead of, becoming the gateway. */
final class LauncherTest {
    private static final Map<String, String> NO_BUILD = Map.of("HELIOGRAPH_BUILD", "never");

    @TempDir
    Path folder;

    @Test
    void help_namesEveryCommand_andStartsNoJava() throws Exception {
        Run run = Run.of(folder, Map.of("HELIOGRAPH_JAVA_HOME", "/nowhere"), "--help");

        assertEquals(0, run.exitCode(), run.stderr());
        for (String command : new String[] {"demo", "start", "config", "token", "test", "build", "train", "version"}) {
            assertTrue(run.stdout().contains("\n  " + command), () -> command + " is not in " + run.stdout());
        }
    }

    @Test
    void unknownCommand_isNamed_andLeavesStdoutEmpty() throws Exception {
        Run run = Run.of(folder, NO_BUILD, "demonstrate");

        assertEquals(2, run.exitCode());
        assertEquals("", run.stdout());
        assertTrue(run.stderr().contains("no such command: demonstrate"), run.stderr());
    }

    @Test
    void jdkTooOld_isRefusedByItsReleaseFile_withoutStartingIt() throws Exception {
        Path jdk = fakeJdk("JAVA_VERSION=\"17.0.15\"\n");

        Run run =
                Run.of(folder, Map.of("HELIOGRAPH_BUILD", "never", "HELIOGRAPH_JAVA_HOME", jdk.toString()), "version");

        assertEquals(2, run.exitCode());
        assertTrue(run.stderr().contains("is Java 17; 25 or newer is needed"), run.stderr());
        assertFalse(Files.exists(jdk.resolve("started")), "the old java was started");
    }

    @Test
    void newerJdk_isTaken_andGetsTheArguments() throws Exception {
        Path jdk = fakeJdk("IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\"26-ea\"\n");

        Run run = Run.of(
                folder,
                Map.of(
                        "HELIOGRAPH_BUILD",
                        "never",
                        "HELIOGRAPH_JAVA_HOME",
                        jdk.toString(),
                        "HELIOGRAPH_HOME",
                        folder.toString(),
                        "HELIOGRAPH_JAVA_OPTS",
                        "-Xmx99m -Da=b"),
                "token",
                "--user",
                "a b");

        assertEquals(0, run.exitCode(), run.stderr());
        String started = Files.readString(jdk.resolve("started"));
        assertTrue(started.contains("\n-Xmx99m\n-Da=b\n-jar\n"), started);
        assertTrue(started.endsWith("\ntoken\n--user\na b\n"), started);
        assertTrue(started.contains("\n-Dheliograph.home=" + folder + "\n"), started);
    }

    @Test
    void javaHomeThatIsNone_isNamed() throws Exception {
        Run run = Run.of(folder, Map.of("HELIOGRAPH_BUILD", "never", "HELIOGRAPH_JAVA_HOME", "/nowhere"), "version");

        assertEquals(2, run.exitCode());
        assertTrue(run.stderr().contains("HELIOGRAPH_JAVA_HOME=/nowhere holds no bin/java"), run.stderr());
    }

    @Test
    void testWithAnUnknownOption_runsNothing() throws Exception {
        Run run = Run.of(folder, NO_BUILD, "test", "--fast");

        assertEquals(2, run.exitCode());
        assertTrue(run.stderr().contains("test takes --quick or nothing, not --fast"), run.stderr());
    }

    /** A JDK whose java only writes down that it was started, and with what. */
    private Path fakeJdk(String release) throws IOException {
        Path jdk = Files.createDirectories(folder.resolve("jdk"));
        Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        Files.writeString(jdk.resolve("release"), release);
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" > \"" + jdk.resolve("started") + "\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return jdk;
    }
}
