package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A conversation as text, played against the gateway.
 *
 * <pre>
 *   &gt; {"type":"ping"}              is sent
 *   &lt; {"type":"pong"}              the next message has at least these fields; lists have these elements and no more
 *   &lt; {"position":{"epoch":"$e"}}  a name takes what stands there the first time, and stands for it from then on, also in what is sent
 *   &lt; {"timestamp":"*"}            anything, but it is there
 *   &lt; {"error":"-"}                is not there
 *   &lt; close 4401                   one Close, then the end
 * </pre>
 */
public final class Transcript {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, JsonNode> names = new HashMap<>();
    private final WsClient client;

    public Transcript(WsClient client) {
        this.client = client;
    }

    /** Gives a name a value before it is seen. */
    public Transcript let(String name, String value) {
        names.put("$" + name, JSON.getNodeFactory().textNode(value));
        return this;
    }

    public Transcript play(String text) throws IOException {
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("> ")) {
                client.send(filled(line.substring(2)));
            } else if (line.startsWith("< close ")) {
                WsClient.End end = client.readToClose();
                assertEquals(0, end.texts().size(), () -> "before the Close came " + end.texts());
                assertEquals(Integer.parseInt(line.substring(8).strip()), end.code(), end::reason);
            } else if (line.startsWith("< ")) {
                JsonNode got = client.read();
                check(JSON.readTree(line.substring(2)), got, "in " + got + "\nexpected " + line.substring(2));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                fail("not a line of a transcript: " + line);
            }
        }
        return this;
    }

    private String filled(String line) {
        String text = line;
        for (Map.Entry<String, JsonNode> name : names.entrySet()) {
            text = text.replace("\"" + name.getKey() + "\"", name.getValue().toString());
        }
        return text;
    }

    private void check(JsonNode expected, JsonNode got, String where) {
        if (expected.isObject()) {
            expected.properties().forEach(field -> check(field, got, where));
        } else if (expected.isArray()) {
            assertEquals(expected.size(), got.size(), () -> "length " + where);
            for (int i = 0; i < expected.size(); i++) {
                check(expected.get(i), got.path(i), where);
            }
        } else if (expected.asText().startsWith("$")) {
            assertEquals(names.computeIfAbsent(expected.asText(), _ -> got), got, where);
        } else if (!expected.asText().equals("*")) {
            assertEquals(expected, got, where);
        }
    }

    private void check(Map.Entry<String, JsonNode> field, JsonNode got, String where) {
        JsonNode value = got.path(field.getKey());
        boolean unwanted = field.getValue().asText().equals("-");
        if (value.isMissingNode() != unwanted) {
            fail("\"" + field.getKey() + "\" is " + (unwanted ? "there " : "not there ") + where);
        }
        if (!unwanted) {
            check(field.getValue(), value, where);
        }
    }
}
