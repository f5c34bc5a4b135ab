package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pusher.rest.Pusher;
import com.pusher.rest.data.PresenceUser;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever goes, in whatever way, leaves nothing behind. */
@ExtendWith(OneGateway.class)
final class LeavingTest {
    private final PackagedGateway gateway;
    private final Pusher server;

    LeavingTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    /** Soketi forgets to end the memberships of a client that closes with 4200. */
    @Test
    void clientThatCloses_isNoMemberAnyMore_whateverItSays() {
        String room = Names.fresh("presence-room-");
        List<Integer> codes = List.of(1000, 1001, 4000, 4200, 4999);
        try (Wire stays = member(room, "stays")) {
            for (int code : codes) {
                try (Wire goes = member(room, "with-" + code)) {
                    assertEquals(code, goes.closeWith(code));
                }
            }
            for (int code : codes) {
                stays.await(
                        "removal of with-" + code,
                        Wire.isEvent("pusher_internal:member_removed")
                                .and(frame -> Json.unwrap(frame.path("data"))
                                        .path("user_id")
                                        .asText()
                                        .equals("with-" + code)));
            }
            assertEquals(Set.of("stays"), Api.users(server, room));
        }
        Eventually.equal(false, () -> occupied(room), "occupied");
    }

    @Test
    void clientWhoseConnectionIsReset_isRemovedOnce_andOneThatComesBackAtOnceIsNot() {
        String room = Names.fresh("presence-room-");
        try (Wire stays = member(room, "stays")) {
            Wire goes = member(room, "goes");
            Wire returns = member(room, "returns");
            goes.reset();
            returns.reset();
            try (Wire back = member(room, "returns")) {
                var removed = stays.awaitEvent("pusher_internal:member_removed");
                assertEquals(
                        "goes",
                        Json.unwrap(removed.path("data")).path("user_id").asText());
                back.roundTrip();
                stays.roundTrip();
                assertEquals(
                        1,
                        stays.frames()
                                .all(Wire.isEvent("pusher_internal:member_removed"))
                                .size());
                assertEquals(
                        2,
                        stays.frames()
                                .all(Wire.isEvent("pusher_internal:member_added"))
                                .size());
                assertEquals(Set.of("returns", "stays"), Api.users(server, room));
            }
        }
    }

    @Test
    void existingSubscription_isRefusedOnceMore_andCountsOnce() {
        String room = Names.fresh("presence-room-");
        try (Wire stays = member(room, "stays");
                Wire twice = member(room, "twice")) {
            twice.subscribe(TestApp.ACME, room, new PresenceUser("twice"));
            twice.awaitEvent("pusher:error");
            twice.unsubscribe(room);
            stays.awaitEvent("pusher_internal:member_removed");
            assertEquals(Set.of("stays"), Api.users(server, room));
            assertEquals(List.of(), twice.frames().all(Wire.isEvent("pusher_internal:member_removed")));
        }
    }

    private Wire member(String room, String user) {
        Wire wire = Wire.connect(gateway.port(), TestApp.ACME);
        wire.subscribe(TestApp.ACME, room, new PresenceUser(user));
        wire.awaitSubscribed(room);
        return wire;
    }

    private boolean occupied(String room) {
        return Api.body(server.get("/channels/" + room)).path("occupied").asBoolean();
    }
}
