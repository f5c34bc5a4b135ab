package dev.heliograph.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a configuration: one YAML file, then what the environment replaces of it. */
public final class ConfigLoader {
    private static final long FILE_BYTES_MAX = 4 << 20;

    private ConfigLoader() {}

    /** A usable configuration, and each of its settings with its value and where it came from. */
    public record Loaded(Config config, List<Setting> settings) {
        public Loaded {
            settings = List.copyOf(settings);
        }
    }

    /**
     * @param environment all variables; those that begin with {@code HELIOGRAPH_} replace settings
     * @throws ConfigException with everything that is wrong
     */
    public static Loaded load(Path file, Map<String, String> environment) throws ConfigException {
        Path folder = file.toAbsolutePath().getParent();
        return parse(text(file), folder == null ? file.toAbsolutePath() : folder, environment);
    }

    /** @param folder what relative paths of secrets are relative to */
    public static Loaded parse(String yaml, Path folder, Map<String, String> environment) throws ConfigException {
        var errors = new ArrayList<ConfigError>();
        YamlNode document = YamlReader.read(yaml, errors);
        if (!errors.isEmpty() && document instanceof YamlNode.Empty) {
            throw new ConfigException(errors);
        }
        var reading = new Reading(environment, folder, errors);
        Section root = reading.root(document);
        Config config = Config.read(root);
        root.reportUnknown();
        reading.overrides().reportUnknown();
        new Consistency(errors).check(config);
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        return new Loaded(config, reading.settings());
    }

    private static String text(Path file) throws ConfigException {
        try {
            if (Files.size(file) <= FILE_BYTES_MAX) {
                return Files.readString(file);
            }
            throw unreadable(file, "is larger than 4 MiB");
        } catch (NoSuchFileException missing) {
            throw unreadable(file, "does not exist; 'config default' prints one to begin with");
        } catch (CharacterCodingException binary) {
            throw unreadable(file, "is not UTF-8 text");
        } catch (IOException broken) {
            throw unreadable(file, "cannot be read");
        }
    }

    private static ConfigException unreadable(Path file, String problem) {
        return new ConfigException(List.of(new ConfigError(file.toString(), problem, "")));
    }
}
