package dev.heliograph.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The page's sample graph as people walk through it: which steps there are, what event each sends, and how likely each way on is. Immutable. */
final class Funnel {
    private static final String FOLDER = "META-INF/heliograph/page/sample/";
    private static final String EQUALS = "is";

    /**
     * A step of the funnel.
     *
     * @param event what a person who comes here sends; null for a step without an event
     */
    record Step(@Nullable Event event, List<Way> ways) {}

    /** A way on, and how likely it is taken. */
    record Way(String to, double probability) {}

    /**
     * @param type track or page
     * @param properties those that tell this event from others of the same name
     */
    record Event(String type, String name, Map<String, String> properties) {}

    private final Map<String, Step> steps;
    private final List<String> starts;

    private Funnel(Map<String, Step> steps, List<String> starts) {
        this.steps = steps;
        this.starts = starts;
    }

    /** Reads the sample that the page shows. */
    static Funnel sample(ClassLoader classPath) {
        var json = new ObjectMapper();
        try (InputStream graph = open(classPath, "graph.json");
                InputStream events = open(classPath, "events.json")) {
            return of(json.readTree(graph), json.readTree(events));
        } catch (IOException e) {
            throw new UncheckedIOException("the page's sample cannot be read", e);
        }
    }

    private static InputStream open(ClassLoader classPath, String name) throws IOException {
        InputStream file = classPath.getResourceAsStream(FOLDER + name);
        if (file == null) {
            throw new IOException(name + " is missing: the gateway was built without its page (-Dweb.skip)");
        }
        return file;
    }

    static Funnel of(JsonNode graph, JsonNode definitions) {
        var events = new HashMap<String, Event>();
        definitions.forEach(definition -> events.put(definition.get("id").asText(), event(definition)));
        var ways = new HashMap<String, List<Way>>();
        var starts = new ArrayList<String>();
        graph.get("nodes").forEach(node -> starts.add(node.get("uuid").asText()));
        for (JsonNode edge : graph.get("edges")) {
            String to = edge.get("to").asText();
            starts.remove(to);
            ways.computeIfAbsent(edge.get("from").asText(), _ -> new ArrayList<>())
                    .add(new Way(to, edge.at("/p/mean").asDouble()));
        }
        var steps = new TreeMap<String, Step>();
        for (JsonNode node : graph.get("nodes")) {
            String id = node.get("uuid").asText();
            Event event = node.has("event_id") ? events.get(node.get("event_id").asText()) : null;
            steps.put(id, new Step(event, List.copyOf(ways.getOrDefault(id, List.of()))));
        }
        return new Funnel(steps, List.copyOf(starts));
    }

    private static Event event(JsonNode definition) {
        String type = definition.path("category").asText().equals("page") ? "page" : "track";
        var properties = new TreeMap<String, String>();
        for (JsonNode filter : definition.path("amplitude_filters")) {
            if (filter.path("operator").asText().equals(EQUALS)) {
                properties.put(
                        filter.get("property").asText(), filter.get("values").get(0).asText());
            }
        }
        return new Event(type, definition.at("/provider_event_names/segment").asText(), properties);
    }

    /** Where somebody begins. */
    String start(SplittableRandom random) {
        return starts.get(random.nextInt(starts.size()));
    }

    /** Where somebody goes from a step; null if they drop out. */
    @Nullable String next(String step, SplittableRandom random) {
        double left = random.nextDouble();
        for (Way way : step(step).ways()) {
            left -= way.probability();
            if (left < 0) {
                return way.to();
            }
        }
        return null;
    }

    /** What is sent at a step; null for a step without an event. */
    @Nullable Event event(String step) {
        return step(step).event();
    }

    private Step step(String id) {
        Step step = steps.get(id);
        if (step == null) {
            throw new IllegalArgumentException("an edge of the graph leads to no node: " + id);
        }
        return step;
    }
}
