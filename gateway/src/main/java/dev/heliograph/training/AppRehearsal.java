package dev.heliograph.training;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The same for Pusher's protocol: two clients say all there is to say, and an app's server publishes to some and to many. One thread, once. */
final class AppRehearsal {
    private static final int SUBSCRIBERS = 200;
    private static final int FEW = 5;
    private static final int TO_MANY = 400;
    private static final int TO_FEW = 4_000;
    private static final int BATCHES = 100;
    private static final long ACT_NANOS = 2_000_000_000L;
    private static final Pattern SOCKET_ID = Pattern.compile("socket_id\\\\\":\\\\\"(\\d+\\.\\d+)");

    private final Venue venue;
    private final Venue.App app;
    private final LongSupplier nanoTime;
    private final String door;

    AppRehearsal(Venue venue, LongSupplier nanoTime) {
        this.venue = venue;
        this.app = venue.app();
        this.nanoTime = nanoTime;
        this.door = "/app/" + app.key() + "?protocol=7&client=js&version=8.6.0";
    }

    /** Returns how many deliveries subscribers got. */
    long run() throws IOException {
        converse();
        return publish("rehearsal-many", SUBSCRIBERS, TO_MANY) + publish("rehearsal-few", FEW, TO_FEW);
    }

    private void converse() throws IOException {
        try (WebSocketPeer one = HttpPeer.connect(venue.clients()).upgrade(door);
                WebSocketPeer two = HttpPeer.connect(venue.clients()).upgrade(door)) {
            String first = socketId(one);
            String second = socketId(two);
            one.send(joining(first, "u-1"));
            one.awaitPart("subscription_succeeded");
            two.send(joining(second, "u-2"));
            one.awaitPart("member_added");
            two.awaitPart("subscription_succeeded");
            one.send("{\"event\":\"client-typing\",\"channel\":\"presence-rehearsal\",\"data\":{\"n\":1}}");
            two.awaitPart("client-typing");
            two.send("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"presence-rehearsal\"}}");
            one.awaitPart("member_removed");
            String user = "{\\\"id\\\":\\\"u-1\\\",\\\"watchlist\\\":[\\\"u-2\\\"]}";
            one.send("{\"event\":\"pusher:signin\",\"data\":{\"auth\":\""
                    + auth(first + "::user::" + user.replace("\\", "")) + "\",\"user_data\":\"" + user + "\"}}");
            one.awaitPart("signin_success");
            one.send("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-cache-rehearsal\",\"auth\":\""
                    + auth(first + ":private-cache-rehearsal") + "\"}}");
            one.awaitPart("cache_miss");
            one.send("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"private-refused\"}}");
            one.awaitPart("subscription_error");
            one.send("{\"event\":\"pusher:ping\",\"data\":{}}");
            one.awaitPart("pusher:pong");
            one.leave();
        }
    }

    private static String socketId(WebSocketPeer client) throws IOException {
        Matcher id = SOCKET_ID.matcher(client.awaitPart("connection_established"));
        if (!id.find()) {
            throw new IOException("a greeting without a socket id");
        }
        return id.group(1);
    }

    private String joining(String socketId, String user) {
        String data = "{\"user_id\":\"" + user + "\",\"user_info\":{\"name\":\"Someone\"}}";
        return "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"presence-rehearsal\",\"auth\":\""
                + auth(socketId + ":presence-rehearsal:" + data) + "\",\"channel_data\":\"" + data.replace("\"", "\\\"")
                + "\"}}";
    }

    private String auth(String toSign) {
        return app.key() + ":" + Signature.ofPusher(toSign, app.secret());
    }

    /** Singly, and now and then in batches; the channel is asked for in between. */
    private long publish(String channel, int subscribers, int publications) throws IOException {
        String subscribe = "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"" + channel + "\"}}";
        String event = "{\"name\":\"moved\",\"channel\":\"" + channel + "\",\"data\":\"{\\\"n\\\":1,\\\"text\\\":\\\""
                + "x".repeat(100) + "\\\"}\"}";
        String batch = "{\"batch\":[" + event + "," + event + "]}";
        try (HttpPeer server = HttpPeer.connect(venue.clients());
                Audience audience = new Audience(
                        venue.clients(),
                        door,
                        "Origin: http://localhost",
                        subscribers,
                        subscribe,
                        "\"pusher_internal:subscription_succeeded\"")) {
            long end = nanoTime.getAsLong() + ACT_NANOS;
            for (int i = 0; i < publications && nanoTime.getAsLong() - end < 0; i++) {
                ask(server, "POST", "/events", event);
                if (i % (publications / BATCHES + 1) == 0) {
                    ask(server, "POST", "/batch_events", batch);
                    ask(server, "GET", "/channels/" + channel, "");
                    audience.receive(2);
                }
                audience.receive(1);
            }
            return audience.deliveries();
        }
    }

    private void ask(HttpPeer server, String method, String path, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String whole = "/apps/" + app.id() + path;
        String query = "auth_key=" + app.key() + "&auth_timestamp=" + System.currentTimeMillis() / 1_000
                + "&auth_version=1.0" + (bytes.length == 0 ? "" : "&body_md5=" + md5(bytes));
        String signature = Signature.ofPusher(method + "\n" + whole + "\n" + query, app.secret());
        HttpPeer.Answer answer = server.ask(
                method, whole + "?" + query + "&auth_signature=" + signature, bytes, "Content-Type: application/json");
        if (answer.status() != 200) {
            throw new IOException("expected 200, got " + answer.head().strip() + "\n" + answer.body());
        }
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
