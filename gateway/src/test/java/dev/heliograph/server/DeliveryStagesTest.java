package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.metrics.Stage;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The stages of real deliveries, as the operator sees them. */
@ExtendWith(NoLeaks.class)
final class DeliveryStagesTest {
    private static final int EVENTS = 5;

    private static double sum(TestGateway gateway, String name, String labels) throws IOException {
        return gateway.metric(name + "{loop=\"0\"" + labels + "}")
                + gateway.metric(name + "{loop=\"1\"" + labels + "}");
    }

    @Test
    void deliveries_showInEveryStage_andTheStagesAddUp() throws Exception {
        try (TestGateway gateway = TestGateway.start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe(TestGateway.EVENTS);
            for (int i = 0; i < EVENTS; i++) {
                gateway.post(
                        "/v1/track",
                        "{\"type\":\"track\",\"event\":\"Step\",\"userId\":\"u\",\"messageId\":\"stages-" + i + "\"}",
                        "X-Write-Key: acme-web-key");
                client.expect("event");
            }
            String name = "heliograph_delivery_latency_seconds";
            TestGateway.until(
                    "the last pass is recorded", () -> sum(gateway, name + "_count", ",stage=\"total\"") == EVENTS);
            double parts = 0;
            for (Stage stage : Stage.values()) {
                String label = ",stage=\"" + stage.label() + "\"";
                assertEquals(EVENTS, sum(gateway, name + "_count", label), stage.label());
                parts += stage == Stage.TOTAL ? 0 : sum(gateway, name + "_sum", label);
            }
            double total = sum(gateway, name + "_sum", ",stage=\"total\"");
            assertTrue(total > 0, "nothing takes no time");
            assertEquals(total, parts, total / 50);
            assertEquals(EVENTS, sum(gateway, "heliograph_pass_deliveries_sum", ""));

            JsonNode loops = gateway.statez().at("/loops");
            assertEquals(
                    EVENTS,
                    loops.at("/loop0/sinceStart/latencyUs/total/count").asInt()
                            + loops.at("/loop1/sinceStart/latencyUs/total/count")
                                    .asInt());
            assertTrue(loops.at("/loop0").has("lagRecentUs"), loops::toString);
        }
    }
}
