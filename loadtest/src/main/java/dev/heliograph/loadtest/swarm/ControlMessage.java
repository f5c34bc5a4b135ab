package dev.heliograph.loadtest.swarm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** A message that is no publication: few come, so they are read as trees. */
record ControlMessage(String type, JsonNode payload, String text) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ControlMessage read(byte[] bytes, int from, int to) {
        String shown = Connection.text(bytes, from, to);
        try {
            JsonNode message = JSON.readTree(bytes, from, to - from);
            return new ControlMessage(message.path("type").asText(), message.path("payload"), shown);
        } catch (IOException e) {
            return new ControlMessage("", JSON.nullNode(), shown);
        }
    }
}
