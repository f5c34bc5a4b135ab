package dev.heliograph.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the secrets of a {@link Section}: each from its variable or its variable's {@code _FILE}, else from {@code key} or {@code keyFile}. Reports
 * what is wrong with them without showing them.
 */
final class Confidential {
    private static final String FILE = "File";

    private final Section section;
    private final Reading reading;

    Confidential(Section section, Reading reading) {
        this.section = section;
        this.reading = reading;
    }

    /** Whether anything sets the secret {@code key}, whatever it is worth. */
    boolean has(String key) {
        return section.has(key) || section.has(key + FILE);
    }

    /** A text that must not be seen; null: not set, or unusable. */
    @Nullable
    Secret secret(String key, int bytesMin, String fallback) {
        Raw raw = read(key, fallback, howToMakeOne(bytesMin));
        return raw == null ? null : checked(section.path(key), raw, bytesMin);
    }

    /** Secrets: a list, in the environment with commas between them, in a file one per line. */
    List<Secret> secrets(String key, int bytesMin) {
        List<Raw> raws = section.isList(key) && !overridden(key)
                ? listed(key)
                : several(read(key, "none", howToMakeOne(bytesMin)));
        var secrets = new ArrayList<Secret>();
        for (int i = 0; i < raws.size(); i++) {
            Secret secret = checked(section.path(key) + "[" + i + "]", raws.get(i), bytesMin);
            if (secret != null) {
                secrets.add(secret);
            }
        }
        return secrets;
    }

    /** Text that is no secret but may be long, and so may lie in a file of its own. */
    @Nullable
    String text(String key) {
        Raw raw = read(key, "none", "");
        return raw == null ? null : raw.text();
    }

    private boolean overridden(String key) {
        return variable(key) != null || variable(key + FILE) != null;
    }

    private @Nullable Raw variable(String key) {
        String value = reading.overrides().take(section.path(key));
        return value == null ? null : new Raw(value, Overrides.variable(section.path(key)));
    }

    private List<Raw> listed(String key) {
        List<Raw> raws = section.raws(key);
        Raw file = section.raw(key + FILE);
        if (file != null) {
            reportBoth(key, file);
        }
        section.record(key, "***", "none", raws == null || raws.isEmpty() ? null : raws.getFirst());
        section.record(key + FILE, "none", "none", null);
        return raws == null ? List.of() : raws;
    }

    private static List<Raw> several(@Nullable Raw raw) {
        if (raw == null) {
            return List.of();
        }
        return Raw.split(raw.text(), raw.where().startsWith("file ") ? "\n" : ",", raw.where());
    }

    /** What may be a single byte is not for its reader to choose. */
    private static String howToMakeOne(int bytesMin) {
        return bytesMin == 1 ? "" : "; make it with 'openssl rand -base64 " + Math.max(32, bytesMin) + " > %s'";
    }

    private @Nullable Raw read(String key, String fallback, String advice) {
        boolean overridden = overridden(key);
        Raw inline = overridden ? variable(key) : section.raw(key);
        Raw file = overridden ? variable(key + FILE) : section.raw(key + FILE);
        if (inline != null && file != null) {
            reportBoth(key, inline);
        }
        section.record(key, inline == null ? fallback : "***", fallback, inline);
        section.record(key + FILE, file == null ? "none" : file.text(), "none", file);
        return inline != null || file == null ? inline : contents(key, file, advice);
    }

    private @Nullable Raw contents(String key, Raw file, String advice) {
        String text = reading.file(section.path(key + FILE), file.text(), advice, file.where());
        return text == null ? null : new Raw(text, "file " + file.text());
    }

    private void reportBoth(String key, Raw one) {
        reading.report(section.path(key), "and " + key + FILE + " are both set; expected one of them", one.where());
    }

    private @Nullable Secret checked(String where, Raw raw, int bytesMin) {
        Secret secret = new Secret(raw.text());
        if (secret.length() >= bytesMin) {
            return secret;
        }
        String problem = secret.length() == 0 ? "is empty" : "has " + secret.length() + " bytes";
        reading.report(where, problem + "; expected at least " + bytesMin, raw.where());
        return null;
    }
}
