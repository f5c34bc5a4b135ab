package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.Pusher;
import com.pusher.rest.data.PresenceUser;
import com.pusher.rest.data.Result.Status;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two apps on one gateway, with the same channels and the same users: nothing crosses. */
@ExtendWith(OneGateway.class)
final class TenancyTest {
    private final PackagedGateway gateway;
    private final Pusher acme;
    private final Pusher plain;

    TenancyTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.acme = TestApp.ACME.server(gateway.port());
        this.plain = TestApp.PLAIN.server(gateway.port());
    }

    @Test
    void events_members_andUsers_stayInTheirApp() {
        String open = Names.fresh("open-");
        String room = Names.fresh("presence-room-");
        String cache = Names.fresh("cache-");
        try (Wire ours = joined(TestApp.ACME, open, room, "ann");
                Wire theirs = joined(TestApp.PLAIN, open, room, "ann")) {
            Api.publish(acme, open, "ours");
            Api.publish(acme, room, "ours");
            Api.publish(acme, cache, "ours");
            ours.send("client-ours", room, Map.of());
            Api.body(acme.post(
                    "/events", Json.text(Map.of("name", "ours", "channel", "#server-to-user-ann", "data", "{}"))));
            Wire bob = joined(TestApp.ACME, open, room, "bob");
            ours.await("bob", Wire.isEvent("pusher_internal:member_added", room));
            bob.close();
            assertEquals(Set.of("ann"), Api.users(plain, room));
            Api.body(acme.post("/users/ann/terminate_connections", "{}"));
            assertEquals(4009, ours.awaitClose());

            theirs.subscribe(cache);
            theirs.await("cache_miss", Wire.isEvent("pusher:cache_miss", cache));
            Api.publish(plain, open, "fence");
            Api.publish(plain, room, "fence");
            theirs.await("fence", Wire.isEvent("fence", open));
            theirs.await("fence", Wire.isEvent("fence", room));
            theirs.roundTrip();
            Predicate<JsonNode> crossed = Wire.isEvent("ours")
                    .or(Wire.isEvent("client-ours"))
                    .or(Wire.isEvent("pusher_internal:member_added"))
                    .or(Wire.isEvent("pusher_internal:member_removed"));
            assertEquals(List.of(), theirs.frames().all(crossed));
        }
    }

    @Test
    void signatureOfAnotherApp_letsNobodyIn() {
        String channel = Names.fresh("private-");
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.subscribe(TestApp.PLAIN, channel);
            wire.awaitEvent("pusher:subscription_error");
            wire.signIn(TestApp.PLAIN, "ann");
            wire.awaitEvent("pusher:error");
            Api.publish(acme, channel, "secret");
            wire.roundTrip();
            assertEquals(List.of(), wire.frames().all(Wire.isEvent("secret")));
        }
    }

    @Test
    void keyOfOneApp_doesNotOpenAnothersApi() {
        TestApp theirs = TestApp.PLAIN;
        Pusher crossed = TestApp.server(gateway.port(), TestApp.ACME.id(), theirs.key(), theirs.secret());
        Api.assertRefused(401, Status.AUTHENTICATION_ERROR, crossed.trigger("a", "b", "c"));
        Api.assertRefused(401, Status.AUTHENTICATION_ERROR, crossed.get("/channels"));
    }

    @Test
    void socketIdOfAnotherApp_excludesNobody() {
        String channel = Names.fresh("open-");
        try (Wire ours = Wire.connect(gateway.port(), TestApp.ACME);
                Wire theirs = Wire.connect(gateway.port(), TestApp.PLAIN)) {
            theirs.subscribe(channel);
            theirs.awaitSubscribed(channel);
            Api.body(plain.trigger(channel, "for-all", "x", ours.socketId()));
            theirs.awaitEvent("for-all");
        }
    }

    private Wire joined(TestApp app, String open, String room, String user) {
        Wire wire = Wire.connect(gateway.port(), app);
        wire.signIn(app, user);
        wire.awaitEvent("pusher:signin_success");
        wire.subscribe(open);
        wire.awaitSubscribed(open);
        wire.subscribe(app, room, new PresenceUser(user));
        wire.awaitSubscribed(room);
        return wire;
    }
}
