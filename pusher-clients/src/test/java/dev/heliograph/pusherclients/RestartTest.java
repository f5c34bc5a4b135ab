package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.pusher.client.connection.ConnectionState;
import com.pusher.rest.Pusher;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gateway is started anew on its port, and Pusher's Java client finds its way back by itself. */
final class RestartTest {
    @TempDir
    Path home;

    enum End {
        SIGTERM,
        SIGKILL
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void afterARestart_clientIsSubscribedAgain_toEverything_andEventsFlow(End end) {
        List<String> channels =
                List.of("open", "private-a", "presence-a", "private-encrypted-a", "cache-a", "private-cache-a");
        try (PackagedGateway first = PackagedGateway.start(home, 0);
                Wire wire = Wire.connect(first.port(), TestApp.ACME);
                JavaClient client = JavaClient.of(first.port(), TestApp.ACME, "ann")) {
            client.connect();
            channels.forEach(client::subscribe);
            String socketId = client.socketId();
            stop(first, end);
            client.awaitState(ConnectionState.RECONNECTING);
            // below 4000 pusher-js comes back in a second, from 4200 to 4299 at once
            assertEquals(end == End.SIGTERM ? 1012 : Wire.NO_CLOSE_FRAME, wire.awaitClose());
            try (PackagedGateway second = PackagedGateway.start(home, first.port())) {
                client.awaitState(ConnectionState.CONNECTED);
                Pusher server = TestApp.ACME.server(second.port());
                for (String channel : channels) {
                    Eventually.equal(true, () -> occupied(server, channel), channel + " occupied");
                    Api.publish(server, channel, "after-" + channel);
                    client.awaitEvent(channel, "after-" + channel);
                }
                Eventually.equal(Set.of("ann"), () -> client.roster("presence-a"), "roster");
                assertNotEquals(socketId, client.socketId());
                assertEquals(0, second.terminate());
                assertEquals(List.of(), second.faults());
            }
        }
    }

    private static void stop(PackagedGateway gateway, End end) {
        if (end == End.SIGTERM) {
            assertEquals(0, gateway.terminate());
            assertEquals(List.of(), gateway.faults());
        } else {
            gateway.kill();
        }
    }

    private static boolean occupied(Pusher server, String channel) {
        return Api.body(server.get("/channels/" + channel)).path("occupied").asBoolean();
    }
}
