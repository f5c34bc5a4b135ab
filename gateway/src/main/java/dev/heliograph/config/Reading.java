package dev.heliograph.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pass over a configuration: what was found wrong, what was set, and where files of secrets lie. */
final class Reading {
    private static final long FILE_BYTES_MAX = 64 << 10;

    private final List<ConfigError> errors;
    private final Overrides overrides;
    private final Path folder;
    private final List<Setting> settings = new ArrayList<>();

    /** @param folder what relative paths in settings are relative to */
    Reading(Map<String, String> environment, Path folder, List<ConfigError> errors) {
        this.errors = errors;
        this.overrides = new Overrides(environment, errors);
        this.folder = folder;
    }

    Section root(YamlNode document) {
        return Section.root(this, document);
    }

    void report(String key, String problem, String where) {
        errors.add(new ConfigError(key, problem, where));
    }

    void record(Setting setting) {
        settings.add(setting);
    }

    Overrides overrides() {
        return overrides;
    }

    List<Setting> settings() {
        return List.copyOf(settings);
    }

    /** The file's text without its last line break; null, and an error reported, if there is none to be had. */
    @Nullable
    String file(String key, String path, String where) {
        String problem;
        try {
            Path file = folder.resolve(path);
            if (Files.size(file) > FILE_BYTES_MAX) {
                problem = "is larger than 64 KiB";
            } else {
                String text = Files.readString(file).replaceFirst("\\r?\\n\\z", "");
                if (!text.isBlank()) {
                    return text;
                }
                problem = "is empty";
            }
        } catch (NoSuchFileException missing) {
            problem = "does not exist";
        } catch (AccessDeniedException denied) {
            problem = "may not be read by this user";
        } catch (CharacterCodingException binary) {
            problem = "is not UTF-8 text";
        } catch (IOException | InvalidPathException broken) {
            problem = "cannot be read";
        }
        report(key, "the file " + path + " " + problem, where);
        return null;
    }
}
