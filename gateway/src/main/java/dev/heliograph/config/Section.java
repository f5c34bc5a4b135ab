package dev.heliograph.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file while a record reads itself from it. A value that cannot be used is reported and replaced by its fallback, so that one
 * pass finds every error; what nobody read is unknown.
 */
final class Section {
    private static final int ITEMS_MAX = 1_000;

    private final Reading reading;
    private final String path;
    private final String schema;
    private final Map<String, YamlNode> entries;
    private final String line;
    private final TreeSet<String> known = new TreeSet<>();

    private Section(Reading reading, String path, String schema, @Nullable YamlNode node) {
        this.reading = reading;
        this.path = path;
        this.schema = schema;
        this.line = node == null ? "" : line(node);
        this.entries = node instanceof YamlNode.Mapping mapping ? mapping.entries() : Map.of();
        if (node != null && !(node instanceof YamlNode.Mapping) && !(node instanceof YamlNode.Empty)) {
            reading.report(path.isEmpty() ? "file" : path, "is " + node.kind() + "; expected a mapping", line(node));
        }
    }

    static Section root(Reading reading, YamlNode document) {
        return new Section(reading, "", "", document);
    }

    /** A text, where it stands, and whether it may be shown. */
    private record Raw(String text, String where) {}

    /** Where this mapping stands: {@code workspaces.acme}. */
    String path() {
        return path;
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Reports that the value of {@code key} cannot be used. */
    void report(String key, String problem) {
        YamlNode node = entries.get(key);
        reading.report(path(key), problem, node == null ? "" : line(node));
    }

    /** Reports that this mapping as a whole cannot be used. */
    void reportSelf(String problem) {
        reading.report(path, problem, line);
    }

    /** Whether the file or the environment sets {@code key} to something: an empty list or mapping is nothing. */
    boolean has(String key) {
        return holdsSomething(entries.get(key)) || reading.overrides().take(path(key)) != null;
    }

    private static boolean holdsSomething(@Nullable YamlNode node) {
        return switch (node) {
            case null -> false;
            case YamlNode.Empty nothing -> false;
            case YamlNode.Mapping mapping -> !mapping.entries().isEmpty();
            case YamlNode.Sequence list -> !list.items().isEmpty();
            case YamlNode.Scalar value -> true;
        };
    }

    /** Whether anything sets the secret {@code key}, whatever it is worth. */
    boolean hasSecret(String key) {
        return has(key) || has(key + "File");
    }

    <T> T value(String key, ValueType<T> type, T fallback) {
        T value = read(key, type, type.show().apply(fallback));
        return value == null ? fallback : value;
    }

    /** Null: not set. */
    <T> @Nullable T optional(String key, ValueType<T> type) {
        return read(key, type, "none");
    }

    /** @param placeholder goes into a record that is never used, because an error is reported */
    <T> T required(String key, ValueType<T> type, T placeholder) {
        if (!has(key)) {
            report(key, "is missing; expected " + type.expected());
        }
        T value = read(key, type, "required");
        return value == null ? placeholder : value;
    }

    private <T> @Nullable T read(String key, ValueType<T> type, String fallback) {
        Raw raw = raw(key);
        T value = raw == null ? null : parse(path(key), raw, type);
        String shown = value == null ? fallback : type.show().apply(value);
        record(key, shown, fallback, raw);
        return value;
    }

    private <T> @Nullable T parse(String where, Raw raw, ValueType<T> type) {
        T value = type.parse(raw.text());
        if (value == null) {
            String written = raw.text().length() > 100 ? raw.text().substring(0, 100) + "…" : raw.text();
            reading.report(where, "'" + written + "' is not allowed; expected " + type.expected(), raw.where());
        }
        return value;
    }

    private void record(String key, String shown, String fallback, @Nullable Raw raw) {
        String schemaKey = schema.isEmpty() ? key : schema + "." + key;
        reading.record(new Setting(path(key), schemaKey, shown, fallback, raw == null ? "default" : raw.where()));
    }

    private @Nullable Raw raw(String key) {
        known.add(key);
        String variable = reading.overrides().take(path(key));
        if (variable != null) {
            return new Raw(variable, Overrides.variable(path(key)));
        }
        YamlNode node = entries.get(key);
        return node == null ? null : scalar(path(key), node);
    }

    private @Nullable Raw scalar(String where, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar) {
            return new Raw(scalar.text(), line(node));
        }
        if (!(node instanceof YamlNode.Empty)) {
            reading.report(where, "is " + node.kind() + "; expected a single value", line(node));
        }
        return null;
    }

    /** A list; in the environment with commas between the values. */
    <T> List<T> values(String key, ValueType<T> type, List<T> fallback) {
        List<Raw> raws = raws(key);
        List<T> values = raws == null ? fallback : parseAll(path(key), raws, type);
        record(key, show(values, type), show(fallback, type), raws == null || raws.isEmpty() ? null : raws.getFirst());
        return values;
    }

