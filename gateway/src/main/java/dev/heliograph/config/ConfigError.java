package dev.heliograph.config;

/**
 * One thing that is wrong with the settings.
 *
 * @param key the setting, e.g. {@code workspaces.acme.keys[0].secret}; or the file, or an environment variable
 * @param problem what stands there (never a secret) and what was expected
 * @param where line, variable or file that it came from; empty if it came from nowhere
 */
public record ConfigError(String key, String problem, String where) {
    @Override
    public String toString() {
        return key + ": " + problem + (where.isEmpty() ? "" : " (" + where + ")");
    }
}
