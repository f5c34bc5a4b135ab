package dev.heliograph.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prints the gateway's state as JSON; a section that fails does not hide the others. Any thread. */
final class StateWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);

    /** Made when the first is asked for: to start takes tens of milliseconds less without. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();
        static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();
    }

    String sections(Map<String, Supplier<Object>> sections) {
        ObjectNode all = Json.MAPPER.createObjectNode();
        new TreeMap<>(sections).forEach((name, section) -> all.set(name, tree(name, section)));
        return json(all);
    }

    private JsonNode tree(String name, Supplier<Object> section) {
        try {
            return Json.MAPPER.valueToTree(section.get());
        } catch (RuntimeException failure) {
            LOG.error("section {} of the state cannot be printed", name, failure);
            return Json.MAPPER.createObjectNode().put("error", "this section failed; the log says why");
        }
    }

    String json(Object value) {
        try {
            return Json.PRETTY.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException failure) {
            throw new IllegalStateException("the state cannot be printed", failure);
        }
    }
}
