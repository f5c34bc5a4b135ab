package dev.heliograph.dazzle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that behaves as Dazzle's does in a browser, quirks included: it puts its token behind the URL with a question mark, comes back to the URL alone and
 * subscribes to nothing again, drops every frame whose request it remembers, calls back for {@code entity:…} and {@code presence:…} only, and comes back even after
 * it has said goodbye. Its page has one thread; what it waits is much shorter.
 */
final class DazzleClient implements AutoCloseable {
    static final int MAX_RECONNECT_ATTEMPTS = 10;
    private static final long RECONNECT_INTERVAL_MS = 1;
    private static final long HEARTBEAT_INTERVAL_MS = 250;
    private static final long GIVE_UP_SECONDS = 20;
    private static final int ABNORMAL = 1006;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ScheduledExecutorService page = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("page").factory());
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, List<Consumer<JsonNode>>> listeners = new HashMap<>();
    private final Map<String, List<Consumer<JsonNode>>> subscriptions = new HashMap<>();
    private final Map<String, CompletableFuture<JsonNode>> pendingRequests = new HashMap<>();
    private final List<Integer> refusals = new ArrayList<>();
    private String url;
    private @Nullable WebSocket ws;
    private @Nullable Socket socket;
    private @Nullable Future<?> heartbeat;
    private boolean connected;
    private boolean deaf;
    private boolean reconnects = true;
    private int reconnectAttempts;
    private int requests;

    DazzleClient(String url) {
        this.url = url;
    }

    /** Runs it on the page's thread. */
    <T> T onPage(Callable<T> task) {
        try {
            return page.submit(task).get(GIVE_UP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("on the page", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("on the page", e);
        }
    }

    private void onPage(Runnable task) {
        if (!page.isShutdown()) {
            page.execute(task);
        }
    }

    /** What the application sets when it is told the key of its session. */
    void setUrl(String url) {
        this.url = url;
    }

    CompletableFuture<Void> connect(@Nullable String token) {
        var done = new CompletableFuture<Void>();
        onPage(() -> open(token, done));
        return done;
    }

    private void open(@Nullable String token, CompletableFuture<Void> done) {
        String target = token == null ? url : url + "?token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        var fresh = new Socket(done);
        http.newWebSocketBuilder().buildAsync(URI.create(target), fresh).whenComplete((_, failure) -> {
            if (failure != null) {
                onPage(() -> fresh.failed(failure));
            }
        });
    }

    /** One WebSocket as the browser shows it to the page. */
    private final class Socket implements WebSocket.Listener {
        private final CompletableFuture<Void> done;
        private final StringBuilder text = new StringBuilder();
        private boolean over;

        Socket(CompletableFuture<Void> done) {
            this.done = done;
        }

        @Override
        public void onOpen(WebSocket opened) {
            onPage(() -> {
                ws = opened;
                socket = this;
                deaf = false;
                reconnectAttempts = 0;
                startHeartbeat();
            });
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                onPage(() -> {
                    if (!over && !deaf) {
                        onMessage(parse(whole), done);
                    }
                });
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            onPage(this::closed);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            onPage(this::closed);
        }

        void failed(Throwable failure) {
            Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            refusals.add(
                    cause instanceof WebSocketHandshakeException refused
                            ? refused.getResponse().statusCode()
                            : ABNORMAL);
            done.completeExceptionally(cause);
            closed();
        }

        void closed() {
            if (!over) {
                over = true;
                onDisconnect();
                attemptReconnect();
            }
        }
    }

    private void onMessage(JsonNode message, CompletableFuture<Void> done) {
        handle(message);
        if (message.path("type").asText().equals("connected")) {
            connected = true;
            done.complete(null);
        }
    }

    private void handle(JsonNode message) {
        CompletableFuture<JsonNode> pending =
                pendingRequests.remove(message.path("requestId").asText());
        if (pending != null) {
            pending.complete(message);
            return;
        }
        String type = message.path("type").asText();
        switch (type) {
            case "pong", "subscribed", "unsubscribed" -> {
                /* told by the pending request, or not at all */
            }
            case "entity:created",
                    "entity:updated",
                    "entity:deleted",
                    "presence:join",
                    "presence:leave",
                    "presence:sync" -> {
                subscriptions
                        .getOrDefault(message.path("channel").asText(), List.of())
                        .forEach(callback -> callback.accept(message));
                emit(type, message);
            }
            case "error" -> emit("error", message.path("payload"));
            default -> emit(type, message);
        }
    }

    private void onDisconnect() {
        connected = false;
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        emit("disconnect", JSON.nullNode());
    }

    private void attemptReconnect() {
        if (!reconnects) {
            return;
        }
        if (reconnectAttempts >= MAX_RECONNECT_ATTEMPTS) {
            emit("reconnect_failed", JSON.nullNode());
            return;
        }
        reconnectAttempts++;
        page.schedule(
                () -> {
                    if (!connected) {
                        open(null, new CompletableFuture<>());
                    }
                },
                RECONNECT_INTERVAL_MS << (reconnectAttempts - 1),
                TimeUnit.MILLISECONDS);
    }

    private void startHeartbeat() {
        heartbeat = page.scheduleAtFixedRate(
                () -> send(JSON.createObjectNode().put("type", "ping")),
                HEARTBEAT_INTERVAL_MS,
                HEARTBEAT_INTERVAL_MS,
                TimeUnit.MILLISECONDS);
    }

    private void send(ObjectNode message) {
        if (ws != null && !ws.isOutputClosed()) {
            message.put("timestamp", System.currentTimeMillis());
            ws.sendText(message.toString(), true).join();
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    /** Its answer, which the original's promise does not wait for. */
    CompletableFuture<JsonNode> subscribe(String channel, Consumer<JsonNode> callback) {
        return onPage(() -> {
            subscriptions.computeIfAbsent(channel, _ -> new ArrayList<>()).add(callback);
            return request(JSON.createObjectNode().put("type", "subscribe").put("channel", channel));
        });
    }

    /** That of the last callback of a channel. */
    void unsubscribe(String channel) {
        onPage(() -> {
            subscriptions.remove(channel);
            send(JSON.createObjectNode().put("type", "unsubscribe").put("channel", channel));
            return true;
        });
    }

    CompletableFuture<JsonNode> joinPresence(String resource, String metadata) {
        return onPage(() -> {
            ObjectNode message = JSON.createObjectNode().put("type", "presence:join");
            message.putObject("payload").put("resource", resource).set("metadata", parse(metadata));
            return request(message);
        });
    }

    private CompletableFuture<JsonNode> request(ObjectNode message) {
        var answer = new CompletableFuture<JsonNode>();
        String requestId = "req_" + ++requests;
        pendingRequests.put(requestId, answer);
        send(message.put("requestId", requestId));
        return answer;
    }

    void leavePresence(String resource) {
        onPage(() -> {
            ObjectNode message = JSON.createObjectNode().put("type", "presence:leave");
            message.putObject("payload").put("resource", resource);
            send(message);
            return true;
        });
    }

    void sendHeartbeat() {
        onPage(() -> {
            send(JSON.createObjectNode().put("type", "presence:heartbeat"));
            return true;
        });
    }

    DazzleClient on(String event, Consumer<JsonNode> callback) {
        return onPage(() -> {
            listeners.computeIfAbsent(event, _ -> new ArrayList<>()).add(callback);
            return this;
        });
    }

    private void emit(String event, JsonNode message) {
        listeners.getOrDefault(event, List.of()).forEach(callback -> callback.accept(message));
    }

    /** Says goodbye, and comes back. */
    void disconnect() {
        onPage(() -> {
            if (ws != null) {
                ws.sendClose(WebSocket.NORMAL_CLOSURE, "Client disconnect").join();
            }
            onDisconnect();
            return true;
        });
    }

    /** What is sent to it from now on is lost on the way. */
    void goDeaf() {
        onPage(() -> deaf = true);
    }

    /** The network breaks, and the browser sees that at once. */
    void breakOff() {
        onPage(() -> {
            if (socket != null && ws != null) {
                ws.abort();
                socket.closed();
            }
            return true;
        });
    }

    List<Integer> refusals() {
        return onPage(() -> List.copyOf(refusals));
    }

    int pending() {
        return onPage(pendingRequests::size);
    }

    /** The page is closed. */
    @Override
    public void close() {
        onPage(() -> {
            reconnects = false;
            if (ws != null) {
                ws.abort();
            }
            return true;
        });
        page.shutdownNow();
        http.close();
    }

    /** Who is present, as that client's own manager keeps it. */
    static final class Presence {
        private final DazzleClient client;
        private final Map<String, Map<String, JsonNode>> resources = new HashMap<>();

        Presence(DazzleClient client) {
            this.client = client;
            client.on("presence:join", message -> {
                JsonNode user = message.path("payload");
                of(user.path("resource").asText()).put(user.path("userId").asText(), user);
            });
            client.on(
                    "presence:leave",
                    message -> of(resource(message))
                            .remove(message.at("/payload/userId").asText()));
            client.on("presence:sync", message -> {
                Map<String, JsonNode> users = of(resource(message));
                users.clear();
                message.at("/payload/users")
                        .forEach(user -> users.put(user.path("userId").asText(), user));
            });
        }

        /** Those of resources that it has not joined go nowhere. */
        private Map<String, JsonNode> of(String resource) {
            return resources.getOrDefault(resource, new HashMap<>());
        }

        private static String resource(JsonNode message) {
            return message.path("channel").asText().replace("presence:", "");
        }

        /** Done when the join is answered. */
        CompletableFuture<JsonNode> join(String resource, String metadata) {
            client.onPage(() -> resources.put(resource, new HashMap<>()));
            return client.joinPresence(resource, metadata);
        }

        Map<String, JsonNode> users(String resource) {
            return client.onPage(() -> Map.copyOf(of(resource)));
        }
    }

    /** A list of records that follows what becomes of them, as that client's own keeps one. */
    static final class Records {
        private final DazzleClient client;
        private final Map<String, JsonNode> byId = new LinkedHashMap<>();

        Records(DazzleClient client) {
            this.client = client;
        }

        CompletableFuture<JsonNode> sync(String entity) {
            return client.subscribe("entity:" + entity, message -> {
                JsonNode payload = message.path("payload");
                String id = payload.path("id").asText();
                switch (message.path("type").asText()) {
                    case "entity:created" ->
                        byId.putIfAbsent(payload.at("/data/id").asText("undefined"), payload.path("data"));
                    case "entity:updated" -> byId.computeIfPresent(id, (_, _) -> payload.path("data"));
                    case "entity:deleted" -> byId.remove(id);
                    default -> throw new AssertionError(message);
                }
            });
        }

        Map<String, JsonNode> all() {
            return client.onPage(() -> Map.copyOf(byId));
        }
    }
}