    private <T> List<T> parseAll(String where, List<Raw> raws, ValueType<T> type) {
        var values = new ArrayList<T>();
        for (int i = 0; i < raws.size(); i++) {
            T value = parse(where + "[" + i + "]", raws.get(i), type);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private static <T> String show(List<T> values, ValueType<T> type) {
        return values.isEmpty()
                ? "none"
                : String.join(", ", values.stream().map(type.show()).toList());
    }

    private @Nullable List<Raw> raws(String key) {
        known.add(key);
        String variable = reading.overrides().take(path(key));
        if (variable != null) {
            return split(variable, ",", Overrides.variable(path(key)));
        }
        List<YamlNode> items = items(key);
        if (items == null) {
            return null;
        }
        var raws = new ArrayList<Raw>();
        for (YamlNode item : items) {
            Raw raw = scalar(path(key) + "[" + raws.size() + "]", item);
            if (raw != null) {
                raws.add(raw);
            }
        }
        return raws;
    }

    private static List<Raw> split(String text, String separator, String where) {
        return Arrays.stream(text.split(separator, -1))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(part -> new Raw(part, where))
                .toList();
    }

    private @Nullable List<YamlNode> items(String key) {
        known.add(key);
        return switch (entries.get(key)) {
            case YamlNode.Sequence list when list.items().size() <= ITEMS_MAX -> list.items();
            case YamlNode.Sequence list -> {
                report(key, "has " + list.items().size() + " items; expected at most " + ITEMS_MAX);
                yield null;
            }
            case YamlNode.Empty nothing -> null;
            case null -> null;
            case YamlNode other -> {
                report(key, "is " + other.kind() + "; expected a list");
                yield null;
            }
        };
    }

    /** A text that must not be seen, or null: from the environment ({@code …} or {@code …_FILE}), else from {@code key} or {@code keyFile}. */
    @Nullable
    Secret secret(String key, int bytesMin, String fallback) {
        Raw raw = confidential(key, fallback);
        return raw == null ? null : checked(path(key), raw, bytesMin);
    }

    /** Secrets: a list, in the environment with commas between them, in a file one per line. */
    List<Secret> secrets(String key, int bytesMin) {
        boolean listed = entries.get(key) instanceof YamlNode.Sequence;
        List<Raw> raws = listed && !overridden(key) ? listed(key) : lines(confidential(key, "none"));
        var secrets = new ArrayList<Secret>();
        for (int i = 0; i < raws.size(); i++) {
            Secret secret = checked(path(key) + "[" + i + "]", raws.get(i), bytesMin);
            if (secret != null) {
                secrets.add(secret);
            }
        }
        return secrets;
    }

    /** Text that may be long and so may lie in a file of its own: {@code key}, {@code keyFile} and their variables. */
    @Nullable
    String textOrFile(String key) {
        Raw raw = confidential(key, "none");
        return raw == null ? null : raw.text();
    }

    private boolean overridden(String key) {
        return reading.overrides().take(path(key)) != null
                || reading.overrides().take(path(key + "File")) != null;
    }

    private List<Raw> listed(String key) {
        List<Raw> raws = raws(key);
        record(key, "***", "none", raws == null || raws.isEmpty() ? null : raws.getFirst());
        if (raw(key + "File") != null) {
            report(key, "and " + key + "File are both set; expected one of them");
        }
        record(key + "File", "none", "none", null);
        return raws == null ? List.of() : raws;
    }

    private static List<Raw> lines(@Nullable Raw raw) {
        if (raw == null) {
            return List.of();
        }
        return split(raw.text(), raw.where().startsWith("file ") ? "\n" : ",", raw.where());
    }

    private @Nullable Raw confidential(String key, String fallback) {
        known.add(key);
        known.add(key + "File");
        boolean variable = overridden(key);
        Raw inline = variable ? fromVariable(key) : raw(key);
        Raw file = variable ? fromVariable(key + "File") : raw(key + "File");
        if (inline != null && file != null) {
            reading.report(path(key), "and " + key + "File are both set; expected one of them", inline.where());
        }
        record(key, inline == null ? fallback : "***", fallback, inline);
        record(key + "File", file == null ? "none" : file.text(), "none", file);
        if (inline != null || file == null) {
            return inline;
        }
        String text = reading.file(path(key + "File"), file.text(), file.where());
        return text == null ? null : new Raw(text, "file " + file.text());
    }

    private @Nullable Raw fromVariable(String key) {
        String value = reading.overrides().take(path(key));
        return value == null ? null : new Raw(value, Overrides.variable(path(key)));
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

    /** A mapping below this one; an absent one is empty, so that its defaults and variables hold. */
    <T> T section(String key, Function<Section, T> reader) {
        known.add(key);
        String below = schema.isEmpty() ? key : schema + "." + key;
        return read(new Section(reading, path(key), below, entries.get(key)), reader);
    }

    /** Mappings by a name that the operator chooses. */
    <T> Map<String, T> named(String key, ValueType<String> names, BiFunction<String, Section, T> reader) {
        known.add(key);
        String below = (schema.isEmpty() ? key : schema + "." + key) + ".*";
        Section all = new Section(reading, path(key), below, entries.get(key));
        Map<String, T> values = new LinkedHashMap<>();
        all.entries.forEach((name, node) -> {
            if (names.parse(name) == null) {
                all.report(name, "'" + name + "' is no name; expected " + names.expected());
            }
            var section = new Section(reading, all.path(name), below, node);
            values.put(name, read(section, each -> reader.apply(name, each)));
        });
        return values;
    }

    /** A list of mappings. */
    <T> List<T> sections(String key, Function<Section, T> reader) {
        List<YamlNode> items = items(key);
        String below = (schema.isEmpty() ? key : schema + "." + key) + "[]";
        var values = new ArrayList<T>();
        for (YamlNode item : items == null ? List.<YamlNode>of() : items) {
            String place = path(key) + "[" + values.size() + "]";
            values.add(read(new Section(reading, place, below, item), reader));
        }
        return values;
    }

    private static <T> T read(Section section, Function<Section, T> reader) {
        T value = reader.apply(section);
        section.reportUnknown();
        return value;
    }

    void reportUnknown() {
        for (String key : entries.keySet()) {
            if (!known.contains(key)) {
                report(key, "is no setting" + DidYouMean.hint(key, known));
            }
        }
    }

    private static String line(YamlNode node) {
        return "line " + node.line();
    }
}
