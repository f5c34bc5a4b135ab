package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.Pusher;
import com.pusher.rest.data.PresenceUser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One channel, reached by Pusher's protocol and by the gateway's own. */
@ExtendWith(OneGateway.class)
final class DoorsTest {
    private final PackagedGateway gateway;
    private final Pusher server;

    DoorsTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @Test
    void whatIsPublishedByOneDoor_isSeenByTheOther() {
        String room = Names.fresh("presence-doors-");
        try (Wire member = member(room, "ann");
                JavaClient java =
                        JavaClient.of(gateway.port(), TestApp.ACME, "java").connect();
                Wire nativeClient = nativeClient(room)) {
            java.subscribe(room);
            publish(nativeClient, room, "moved", Map.of("x", 1));
            assertEquals("{\"x\":1}", member.awaitEvent("moved").path("data").textValue());
            assertEquals("{\"x\":1}", java.awaitEvent(room, "moved").data());

            Api.publish(server, room, "told");
            assertEquals("told", awaitNative(nativeClient).path("name").asText());
        }
    }

    @Test
    void nativePublisher_cannotPassForTheGateway() {
        String room = Names.fresh("presence-doors-");
        try (Wire member = member(room, "ann");
                Wire nativeClient = nativeClient(room)) {
            for (String name : List.of(
                    "pusher:error",
                    "pusher:connection_established",
                    "pusher_internal:member_added",
                    "pusher_internal:subscription_succeeded")) {
                publish(nativeClient, room, name, Map.of("user_id", "ghost"));
                assertEquals(
                        "error",
                        nativeClient
                                .await(
                                        "an answer",
                                        frame ->
                                                frame.path("requestId").asText().equals(name)
                                                        || frame.path("payload")
                                                                .path("requestId")
                                                                .asText()
                                                                .equals(name))
                                .path("type")
                                .asText(),
                        name);
            }
            publish(nativeClient, room, "fence", Map.of());
            member.awaitEvent("fence");
            assertEquals(
                    List.of(), member.frames().all(frame -> frame.toString().contains("ghost")));
        }
    }

    @Test
    void nativeClient_canReachNoUsersChannel_andNoneOfTheGatewaysOwn() {
        String room = Names.fresh("presence-doors-");
        try (Wire nativeClient =
                Wire.connectNative(gateway.port(), gateway.token("root", "subscribe,publish:*"), _ -> {})) {
            for (String channel : List.of("#server-to-user-ann", "#members:" + room, "#watchers:ann")) {
                for (String type : List.of("subscribe", "publish")) {
                    nativeClient.send(Json.text(Map.of(
                            "type", type, "channel", channel, "requestId", "r", "payload", Map.of("data", Map.of()))));
                    JsonNode answer = nativeClient.await("an answer", _ -> true);
                    assertEquals("error", answer.path("type").asText(), channel);
                }
            }
            assertTrue(!nativeClient.isClosed());
        }
    }

    private Wire member(String room, String user) {
        Wire wire = Wire.connect(gateway.port(), TestApp.ACME);
        wire.subscribe(TestApp.ACME, room, new PresenceUser(user));
        wire.awaitSubscribed(room);
        return wire;
    }

    private Wire nativeClient(String room) {
        Wire wire = Wire.connectNative(
                gateway.port(), gateway.token("native", "subscribe,publish:presence-doors-*"), _ -> {});
        wire.send(Json.text(Map.of("type", "subscribe", "channel", room, "payload", Map.of())));
        wire.await("subscribed", frame -> frame.path("type").asText().equals("subscribed"));
        return wire;
    }

    private static void publish(Wire nativeClient, String room, String name, Object data) {
        nativeClient.send(Json.text(Map.of(
                "type", "publish", "channel", room, "requestId", name, "payload", Map.of("name", name, "data", data))));
    }

    private static JsonNode awaitNative(Wire nativeClient) {
        return nativeClient
                .await(
                        "the event told",
                        frame -> frame.path("type").asText().equals("event")
                                && frame.path("payload").path("name").asText().equals("told"))
                .path("payload");
    }
}
