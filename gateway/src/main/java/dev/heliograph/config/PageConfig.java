package dev.heliograph.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live page at {@code /}.
 *
 * @param enabled whether it is served
 * @param channel the channel it subscribes to; empty for the first environment's events of {@code workspace}
 * @param workspace whose events it shows; empty for the only one
 * @param tokenUrl where it fetches a token; empty if it shall ask for one
 * @param graph what {@code graphFile} holds, JSON in DagNet's shape; null: the page shows its sample
 * @param events what {@code eventsFile} holds, event definitions in JSON or YAML; null: none
 * @param graphOrigins from where else than the gateway the page may load graphs
 */
public record PageConfig(
        boolean enabled,
        String workspace,
        String channel,
        String tokenUrl,
        @Nullable String graph,
        @Nullable String events,
        List<String> graphOrigins) {
    public static final PageConfig DEFAULT = new PageConfig(true, "", "", "", null, null, List.of());

    private static final long FILE_BYTES_MAX = 1 << 20;

    public PageConfig {
        graphOrigins = List.copyOf(graphOrigins);
    }

    static PageConfig read(Section s) {
        return new PageConfig(
                s.value("enabled", ValueType.flag(), DEFAULT.enabled()),
                s.value("workspace", Names.OPTIONAL, DEFAULT.workspace()),
                s.value("channel", Names.CHANNEL_OR_EMPTY, DEFAULT.channel()),
                s.value("tokenUrl", Names.TOKEN_URL, DEFAULT.tokenUrl()),
                graph(s),
                events(s),
                s.values("graphOrigins", Names.OTHER_ORIGIN, DEFAULT.graphOrigins()));
    }

    private static @Nullable String graph(Section s) {
        String text = text(s, "graphFile");
        if (text != null) {
            try {
                JsonNode nodes = new ObjectMapper()
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .readTree(text)
                        .path("nodes");
                if (!nodes.isArray() || nodes.isEmpty()) {
                    s.report("graphFile", "holds no graph; expected an object with a list 'nodes' that is not empty");
                }
            } catch (JsonProcessingException broken) {
                s.report(
                        "graphFile",
                        "is not JSON" + place(broken.getLocation()) + "; expected a graph in DagNet's shape");
            }
        }
        return text;
    }

    private static String place(@Nullable JsonLocation at) {
        return at == null ? "" : ": line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static @Nullable String events(Section s) {
        String text = text(s, "eventsFile");
        if (text != null && !s.has("graphFile")) {
            s.report("eventsFile", "has no graph; expected graphFile, too, as these are the definitions of its events");
        }
        return text;
    }

    private static @Nullable String text(Section s, String key) {
        Path file = s.file(key, Names.FILE);
        if (file == null) {
            return null;
        }
        try {
            return TextFile.read(file, FILE_BYTES_MAX);
        } catch (TextFile.Unreadable unreadable) {
            s.report(key, "the file " + file + " " + unreadable.problem());
            return null;
        }
    }
}
