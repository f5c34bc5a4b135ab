package dev.heliograph.pusherclients;

import com.fasterxml.jackson.databind.JsonNode;
import com.pusher.rest.data.PresenceUser;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that hides nothing: what a proper client would not send, and every frame as it came. It answers pings and closes. A frame of Pusher's protocol without
 * {@code data} ends it, since Pusher's Java client fails on one. Any thread.
 */
final class Wire implements AutoCloseable {
    /** The connection ended without a Close frame. */
    static final int NO_CLOSE_FRAME = 1006;

    private static final int TIMEOUT_MS = 20_000;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private final boolean pusher;
    private final Seen<JsonNode> frames = new Seen<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final Consumer<JsonNode> listener;

    private Wire(int port, String target, String headers, boolean pusher, Consumer<JsonNode> listener) {
        this.pusher = pusher;
        this.listener = listener;
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = socket.getOutputStream();
            upgrade(target, headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("wire").start(this::read);
    }

    /** A client of Pusher's protocol 7 that has not read anything yet. */
    static Wire open(int port, TestApp app) {
        return open(port, "/app/" + app.key() + "?protocol=7&client=test&version=1.0.0", _ -> {});
    }

    static Wire open(int port, String target, Consumer<JsonNode> listener) {
        return new Wire(port, target, "", true, listener);
    }

    /** One that is connected. */
    static Wire connect(int port, TestApp app) {
        Wire wire = open(port, app);
        wire.awaitConnected();
        return wire;
    }

    /** A client of the gateway's own protocol. */
    static Wire connectNative(int port, String token, Consumer<JsonNode> listener) {
        Wire wire = new Wire(port, "/ws", "Authorization: Bearer " + token + "\r\n", false, listener);
        wire.await("connected", frame -> frame.path("type").asText().equals("connected"));
        return wire;
    }

    /** The socket's id. */
    String awaitConnected() {
        return socketIdOf(await("connection_established", isEvent("pusher:connection_established")));
    }

    private static String socketIdOf(JsonNode established) {
        return Json.unwrap(established.path("data")).path("socket_id").asText();
    }

    String socketId() {
        return socketIdOf(frames.all().getFirst());
    }

    void send(String text) {
        sendFrame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    void send(String event, @Nullable String channel, Object data) {
        var frame = new LinkedHashMap<String, Object>();
        frame.put("event", event);
        if (channel != null) {
            frame.put("channel", channel);
        }
        frame.put("data", data);
        send(Json.text(frame));
    }

    void subscribe(String channel) {
        send("pusher:subscribe", null, Map.of("channel", channel));
    }

    /** With the app's signature. */
    void subscribe(TestApp app, String channel) {
        sendSubscribe(channel, Json.parse(app.authorize(socketId(), channel)));
    }

    /** With the app's signature, as a member. */
    void subscribe(TestApp app, String channel, PresenceUser user) {
        sendSubscribe(channel, Json.parse(app.authorize(socketId(), channel, user)));
    }

    private void sendSubscribe(String channel, JsonNode auth) {
        var data = new LinkedHashMap<String, String>();
        data.put("channel", channel);
        data.put("auth", auth.path("auth").asText());
        if (auth.has("channel_data")) {
            data.put("channel_data", auth.path("channel_data").asText());
        }
        send("pusher:subscribe", null, data);
    }

    JsonNode awaitSubscribed(String channel) {
        return await(
                "subscription_succeeded of " + channel, isEvent("pusher_internal:subscription_succeeded", channel));
    }

    void signIn(TestApp app, String userId) {
        send("pusher:signin", null, Json.parse(app.authenticate(socketId(), TestApp.userData(userId))));
    }

    void unsubscribe(String channel) {
        send("pusher:unsubscribe", null, Map.of("channel", channel));
    }

    JsonNode awaitEvent(String event) {
        return await(event, isEvent(event));
    }

    JsonNode await(String what, Predicate<JsonNode> fits) {
        return frames.await(what, fits);
    }

    Seen<JsonNode> frames() {
        return frames;
    }

    /** Returns when all that was sent before has been answered. */
    void roundTrip() {
        send("pusher:ping", null, Map.of());
        awaitEvent("pusher:pong");
    }

    static Predicate<JsonNode> isEvent(String event) {
        return frame -> frame.path("event").asText().equals(event);
    }

    static Predicate<JsonNode> isEvent(String event, String channel) {
        return isEvent(event).and(frame -> frame.path("channel").asText().equals(channel));
    }

    /** The code of the gateway's Close frame; or {@link #NO_CLOSE_FRAME}. */
    int awaitClose() {
        try {
            return closed.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError("not closed within " + TIMEOUT_MS + " ms; came: " + frames.all(), e);
        }
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** Closes as a client that says why, and waits for the reply. */
    int closeWith(int code) {
        sendFrame(CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
        return awaitClose();
    }

    /** Ends the connection by a TCP reset. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void sendFrame(int opcode, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.putInt(0).put(payload); // a mask of zeros changes nothing
        try {
            out.write(frame.array(), 0, frame.position());
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        int code = NO_CLOSE_FRAME;
        try {
            while (true) {
                int opcode = in.readUnsignedByte() & 0x0f;
                byte[] payload = in.readNBytes((int) readLength());
                switch (opcode) {
                    case TEXT -> onText(new String(payload, StandardCharsets.UTF_8));
                    case PING -> sendFrame(PONG, payload);
                    case CLOSE -> {
                        code = payload.length < 2
                                ? 1005
                                : ByteBuffer.wrap(payload).getShort() & 0xffff;
                        sendFrame(CLOSE, payload);
                    }
                    default -> {}
                }
            }
        } catch (EOFException e) {
            closed.complete(code);
        } catch (IOException | UncheckedIOException e) {
            closed.complete(code);
        } catch (AssertionError e) {
            closed.completeExceptionally(e);
        }
    }

    private long readLength() throws IOException {
        int length = in.readUnsignedByte();
        return switch (length) {
            case 126 -> in.readUnsignedShort();
            case 127 -> in.readLong();
            default -> length;
        };
    }

    private void onText(String text) {
        JsonNode frame = Json.parse(text);
        if (pusher && !frame.has("data")) {
            throw new AssertionError("a frame without data: " + text);
        }
        frames.add(frame);
        listener.accept(frame);
    }

    private void upgrade(String target, String headers) throws IOException {
        String request = "GET " + target
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + headers + "\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new IOException("the upgrade was answered with " + head);
        }
    }
}
