package dev.heliograph.blackbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where the launcher script is, and the environment in which tests run it. */
public final class Launcher {
    private Launcher() {}

    /** The script in this folder or the nearest above. */
    public static Path path() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            Path launcher = folder.resolve("heliograph");
            if (Files.isRegularFile(launcher)) {
                return launcher;
            }
        }
        throw new IllegalStateException("no launcher named heliograph in " + start + " or above");
    }

    /**
     * Runs what is packaged, on this JVM's JDK, with its secrets in {@code home}. The operator's port is a free one also where the gateway's is given:
     * the next one may be some client's.
     */
    public static Map<String, String> environment(Path home) {
        return Map.of(
                "HELIOGRAPH_BUILD",
                "never",
                "HELIOGRAPH_ADMIN_PORT",
                "0",
                "HELIOGRAPH_HOME",
                home.toString(),
                "HELIOGRAPH_JAVA_HOME",
                System.getProperty("java.home"));
    }
}
