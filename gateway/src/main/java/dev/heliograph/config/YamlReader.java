package dev.heliograph.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one YAML document into {@link YamlNode}s. Duplicate keys, aliases and further documents are errors; the first of two equal keys is kept. */
final class YamlReader {
    private final YAMLParser parser;
    private final List<ConfigError> errors;

    private YamlReader(YAMLParser parser, List<ConfigError> errors) {
        this.parser = parser;
        this.errors = errors;
    }

    /** @param errors takes what is wrong with the document */
    static YamlNode read(String yaml, List<ConfigError> errors) {
        try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
            return new YamlReader(parser, errors).document();
        } catch (JsonProcessingException broken) {
            JsonLocation at = broken.getLocation();
            String problem = "is not YAML: "
                    + broken.getOriginalMessage().lines().findFirst().orElse("");
            errors.add(new ConfigError("file", problem, at == null ? "" : "line " + at.getLineNr()));
            return new YamlNode.Empty(1);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private YamlNode document() throws IOException {
        JsonToken first = parser.nextToken();
        YamlNode root = first == null ? new YamlNode.Empty(1) : node("", first);
        if (parser.nextToken() != null) {
            report("file", "holds more than one YAML document; expected one");
        }
        return root;
    }

    private YamlNode node(String path, JsonToken token) throws IOException {
        int line = line();
        if (parser.isCurrentAlias()) {
            report(path, "is an alias; write the value itself");
            return new YamlNode.Empty(line);
        }
        return switch (token) {
            case START_OBJECT -> mapping(path, line);
            case START_ARRAY -> sequence(path, line);
            case VALUE_NULL -> new YamlNode.Empty(line);
            default -> new YamlNode.Scalar(parser.getText(), line);
        };
    }

    private YamlNode mapping(String path, int line) throws IOException {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String child = path.isEmpty() ? key : path + "." + key;
            if (entries.containsKey(key)) {
                report(child, "stands there twice");
            }
            YamlNode value = node(child, parser.nextToken());
            entries.putIfAbsent(key, value);
        }
        return new YamlNode.Mapping(entries, line);
    }

    private YamlNode sequence(String path, int line) throws IOException {
        var items = new ArrayList<YamlNode>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(node(path + "[" + items.size() + "]", token));
        }
        return new YamlNode.Sequence(items, line);
    }

    private void report(String path, String problem) {
        errors.add(new ConfigError(path, problem, "line " + line()));
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }
}
