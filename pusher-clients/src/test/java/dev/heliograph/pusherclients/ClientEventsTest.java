package dev.heliograph.pusherclients;

import static dev.heliograph.pusherclients.JavaClient.Kind.ERROR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pusher.client.connection.ConnectionState;
import com.pusher.rest.Pusher;
import dev.heliograph.pusherclients.JavaClient.Told;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients send events to each other. */
@ExtendWith(OneGateway.class)
final class ClientEventsTest {
    private static final int PER_SECOND = 10;

    private final PackagedGateway gateway;
    private final Pusher server;

    ClientEventsTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @Test
    void onAPresenceChannel_othersGetThem_withTheSendersUser_andTheSenderDoesNot() {
        String channel = Names.fresh("presence-room-");
        try (JavaClient ann = connect(TestApp.ACME, "ann");
                JavaClient bob = connect(TestApp.ACME, "bob")) {
            ann.subscribe(channel);
            bob.subscribe(channel);
            ann.pusher().getPresenceChannel(channel).trigger("client-typing", "{\"on\":true}");
            Told got = bob.awaitEvent(channel, "client-typing");
            assertEquals("ann", got.userId());
            assertTrue(Json.parse(String.valueOf(got.data())).path("on").asBoolean(), got.toString());
            Api.publish(server, channel, "fence");
            ann.awaitEvent(channel, "fence");
            assertEquals(List.of(), ann.told().all(JavaClient.is(JavaClient.Kind.EVENT, channel, "client-typing")));
        }
    }

    @Test
    void onAPrivateChannel_othersGetThem_withoutAUser() {
        String channel = Names.fresh("private-room-");
        try (JavaClient ann = connect(TestApp.ACME, "ann");
                JavaClient bob = connect(TestApp.ACME, "bob")) {
            ann.subscribe(channel);
            bob.subscribe(channel);
            ann.pusher().getPrivateChannel(channel).trigger("client-typing", "{}");
            assertEquals(null, bob.awaitEvent(channel, "client-typing").userId());
        }
    }

    @Test
    void whereTheyAreOff_areRefused_andTheConnectionStays() {
        String channel = Names.fresh("private-room-");
        try (JavaClient ann = connect(TestApp.PLAIN, "ann")) {
            ann.subscribe(channel);
            ann.pusher().getPrivateChannel(channel).trigger("client-typing", "{}");
            ann.await("4301", one -> one.kind() == ERROR && "4301".equals(one.data()));
            // The Java client may subscribe twice, if it is told to just when it is connected.
            assertEquals(
                    List.of(),
                    ann.told()
                            .all(one -> one.kind() == ERROR
                                    && !"4301".equals(one.data())
                                    && !one.name().startsWith("Existing subscription to channel ")));
            ann.subscribe(Names.fresh("open-"));
            assertEquals(ConnectionState.CONNECTED, ann.state());
        }
    }

    @Test
    void overTheRate_areRefusedWith4301_theConnectionStays_andThoseWithinArrive() {
        String channel = Names.fresh("private-room-");
        try (JavaClient ann = connect(TestApp.ACME, "ann");
                JavaClient bob = connect(TestApp.ACME, "bob")) {
            ann.subscribe(channel);
            bob.subscribe(channel);
            long began = System.nanoTime();
            for (int i = 0; i < PER_SECOND + 1; i++) {
                ann.pusher().getPrivateChannel(channel).trigger("client-burst", "{\"i\":" + i + "}");
            }
            ann.await("4301", one -> one.kind() == ERROR && "4301".equals(one.data()));
            for (int i = 0; i < PER_SECOND; i++) {
                String expected = "{\"i\":" + i + "}";
                Told got = bob.awaitEvent(channel, "client-burst");
                assertEquals(Json.parse(expected), Json.parse(String.valueOf(got.data())));
            }
            assertEquals(ConnectionState.CONNECTED, ann.state());
            awaitNextSecond(began);
            ann.pusher().getPrivateChannel(channel).trigger("client-again", "{}");
            bob.awaitEvent(channel, "client-again");
            assertEquals(
                    PER_SECOND,
                    bob.told()
                            .all(JavaClient.is(JavaClient.Kind.EVENT, channel, "client-burst"))
                            .size());
        }
    }

    @Test
    void ofWhoeverIsNotSubscribed_orOnPublicChannels_areRefused() {
        String closed = Names.fresh("private-room-");
        String open = Names.fresh("open-");
        try (Wire member = Wire.connect(gateway.port(), TestApp.ACME);
                Wire stranger = Wire.connect(gateway.port(), TestApp.ACME)) {
            member.subscribe(TestApp.ACME, closed);
            member.subscribe(open);
            member.awaitSubscribed(open);
            stranger.subscribe(open);
            stranger.awaitSubscribed(open);
            stranger.send("client-typing", closed, Map.of());
            assertTrue(stranger.awaitEvent("pusher:error")
                    .path("data")
                    .path("code")
                    .isNull());
            stranger.send("client-typing", open, Map.of());
            stranger.awaitEvent("pusher:error");
            Api.publish(server, closed, "fence");
            Api.publish(server, open, "fence");
            member.awaitEvent("fence");
            member.awaitEvent("fence");
            assertEquals(List.of(), member.frames().all(Wire.isEvent("client-typing")));
        }
    }

    @Test
    void nameThatOnlyContainsThePrefix_isNoClientEvent() {
        String channel = Names.fresh("private-room-");
        try (Wire ann = Wire.connect(gateway.port(), TestApp.ACME);
                Wire bob = Wire.connect(gateway.port(), TestApp.ACME)) {
            for (Wire wire : List.of(ann, bob)) {
                wire.subscribe(TestApp.ACME, channel);
                wire.awaitSubscribed(channel);
            }
            ann.send("x-client-y", channel, Map.of());
            ann.roundTrip();
            ann.send("client-y", channel, Map.of());
            bob.awaitEvent("client-y");
            assertEquals(List.of(), bob.frames().all(Wire.isEvent("x-client-y")));
        }
    }

    @Test
    void dataArrivesAsItWasSent_andAnEventWithoutAnyIsRefused() {
        String channel = Names.fresh("private-room-");
        try (Wire ann = Wire.connect(gateway.port(), TestApp.ACME);
                Wire bob = Wire.connect(gateway.port(), TestApp.ACME)) {
            for (Wire wire : List.of(ann, bob)) {
                wire.subscribe(TestApp.ACME, channel);
                wire.awaitSubscribed(channel);
            }
            ann.send("client-object", channel, Map.of("a", List.of(1, 2)));
            assertEquals(
                    Json.parse("{\"a\":[1,2]}"), bob.awaitEvent("client-object").path("data"));
            ann.send("{\"event\":\"client-bare\",\"channel\":\"" + channel + "\"}");
            ann.awaitEvent("pusher:error");
            ann.send("client-text", channel, "as it is");
            assertEquals("as it is", bob.awaitEvent("client-text").path("data").asText());
            assertEquals(List.of(), bob.frames().all(Wire.isEvent("client-bare")));
        }
    }

    /** The gateway counts in seconds of its own clock, and nobody tells when one ends. */
    private static void awaitNextSecond(long beganNanos) {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(1_500) - (System.nanoTime() - beganNanos);
        CompletableFuture.runAsync(
                        () -> {}, CompletableFuture.delayedExecutor(Math.max(0, leftNanos), TimeUnit.NANOSECONDS))
                .join();
    }

    private JavaClient connect(TestApp app, String userId) {
        return JavaClient.of(gateway.port(), app, userId).connect();
    }
}
