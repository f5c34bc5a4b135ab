package dev.heliograph.server;

import dev.heliograph.config.ConfigException;
import dev.heliograph.config.ConfigLoader;
import dev.heliograph.server.CliErrors.UsageException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command that reads a configuration. */
final class ConfigSource {
    private static final String VARIABLE = "HELIOGRAPH_CONFIG";
    private static final String DEFAULT = "config/heliograph.yaml";

    private final Map<String, String> environment;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration; else $" + VARIABLE + ", else " + DEFAULT + ".")
    private @Nullable Path file;

    ConfigSource(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Path file() {
        return file == null ? Path.of(environment.getOrDefault(VARIABLE, DEFAULT)) : file;
    }

    /** Who names no file may not know which one is read: errors begin with it. */
    ConfigLoader.Loaded load() throws ConfigException {
        try {
            return ConfigLoader.load(file(), environment);
        } catch (ConfigException wrong) {
            boolean isNamed =
                    wrong.errors().stream().anyMatch(error -> error.key().equals(file().toString()));
            if (isNamed) {
                throw wrong;
            }
            throw new UsageException(file() + " cannot be used:\n" + wrong.getMessage());
        }
    }
}
