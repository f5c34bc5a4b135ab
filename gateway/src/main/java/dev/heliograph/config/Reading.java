package dev.heliograph.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pass over a configuration: what was found wrong, what was set, and where files of secrets lie. */
final class Reading {
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

    /** What a path in a setting means. */
    Path resolve(String path) {
        return folder.resolve(path);
    }

    /**
     * The file's text without its last line break; null, and an error reported, if there is none to be had.
     *
     * @param advice how to make a file that is missing, with {@code %s} for its path; empty: it is not for us to say
     */
    @Nullable
    String file(String key, String path, String advice, String where) {
        String problem;
        try {
            String text = TextFile.read(folder.resolve(path)).replaceFirst("\\r?\\n\\z", "");
            if (!text.isBlank()) {
                return text;
            }
            problem = "is empty";
        } catch (TextFile.Unreadable unreadable) {
            problem = unreadable.problem() + (unreadable.isMissing() ? advice.formatted(path) : "");
        } catch (InvalidPathException broken) {
            problem = "cannot be read";
        }
        report(key, "the file " + path + " " + problem, where);
        return null;
    }
}
