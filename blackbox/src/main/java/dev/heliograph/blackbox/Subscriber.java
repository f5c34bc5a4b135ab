package dev.heliograph.blackbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A subscriber of one channel that shares no code with the gateway: the JDK's own WebSocket. Messages wait, in order and
 * without a bound, until a test asks for them. Any one thread.
 */
public final class Subscriber implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ANSWER_SECONDS = 20;

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final Deque<JsonNode> seen = new ConcurrentLinkedDeque<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final WebSocket socket;

    private Subscriber(Demo demo, String token) {
        socket = client.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .subprotocols("heliograph.v1")
                .buildAsync(demo.ws(), new Listener())
                .join();
    }

    /** Connects with the demo's token and subscribes to its channel. */
    public static Subscriber of(Demo demo) {
        Subscriber subscriber = connect(demo, demo.token());
        subscriber.subscribe(demo.channel());
        return subscriber;
    }

    /** Connects only. */
    public static Subscriber connect(Demo demo, String token) {
        Subscriber subscriber = new Subscriber(demo, token);
        subscriber.await("connected");
        return subscriber;
    }

    /** Subscribes and returns the gateway's answer. */
    public JsonNode subscribe(String channel) {
        ObjectNode message = JSON.createObjectNode();
        message.put("type", "subscribe").put("channel", channel).put("requestId", "subscribe " + channel);
        message.putObject("payload");
        send(message.toString());
        return await("subscribed");
    }

    public void send(String text) {
        socket.sendText(text, true).join();
    }

    /** The next message of this type; those before it are passed over. */
    public JsonNode await(String type) {
        return await(
                "a message of type " + type,
                message -> type.equals(message.path("type").asText()));
    }

    /** The next event of this name, as the gateway's envelope. */
    public JsonNode awaitEvent(String eventName) {
        return envelope(await(
                "the event " + eventName,
                message -> eventName.equals(envelope(message).path("event_name").asText())));
    }

    /** The next message that fits; those before it are passed over. */
    public JsonNode await(String what, Predicate<JsonNode> fits) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        try {
            for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
                JsonNode message = messages.poll(left, TimeUnit.NANOSECONDS);
                if (message != null && fits.test(message)) {
                    return message;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError(
                what + " did not come within " + ANSWER_SECONDS + " s; came: " + seen + ", closed: " + closed);
    }

    /** The close code, once the gateway has closed; 1006 where the connection just broke. */
    public int awaitClose() {
        return closed.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
    }

    /** The ingested event inside an {@code event} message; missing in any other message. */
    public static JsonNode envelope(JsonNode message) {
        return message.path("payload").path("data");
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                accept(text.toString());
                text.setLength(0);
            }
            webSocket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.complete(1006);
        }

        private void accept(String message) {
            try {
                JsonNode parsed = JSON.readTree(message);
                seen.add(parsed);
                messages.add(parsed);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("the gateway sent what is not JSON: " + message, e);
            }
        }
    }
}
