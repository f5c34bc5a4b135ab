package dev.heliograph.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    <T> T value(String key, ValueType<T> type, T fallback) {
        T value = read(key, type, type.show().apply(fallback));
        return value == null ? fallback : value;
    }

    /** Null: not set. */
    <T> @Nullable T optional(String key, ValueType<T> type) {
        return read(key, type, "none");
    }

    /** The path of a file, as the setting means it; null: not set. */
    @Nullable
    Path file(String key, ValueType<String> type) {
        String path = optional(key, type);
        try {
            return path == null ? null : reading.resolve(path);
        } catch (InvalidPathException broken) {
            report(key, "'" + path + "' is no path on this machine");
            return null;
        }
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

    /** Notes what came of {@code key}, which thereby is known. */
    void record(String key, String shown, String fallback, @Nullable Raw raw) {
        known.add(key);
        String schemaKey = schema.isEmpty() ? key : schema + "." + key;
        reading.record(new Setting(path(key), schemaKey, shown, fallback, raw == null ? "default" : raw.where()));
    }

    /** What is set for {@code key}, by the environment or here. */
    @Nullable
    Raw raw(String key) {
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

    /** The same for a list. */
    @Nullable
    List<Raw> raws(String key) {
        known.add(key);
        String variable = reading.overrides().take(path(key));
        if (variable != null) {
            return Raw.split(variable, ",", Overrides.variable(path(key)));
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

    /** The secrets of this mapping. */
    Confidential confidential() {
        return new Confidential(this, reading);
    }

    /** A mapping below this one; an absent one is empty, so that its defaults and variables hold. */
    <T extends @Nullable Object> T section(String key, Function<Section, T> reader) {
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

    private static <T extends @Nullable Object> T read(Section section, Function<Section, T> reader) {
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

    /** Whether {@code key} stands here as a list. */
    boolean isList(String key) {
        return entries.get(key) instanceof YamlNode.Sequence;
    }

    private static String line(YamlNode node) {
        return "line " + node.line();
    }
}
