package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection in Pusher's protocol that is strict: its first message is connection_established, and every message has data. One thread. */
final class PusherClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final WsClient socket;
    final SocketId id;
    private final TestApp app;

    private PusherClient(WsClient socket, SocketId id, TestApp app) {
        this.socket = socket;
        this.id = id;
        this.app = app;
    }

    static PusherClient connect(TestGateway gateway, TestApp app) throws IOException {
        return connect(gateway, app, 7);
    }

    static PusherClient connect(TestGateway gateway, TestApp app, int protocol) throws IOException {
        WsClient socket = WsClient.open(gateway, "/app/" + app.key.key() + "?protocol=" + protocol + "&client=test");
        JsonNode first = socket.read();
        assertEquals("pusher:connection_established", first.path("event").asText());
        JsonNode data = JSON.readTree(first.path("data").asText());
        assertEquals(120, data.path("activity_timeout").asInt());
        SocketId id =
                Objects.requireNonNull(SocketId.parse(data.path("socket_id").asText()));
        return new PusherClient(socket, id, app);
    }

    PusherClient say(String event, JsonNode data) throws IOException {
        socket.send(
                JSON.createObjectNode().put("event", event).set("data", data).toString());
        return this;
    }

    /** Asks to subscribe, with the signature of the app where one is needed. */
    PusherClient ask(String channel, @Nullable String channelData) throws IOException {
        var data = JSON.createObjectNode().put("channel", channel);
        if (channel.startsWith("private-") || channel.startsWith("presence-")) {
            data.put("auth", app.auth(id, channel, channelData));
        }
        if (channelData != null) {
            data.put("channel_data", channelData);
        }
        return say("pusher:subscribe", data);
    }

    /** Subscribes; returns the data of the answer. */
    JsonNode subscribe(String channel) throws IOException {
        return ask(channel, null).expect("pusher_internal:subscription_succeeded", channel);
    }

    /** Subscribes to a presence channel; returns {@code {ids, hash, count}}. */
    JsonNode join(String channel, String channelData) throws IOException {
        return ask(channel, channelData)
                .expect("pusher_internal:subscription_succeeded", channel)
                .path("presence");
    }

    PusherClient unsubscribe(String channel) throws IOException {
        return say("pusher:unsubscribe", JSON.createObjectNode().put("channel", channel));
    }

    PusherClient signIn(String userData) throws IOException {
        say(
                "pusher:signin",
                JSON.createObjectNode().put("auth", app.userAuth(id, userData)).put("user_data", userData));
        return this;
    }

    /** The next message is that one; returns its data, a string read as JSON. */
    JsonNode expect(String event, @Nullable String channel) throws IOException {
        JsonNode got = next();
        assertEquals(event, got.path("event").asText(), got::toString);
        assertEquals(channel == null ? "" : channel, got.path("channel").asText(), got::toString);
        JsonNode data = got.path("data");
        return data.isTextual() ? JSON.readTree(data.asText()) : data;
    }

    JsonNode next() throws IOException {
        JsonNode got = socket.read();
        assertEquals(true, got.has("data"), () -> "without data: " + got);
        return got;
    }

    /** Nothing waits: the next message is the answer to a ping. */
    PusherClient expectNothing() throws IOException {
        say("pusher:ping", JSON.createObjectNode());
        assertEquals("pusher:pong", next().path("event").asText());
        return this;
    }

    Transcript transcript() {
        return new Transcript(socket);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
