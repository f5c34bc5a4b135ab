package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pusher.client.connection.ConnectionState;
import com.pusher.rest.Pusher;
import com.pusher.rest.SignatureUtil;
import com.pusher.rest.data.Result;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Users sign in, are sent events, and are disconnected. */
@ExtendWith(OneGateway.class)
final class SigninTest {
    private final PackagedGateway gateway;
    private final Pusher server;

    SigninTest(PackagedGateway gateway) {
        this.gateway = gateway;
        this.server = TestApp.ACME.server(gateway.port());
    }

    @Test
    void signedInClient_getsWhatIsSentToItsUser_onEveryConnection() {
        String user = Names.fresh("u");
        Seen<String> first = new Seen<>();
        Seen<String> second = new Seen<>();
        try (JavaClient one = signedIn(gateway.port(), user, first);
                JavaClient two = signedIn(gateway.port(), user, second)) {
            sendToUser(user, "invoice");
            first.await("the event", "invoice"::equals);
            second.await("the event", "invoice"::equals);
            assertEquals(user, one.pusher().user().userId());
            assertEquals(user, two.pusher().user().userId());
        }
    }

    @Test
    void afterAReconnect_signsInAgain_andEventsFlowAgain() {
        String user = Names.fresh("u");
        String channel = Names.fresh("private-");
        Seen<String> events = new Seen<>();
        try (Forwarder network = new Forwarder(gateway.port());
                JavaClient client = signedIn(network.port(), user, events)) {
            client.subscribe(channel);
            network.reset();
            client.awaitState(ConnectionState.CONNECTED);
            client.awaitSubscribed(channel);
            Eventually.equal(true, () -> reaches(user, "after", events), "whether the user is reached");
            Api.publish(server, channel, "flows");
            client.awaitEvent(channel, "flows");
        }
    }

    @Test
    void usersChannel_isClosedToEveryoneElse_howeverTheyAsk() {
        String user = Names.fresh("u");
        String channel = "#server-to-user-" + user;
        try (Wire owner = Wire.connect(gateway.port(), TestApp.ACME);
                Wire stranger = Wire.connect(gateway.port(), TestApp.ACME);
                Wire other = Wire.connect(gateway.port(), TestApp.ACME)) {
            owner.signIn(TestApp.ACME, user);
            owner.awaitEvent("pusher:signin_success");
            other.signIn(TestApp.ACME, Names.fresh("u"));
            other.awaitEvent("pusher:signin_success");
            for (Wire wire : List.of(stranger, other)) {
                wire.subscribe(channel);
                wire.awaitEvent("pusher:subscription_error");
                wire.send(
                        "pusher:subscribe",
                        null,
                        Map.of("channel", channel, "auth", signedAsChannel(wire.socketId(), channel)));
                wire.awaitEvent("pusher:subscription_error");
                wire.send("client-x", channel, Map.of());
                wire.awaitEvent("pusher:error");
            }
            sendToUser(user, "secret");
            assertEquals(channel, owner.awaitEvent("secret").path("channel").asText());
            for (Wire wire : List.of(stranger, other)) {
                wire.roundTrip();
                assertEquals(List.of(), wire.frames().all(Wire.isEvent("secret")));
            }
        }
    }

    @Test
    void eventsToAUser_comeOnce_whetherItSubscribesOrUnsubscribes() {
        String user = Names.fresh("u");
        String channel = "#server-to-user-" + user;
        try (Wire owner = Wire.connect(gateway.port(), TestApp.ACME)) {
            owner.signIn(TestApp.ACME, user);
            owner.awaitEvent("pusher:signin_success");
            sendToUser(user, "before");
            owner.awaitEvent("before");
            owner.subscribe(channel);
            owner.awaitSubscribed(channel);
            sendToUser(user, "while");
            owner.awaitEvent("while");
            owner.unsubscribe(channel);
            sendToUser(user, "after");
            owner.awaitEvent("after");
            for (String event : List.of("before", "while", "after")) {
                assertEquals(1, owner.frames().all(Wire.isEvent(event)).size(), event);
            }
        }
    }

    @Test
    void signinAsAnotherUser_orWithAWrongSignature_isRefused_andTheConnectionStays() {
        String user = Names.fresh("u");
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            wire.send("pusher:signin", null, Map.of("auth", "acme-key:00", "user_data", TestApp.userData(user)));
            wire.awaitEvent("pusher:error");
            wire.signIn(TestApp.ACME, user);
            wire.awaitEvent("pusher:signin_success");
            wire.signIn(TestApp.ACME, Names.fresh("u"));
            wire.awaitEvent("pusher:error");
            sendToUser(user, "still");
            wire.awaitEvent("still");
        }
    }

    @Test
    void signature_forAChannel_isNoneForASignin_norTheOtherWayRound() {
        try (Wire wire = Wire.connect(gateway.port(), TestApp.ACME)) {
            String userData = TestApp.userData("x");
            wire.subscribe(":user::" + userData); // what would be signed for it is what is signed for a sign-in
            assertTrue(wire.await(
                            "a refusal", frame -> frame.path("event").asText().endsWith("error"))
                    .has("data"));
            wire.roundTrip();
        }
    }

    @Test
    void terminate_disconnectsTheUsersConnections_onlyThose_andTheyDoNotComeBackByThemselves() {
        String user = Names.fresh("u");
        String channel = Names.fresh("presence-room-");
        Seen<String> events = new Seen<>();
        try (JavaClient signedIn = signedIn(gateway.port(), user, events);
                JavaClient member =
                        JavaClient.of(gateway.port(), TestApp.ACME, user).connect()) {
            member.subscribe(channel);
            Result result = server.post("/users/" + user + "/terminate_connections", "{}");
            assertEquals("{}", Api.body(result).toString());
            signedIn.await("the error before", one -> one.kind() == JavaClient.Kind.ERROR && "4009".equals(one.data()));
            signedIn.awaitState(ConnectionState.DISCONNECTED);
            Api.publish(server, channel, "still");
            member.awaitEvent(channel, "still");
            assertEquals(List.of(), signedIn.told().all(one -> one.name().equals("RECONNECTING")));

            signedIn.pusher().connect();
            signedIn.awaitState(ConnectionState.CONNECTED);
        }
    }

    private JavaClient signedIn(int port, String user, Seen<String> events) {
        JavaClient client = JavaClient.of(port, TestApp.ACME, user).connect();
        client.pusher().user().bindGlobal(event -> events.add(event.getEventName()));
        client.pusher().signin();
        Eventually.equal(user, () -> client.pusher().user().userId(), "user");
        return client;
    }

    private static String signedAsChannel(String socketId, String channel) {
        return TestApp.ACME.key() + ":" + SignatureUtil.sign(socketId + ":" + channel, TestApp.ACME.secret());
    }

    private void sendToUser(String user, String event) {
        Api.body(server.post(
                "/events",
                Json.text(Map.of(
                        "name",
                        event,
                        "channel",
                        "#server-to-user-" + user,
                        "data",
                        "{}")))); // the SDK's trigger takes no #
    }

    private boolean reaches(String user, String event, Seen<String> events) {
        sendToUser(user, event);
        return events.all().contains(event);
    }
}
