package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.TestGateway.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code docs/PROTOCOL.md} shows of HTTP, streams and ingested events is what a gateway takes and answers. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class ProtocolExamplesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLES = Path.of("../protocol/src/test/resources/examples");
    private static final String BEARER =
            "Authorization: Bearer " + TestToken.acme().text();
    private static final Pattern CURL = Pattern.compile(
            "curl (?:-N )?-H \"Authorization: Bearer \\$TOKEN\" (?:-d '(.*)' )?'?https://gateway.example.com(/\\S*?)'?\n");
    private static final int GIVE_UP_MS = 20_000;

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String example(String name) throws IOException {
        return Files.readString(EXAMPLES.resolve(name));
    }

    private static Matcher curl(String name) throws IOException {
        Matcher curl = CURL.matcher(example(name));
        assertTrue(curl.matches(), name);
        return curl;
    }

    /** Of an object, and of the objects within it, with their paths; what is published is its publisher's. */
    private static Set<String> fields(JsonNode object) {
        var fields = new TreeSet<String>();
        collect("", object, fields);
        return fields;
    }

    private static void collect(String path, JsonNode object, Set<String> into) {
        if (object.isArray() && !object.isEmpty()) {
            collect(path + "[]", object.get(0), into);
        }
        object.properties().forEach(field -> {
            String name = path + "/" + field.getKey();
            into.add(name);
            if (!name.endsWith("/payload/data") && !name.endsWith("/properties")) {
                collect(name, field.getValue(), into);
            }
        });
    }

    @Test
    void publishing_isAnsweredWithAPosition_andReachesWhoIsThere() throws IOException {
        Matcher curl = curl("publish.sh");
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe("orders");
            Answer answer = gateway.post(curl.group(2), curl.group(1), BEARER);
            assertEquals(200, answer.status(), answer::body);
            assertEquals(
                    Set.of("/position", "/position/epoch", "/position/offset"), fields(JSON.readTree(answer.body())));
            JsonNode event = client.expect("event").path("payload");
            assertEquals("paid", event.path("name").asText());
            assertEquals(12, event.at("/data/total").asInt());
        }
    }

    @Test
    void poll_isAnsweredAsThePageHasIt() throws IOException {
        gateway.post("/publications", "{\"channel\":\"polled\",\"data\":1}", BEARER);
        Answer answer = gateway.ask("GET", "/publications?channel=polled&last=1", "", BEARER);
        assertEquals(200, answer.status(), answer::body);
        assertEquals(fields(JSON.readTree(example("poll.json"))), fields(JSON.readTree(answer.body())));
    }

    /** Line by line: the names of fields, and what is published. */
    @Test
    void stream_beginsAsThePageHasIt() throws IOException {
        List<String> shown = shape(example("event-stream.txt").lines().toList());
        String target = curl("stream.sh").group(2);
        try (var socket = new Socket()) {
            socket.setSoTimeout(GIVE_UP_MS);
            socket.connect(gateway.address());
            String request = "GET " + target + " HTTP/1.1\r\nHost: gateway.test\r\n" + BEARER + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                // the head of the answer
            }
            var lines = new ArrayList<String>();
            while (lines.size() < shown.size()) {
                lines.add(in.readLine());
                if (lines.getLast().startsWith("data: {\"version\":1,\"type\":\"subscribed\"")) {
                    track();
                }
            }
            assertEquals(shown, shape(lines));
        }
    }

    /** The field's name; of messages their type and the fields up to the first that is left out on the page. */
    private static List<String> shape(List<String> lines) {
        return lines.stream()
                .map(line -> line.startsWith("event: ") ? line : line.replaceFirst("^(retry|id): .*", "$1"))
                .map(line -> line.replaceFirst("^data: \\{\"version\":1,\"type\":\"(\\w+)\".*", "data $1"))
                .toList();
    }

    private static void track() throws IOException {
        Answer answer = gateway.post("/v1/track", """
                {"type":"track","event":"Order Completed","userId":"u","messageId":"ajs-next-1","sentAt":"2026-02-03T12:00:00.000Z",
                 "timestamp":"2026-02-03T12:00:00.000Z","properties":{"checkpoint":"payment"}}
                """, "X-Write-Key: acme-web-key");
        assertEquals(200, answer.status(), answer::body);
    }

    @Test
    void ingestedEvent_hasTheFieldsOfThePage() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe(TestGateway.EVENTS);
            gateway.post("/v1/track", """
                    {"type":"track","event":"Order Completed","userId":"u","messageId":"ajs-next-2","sentAt":"2026-02-03T12:00:00.000Z",
                     "timestamp":"2026-02-03T12:00:00.000Z","properties":{"checkpoint":"payment"},"context":{"sessionId":"s1"}}
                    """, "X-Write-Key: acme-web-key");
            JsonNode event = client.expect("event").at("/payload/data");
            assertEquals(fields(JSON.readTree(example("ingested-event.json"))), fields(event), event::toString);
        }
    }

    @Test
    void keyThatTakesASessionUpAgain_standsWhereThePageLooksForIt() throws IOException {
        Matcher line = Pattern.compile(
                        "client\\.on\\(\"connected\", \\(message\\) => \\{ client\\.url = `\\$\\{base}(/\\S+=)\\$\\{message\\.(\\w+)\\.(\\w+)}`; }\\);\n")
                .matcher(example("resume.js"));
        assertTrue(line.matches());
        String key;
        try (WsClient client =
                WsClient.open(gateway, "/ws/dazzle?token=" + TestToken.acme().text())) {
            key = client.expect("connected")
                    .path(line.group(2))
                    .path(line.group(3))
                    .asText();
        }
        try (WsClient client = WsClient.open(gateway, line.group(1) + key)) {
            assertEquals("u1", client.expect("connected").at("/payload/userId").asText());
        }
    }
}
