package dev.heliograph.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables that replace settings. {@code server.eventLoops} is {@code HELIOGRAPH_SERVER_EVENT_LOOPS},
 * {@code workspaces.acme.keys[0].secret} is {@code HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET}: a setting asks for its variable, and what nobody
 * asked for is an error.
 */
final class Overrides {
    private static final String PREFIX = "HELIOGRAPH_";
    private static final Pattern WORD = Pattern.compile("([a-z0-9])([A-Z])");
    private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9]");
    /** Read by the launcher and the commands; no settings. */
    private static final Set<String> LAUNCHER = Set.of(
            "HELIOGRAPH_BUILD",
            "HELIOGRAPH_CONFIG",
            "HELIOGRAPH_HOME",
            "HELIOGRAPH_JAVA_HOME",
            "HELIOGRAPH_JAVA_OPTS",
            "HELIOGRAPH_MAVEN_ARGS");

    private final Map<String, String> variables = new TreeMap<>();
    private final Map<String, String> keys = new HashMap<>();
    private final List<ConfigError> errors;

    Overrides(Map<String, String> environment, List<ConfigError> errors) {
        this.errors = errors;
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !LAUNCHER.contains(name)) {
                variables.put(name, value);
            }
        });
    }

    /** The variable that replaces that setting: upper case, words and levels apart by underscores. */
    static String variable(String key) {
        String words = WORD.matcher(key).replaceAll("$1_$2").replace("]", "");
        return PREFIX + OTHER.matcher(words).replaceAll("_").toUpperCase(Locale.ROOT);
    }

    /** What the environment sets that setting to; null: nothing. */
    @Nullable
    String take(String key) {
        String variable = variable(key);
        String other = keys.putIfAbsent(variable, key);
        String value = variables.get(variable);
        if (value != null && other != null && !other.equals(key)) {
            errors.add(new ConfigError(variable, "could mean " + other + " and " + key + "; rename one of them", ""));
        }
        return value;
    }

    void reportUnknown() {
        for (String variable : variables.keySet()) {
            if (!keys.containsKey(variable)) {
                String hint = DidYouMean.hint(variable, new TreeSet<>(keys.keySet()));
                errors.add(new ConfigError(variable, "is no setting of this file" + hint, ""));
            }
        }
    }
}
