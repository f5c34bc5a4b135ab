package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTest {
    private static final Map<String, String> FREE_PORTS =
            Map.of("HELIOGRAPH_SERVER_PORT", "0", "HELIOGRAPH_ADMIN_PORT", "0");

    @TempDir
    private Path home;

    @Test
    void propertiesThatAreAskedFor_areShownBesideThoseOfTheSample() throws Exception {
        assertEquals("[value]", shown(List.of()));
        assertEquals("[value, plan]", shown(List.of("plan", "seats")));
    }

    /** Names of properties in what is published of an event that has a value, a plan, and something else. */
    private String shown(List<String> properties) throws Exception {
        try (Demo demo = Demo.start(home, FREE_PORTS, properties, Clock.systemUTC());
                HttpClient http = HttpClient.newHttpClient()) {
            DemoAccess access = demo.access();
            URI track = URI.create(access.url() + "/v1/track");
            String event = """
                    {"writeKey":"%s","event":"Signed Up","userId":"u","properties":{"value":1,"plan":"pro","other":2}}
                    """.formatted(access.writeKey());
            http.send(
                    HttpRequest.newBuilder(track)
                            .POST(BodyPublishers.ofString(event))
                            .build(),
                    BodyHandlers.discarding());
            String channel = access.place().channel();
            URI publications = URI.create(access.url() + "/publications?last=1&channel=" + channel);
            String answer = http.send(
                            HttpRequest.newBuilder(publications)
                                    .header("Authorization", "Bearer " + access.token())
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            JsonNode data = new ObjectMapper().readTree(answer).at("/publications/0/payload/data/properties");
            return data.properties().stream().map(Map.Entry::getKey).toList().toString();
        }
    }
}
