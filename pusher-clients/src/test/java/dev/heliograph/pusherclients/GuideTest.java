package dev.heliograph.pusherclients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pusher.client.Pusher;
import com.pusher.client.PusherOptions;
import com.pusher.client.channel.PresenceChannelEventListener;
import com.pusher.client.channel.PusherEvent;
import com.pusher.client.channel.User;
import com.pusher.client.connection.ConnectionState;
import com.pusher.client.util.HttpChannelAuthorizer;
import com.pusher.client.util.HttpUserAuthenticator;
import com.pusher.rest.data.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide tells Java programmers to write, as it stands there: the code between the marks is in the guide, letter for letter. */
@ExtendWith(OneGateway.class)
final class GuideTest {
    private static final Path GUIDE = Path.of("../docs/PUSHER.md");
    private static final Pattern SNIPPET = Pattern.compile("// guide: begin\\s*\\n(.*?)// guide: end", Pattern.DOTALL);

    private final PackagedGateway gateway;

    GuideTest(PackagedGateway gateway) {
        this.gateway = gateway;
    }

    @Test
    void clientAndServer_asTheGuideHasThem_talkToEachOther() {
        Seen<String> seen = new Seen<>();
        Listener listener = new Listener(seen);
        String host = "127.0.0.1";
        int port = gateway.port();
        String token = gateway.token("ann", "subscribe:presence-*");

        // guide: begin
        HttpChannelAuthorizer authorizer = new HttpChannelAuthorizer("http://" + host + ":" + port + "/pusher/auth");
        authorizer.setHeaders(Map.of("Authorization", "Bearer " + token));
        HttpUserAuthenticator authenticator =
                new HttpUserAuthenticator("http://" + host + ":" + port + "/pusher/user-auth");
        authenticator.setHeaders(Map.of("Authorization", "Bearer " + token));

        PusherOptions options = new PusherOptions()
                .setHost(host)
                .setWsPort(port)
                .setUseTLS(false) // with TLS: setWssPort(port)
                .setMaxReconnectionAttempts(Integer.MAX_VALUE) // else it gives up after 85 seconds
                .setChannelAuthorizer(authorizer)
                .setUserAuthenticator(authenticator);
        Pusher pusher = new Pusher("acme-key", options);
        pusher.connect();
        pusher.signin();
        pusher.subscribePresence("presence-lobby", listener, "greeting");
        // guide: end

        seen.await("the subscription", "subscribed"::equals);
        assertEquals("ann", pusher.getPresenceChannel("presence-lobby").getMe().getId());
        Eventually.equal("ann", () -> pusher.user().userId(), "user");

        // guide: begin
        com.pusher.rest.Pusher server = new com.pusher.rest.Pusher("1", "acme-key", secret());
        server.setHost(host + ":" + port);
        server.setEncrypted(false); // with TLS: true
        Result result = server.trigger("presence-lobby", "greeting", Map.of("text", "hello"));
        // guide: end

        assertEquals(Result.Status.SUCCESS, result.getStatus(), result.getMessage());
        seen.await("the event", "greeting {\"text\":\"hello\"}"::equals);
        assertEquals(ConnectionState.CONNECTED, pusher.getConnection().getState());
        pusher.disconnect();
    }

    @Test
    void gatewaysOwnAuth_refusesWhatTheTokenDoesNotGrant_andTheClientIsTold() {
        Seen<String> seen = new Seen<>();
        HttpChannelAuthorizer authorizer =
                new HttpChannelAuthorizer("http://127.0.0.1:" + gateway.port() + "/pusher/auth");
        authorizer.setHeaders(Map.of("Authorization", "Bearer " + gateway.token("ann", "subscribe:private-*")));
        Pusher pusher =
                new Pusher("acme-key", JavaClient.options(gateway.port()).setChannelAuthorizer(authorizer));
        pusher.connect();
        pusher.subscribePresence("presence-lobby", new Listener(seen));
        seen.await("the refusal", one -> one.startsWith("refused"));
        pusher.subscribePrivate("private-orders", new Listener(seen));
        seen.await("the subscription", "subscribed"::equals);
        pusher.disconnect();
    }

    @Test
    void snippets_standInTheGuide() throws IOException {
        String guide = Files.readString(GUIDE);
        String source = Files.readString(Path.of("src/test/java/dev/heliograph/pusherclients/GuideTest.java"));
        List<String> snippets = new ArrayList<>(SNIPPET.matcher(source)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList());
        assertEquals(2, snippets.size());
        for (String snippet : snippets) {
            assertTrue(
                    guide.contains(snippet.stripIndent().strip()),
                    "the guide lacks:\n" + snippet.stripIndent().strip());
        }
    }

    private static String secret() {
        return TestApp.ACME.secret();
    }

    private record Listener(Seen<String> seen) implements PresenceChannelEventListener {
        @Override
        public void onSubscriptionSucceeded(String channel) {
            seen.add("subscribed");
        }

        @Override
        public void onEvent(PusherEvent event) {
            seen.add(event.getEventName() + " " + event.getData());
        }

        @Override
        public void onAuthenticationFailure(String message, Exception e) {
            seen.add("refused: " + message + " " + e);
        }

        @Override
        public void onUsersInformationReceived(String channel, Set<User> users) {}

        @Override
        public void userSubscribed(String channel, User user) {}

        @Override
        public void userUnsubscribed(String channel, User user) {}
    }
}
