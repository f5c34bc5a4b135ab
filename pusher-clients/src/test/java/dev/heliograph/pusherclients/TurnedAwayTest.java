package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pusher.client.connection.ConnectionState;
import com.pusher.rest.data.PresenceUser;
import dev.heliograph.pusherclients.JavaClient.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may not come in is told why, in a way that makes clients stop or come back as they should. */
@ExtendWith(OneGateway.class)
final class TurnedAwayTest {
    private final PackagedGateway gateway;

    TurnedAwayTest(PackagedGateway gateway) {
        this.gateway = gateway;
    }

    @ParameterizedTest
    @CsvSource({"no-such-key, 4001", "off-key, 4003"})
    void javaClient_ofNoApp_isToldWhy_disconnects_andDoesNotComeBack(String key, String code) {
        try (JavaClient client = JavaClient.with(key, JavaClient.options(gateway.port()))) {
            client.begin();
            client.await("the error before the close", one -> one.kind() == Kind.ERROR && code.equals(one.data()));
            client.awaitState(ConnectionState.DISCONNECTED);
            assertEquals(
                    List.of(),
                    client.told()
                            .all(one -> one.name().equals("RECONNECTING")
                                    || one.name().equals("CONNECTED")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/app/no-such-key?protocol=7, 4001",
        "/app/off-key?protocol=7, 4003",
        "/app/acme-key/x?protocol=7, 4005",
        "/app/acme-key?protocol=x, 4007",
        "/app/acme-key?protocol=4, 4007",
        "/app/acme-key?protocol=8, 4007",
        "/app/acme-key, 4008",
    })
    void firstFrame_isTheError_andTheCloseSaysTheSame(String target, int code) {
        try (Wire wire = Wire.open(gateway.port(), target, _ -> {})) {
            assertEquals(code, wire.awaitClose());
            assertEquals(
                    code,
                    wire.frames().all().getFirst().path("data").path("code").asInt());
            assertEquals(
                    "pusher:error", wire.frames().all().getFirst().path("event").asText());
            assertEquals(1, wire.frames().all().size());
        }
    }

    @ParameterizedTest
    @CsvSource({"5", "6", "7"})
    void everyProtocolOfOfficialClients_isSpoken_andItsFirstFrameIsConnectionEstablished(int protocol) {
        try (Wire wire = Wire.open(gateway.port(), "/app/acme-key?protocol=" + protocol, _ -> {})) {
            wire.awaitConnected();
            assertEquals(
                    "pusher:connection_established",
                    wire.frames().all().getFirst().path("event").asText());
            var data = Json.unwrap(wire.frames().all().getFirst().path("data"));
            assertEquals(120, data.path("activity_timeout").asInt());
            assertEquals(true, data.path("socket_id").asText().matches("\\d+\\.\\d+"), data.toString());
        }
    }

    @Test
    void whatAClientSendsBeforeItIsGreeted_isAnsweredAfterTheGreeting() {
        try (Wire wire = Wire.open(gateway.port(), TestApp.ACME)) {
            wire.send("pusher:ping", null, Map.of());
            wire.subscribe(Names.fresh("early-"));
            wire.awaitEvent("pusher_internal:subscription_succeeded");
            assertEquals(
                    "pusher:connection_established",
                    wire.frames().all().getFirst().path("event").asText());
        }
    }

    @Test
    void overTheConnectionsOfAnApp_isClosedWith4004_andARoomThatIsFreedIsGivenAway() {
        try (Wire one = Wire.connect(gateway.port(), TestApp.SMALL);
                Wire two = Wire.connect(gateway.port(), TestApp.SMALL)) {
            try (Wire three = Wire.open(gateway.port(), TestApp.SMALL)) {
                assertEquals(4004, three.awaitClose());
                assertEquals(
                        "pusher:error",
                        three.frames().all().getFirst().path("event").asText());
            }
            one.reset();
            Eventually.equal(true, this::hasRoom, "whether the freed room can be had");
            two.roundTrip();
        }
        Eventually.equal(true, this::hasRoom, "whether the room can be had again");
    }

    private boolean hasRoom() {
        try (Wire wire = Wire.open(gateway.port(), TestApp.SMALL)) {
            return wire.await("an answer", _ -> true).path("event").asText().equals("pusher:connection_established");
        }
    }

    @Test
    void membersBeyondTheMost_areRefused_andSoAreSubscriptions_andTheConnectionStays() {
        String room = Names.fresh("presence-room-");
        Eventually.equal(true, this::hasRoom, "whether there is room");
        try (Wire wire = Wire.connect(gateway.port(), TestApp.SMALL);
                Wire other = Wire.connect(gateway.port(), TestApp.SMALL)) {
            wire.subscribe(TestApp.SMALL, room, new PresenceUser("ann"));
            wire.awaitSubscribed(room);
            other.subscribe(TestApp.SMALL, room, new PresenceUser("bob"));
            other.awaitEvent("pusher:subscription_error");
            other.subscribe(TestApp.SMALL, room, new PresenceUser("ann"));
            other.awaitSubscribed(room);
            other.subscribe("second");
            other.awaitSubscribed("second");
            other.subscribe("third");
            other.awaitEvent("pusher:subscription_error");
            other.roundTrip();
        }
    }
}
