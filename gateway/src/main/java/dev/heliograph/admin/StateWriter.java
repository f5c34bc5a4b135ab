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

    private final ObjectMapper mapper = new ObjectMapper();
    private final ObjectWriter pretty = mapper.writerWithDefaultPrettyPrinter();

    String sections(Map<String, Supplier<Object>> sections) {
        ObjectNode all = mapper.createObjectNode();
        new TreeMap<>(sections).forEach((name, section) -> all.set(name, tree(name, section)));
        return json(all);
    }

    private JsonNode tree(String name, Supplier<Object> section) {
        try {
            return mapper.valueToTree(section.get());
        } catch (RuntimeException failure) {
            LOG.error("section {} of the state cannot be printed", name, failure);
            return mapper.createObjectNode().put("error", "this section failed; the log says why");
        }
    }

    String json(Object value) {
        try {
            return pretty.writeValueAsString(value) + "\n";
        } catch (JsonProcessingException failure) {
            throw new IllegalStateException("the state cannot be printed", failure);
        }
    }
}
