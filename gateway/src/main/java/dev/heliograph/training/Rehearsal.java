package dev.heliograph.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * Everything a gateway does on a busy day, in a few seconds: the page and the operator's listener are asked, events come in singly and in batches, a client
 * goes through its whole repertoire, and several hundred subscribers get some thousand publications each. Every act is bounded in count and in time. One
 * thread, once.
 */
public final class Rehearsal {
    private static final int SUBSCRIBERS = 300;
    private static final int FILTERING = 20;
    private static final int WATCHING = 50;
    private static final int ALONE = 500;
    private static final int TOGETHER = 120;
    private static final int IN_FLIGHT = 16;
    private static final int POSTS = 3_000;
    private static final int BATCHES = 100;
    private static final int BATCH_EVENTS = 50;
    private static final long ACT_NANOS = 3_000_000_000L;

    private static final String CHANNEL = "rehearsal";
    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"\\.?(/?[\\w./-]+)\"");
    private static final Pattern POSITION = Pattern.compile("\"position\":(\\{[^}]*})");

    private final Venue venue;
    private final LongSupplier nanoTime;
    private final String bearer;
    private final String basic;
    private int events;

    public Rehearsal(Venue venue, LongSupplier nanoTime) {
        this.venue = venue;
        this.nanoTime = nanoTime;
        this.bearer = "Authorization: Bearer " + venue.passes().token();
        this.basic = "Authorization: Basic "
                + Base64.getEncoder()
                        .encodeToString((venue.passes().writeKey() + ":").getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Holds it.
     *
     * @return how many deliveries subscribers got
     * @throws IOException if the gateway does not answer as it should
     */
    public long run() throws IOException {
        visitThePage();
        converse();
        webhook();
        long deliveries = publish() + ingest() + new AppRehearsal(venue, nanoTime).run();
        lookAsTheOperator();
        return deliveries;
    }

    private void visitThePage() throws IOException {
        try (HttpPeer browser = HttpPeer.connect(venue.clients())) {
            String index = expect(200, browser.get("/")).body();
            Matcher assets = ASSET.matcher(index);
            while (assets.find()) {
                String path = assets.group(1).startsWith("/") ? assets.group(1) : "/" + assets.group(1);
                expect(200, browser.get(path, "Accept-Encoding: gzip"));
            }
            expect(200, browser.get("/page.json"));
            expect(404, browser.get("/nothing-here"));
        }
    }

    /** What one client can say, each once. */
    private void converse() throws IOException {
        try (HttpPeer connection = HttpPeer.connect(venue.clients());
                WebSocketPeer client = connection.upgrade(
                        "/ws?token=" + venue.passes().token(), "Sec-WebSocket-Protocol: heliograph.v1")) {
            client.await("connected");
            client.send(message("subscribe", "{}"));
            client.await("subscribed");
            client.send(message("publish", "{\"data\":{\"n\":1},\"id\":\"first\"}"));
            client.await("published");
            String position = position(client.await("event"));
            client.send(message("unsubscribe", "{}"));
            client.await("unsubscribed");
            client.send(message("publish", "{\"data\":{\"n\":2}}"), message("publish", "{\"data\":{\"n\":3}}"));
            client.send(message("subscribe", "{\"recover\":" + position + "}"));
            client.await("subscribed");
            client.skip(2);
            client.send(message("history", "{\"limit\":10}"));
            client.await("history");
            client.send(message("ping", "{}"));
            client.await("pong");
            client.send(message("authenticate", "{\"token\":\"" + venue.passes().token() + "\"}"));
            client.await("authenticated");
            client.send("{\"type\":\"nonsense\"}");
            client.await("error");
            client.leave();
        }
    }

    private void webhook() throws IOException {
        byte[] body = event("track").getBytes(StandardCharsets.UTF_8);
        try (HttpPeer segment = HttpPeer.connect(venue.clients())) {
            expect(
                    200,
                    segment.ask(
                            "POST",
                            venue.webhook(),
                            body,
                            "Content-Type: application/json",
                            "X-Signature: "
                                    + Signature.ofWebhook(body, venue.passes().webhookSecret())));
            expect(401, segment.ask("POST", venue.webhook(), body, "X-Signature: 00"));
        }
    }

    /** One publication at a time, then many. */
    private long publish() throws IOException {
        String filter = "{\"filter\":{\"and\":[{\"gte\":[\"n\",0]},{\"exists\":[\"text\"]}]}}";
        try (HttpPeer connection = HttpPeer.connect(venue.clients());
                WebSocketPeer publisher = connection.upgrade("/ws", bearer);
                Audience all = new Audience(venue.clients(), bearer, SUBSCRIBERS, message("subscribe", "{}"));
                Audience some = new Audience(venue.clients(), bearer, FILTERING, message("subscribe", filter))) {
            publisher.await("connected");
            repeat(ALONE, i -> {
                publisher.send(publication(i));
                all.receive(1);
                some.receive(1);
            });
            repeat(TOGETHER, i -> {
                var together = new String[IN_FLIGHT];
                for (int k = 0; k < IN_FLIGHT; k++) {
                    together[k] = publication(i + k);
                }
                publisher.send(together);
                all.receive(IN_FLIGHT);
                some.receive(IN_FLIGHT);
            });
            return all.deliveries() + some.deliveries();
        }
    }

    /** Events singly, then in batches, every fourth of them compressed. */
    private long ingest() throws IOException {
        String subscribe = "{\"type\":\"subscribe\",\"channel\":\"" + venue.channel() + "\",\"payload\":{}}";
        try (HttpPeer producer = HttpPeer.connect(venue.clients());
                Audience audience = new Audience(venue.clients(), bearer, WATCHING, subscribe)) {
            repeat(POSTS, i -> {
                String type = i % 8 == 0 ? "identify" : i % 8 == 1 ? "page" : "track";
                post(producer, "/v1/" + type, event(type).getBytes(StandardCharsets.UTF_8), false);
                audience.receive(1);
            });
            repeat(BATCHES, i -> {
                post(producer, "/v1/batch", batch(), i % 4 == 0);
                audience.receive(BATCH_EVENTS);
            });
            return audience.deliveries();
        }
    }

    private void lookAsTheOperator() throws IOException {
        String token = "Authorization: Bearer " + venue.passes().operatorToken();
        try (HttpPeer operator = HttpPeer.connect(venue.operator())) {
            expect(200, operator.get("/healthz"));
            expect(200, operator.get("/readyz"));
            expect(401, operator.get("/metrics"));
            for (String path : new String[] {"/metrics", "/metrics/latency.hgrm", "/statez"}) {
                expect(200, operator.get(path, token));
            }
        }
    }

    private interface Act {
        void play(int i) throws IOException;
    }

    /** So often, or until the act's time is over. */
    private void repeat(int times, Act act) throws IOException {
        long end = nanoTime.getAsLong() + ACT_NANOS;
        for (int i = 0; i < times && nanoTime.getAsLong() - end < 0; i++) {
            act.play(i);
        }
    }

    private void post(HttpPeer producer, String path, byte[] body, boolean gzip) throws IOException {
        HttpPeer.Answer answer = gzip
                ? producer.ask("POST", path, gzip(body), basic, "Content-Encoding: gzip")
                : producer.ask("POST", path, body, basic, "Content-Type: application/json");
        expect(200, answer);
    }

    private static byte[] gzip(byte[] body) throws IOException {
        var compressed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(compressed)) {
            out.write(body);
        }
        return compressed.toByteArray();
    }

    private static HttpPeer.Answer expect(int status, HttpPeer.Answer answer) throws IOException {
        if (answer.status() != status) {
            throw new IOException(
                    "expected " + status + ", got " + answer.head().strip() + "\n" + answer.body());
        }
        return answer;
    }

    private static String message(String type, String payload) {
        return "{\"type\":\"%s\",\"channel\":\"%s\",\"requestId\":\"%s\",\"payload\":%s}"
                .formatted(type, CHANNEL, type, payload);
    }

    private static String publication(int n) {
        return "{\"type\":\"publish\",\"channel\":\"%s\",\"payload\":{\"data\":{\"n\":%d,\"text\":\"%s\"}}}"
                .formatted(CHANNEL, n, "x".repeat(100));
    }

    private static String position(String event) throws IOException {
        Matcher position = POSITION.matcher(event);
        if (!position.find()) {
            throw new IOException("an event without a position: " + event);
        }
        return position.group(1);
    }

    private byte[] batch() {
        var batch = new StringBuilder("{\"batch\":[");
        for (int i = 0; i < BATCH_EVENTS; i++) {
            batch.append(i == 0 ? "" : ",").append(event("track"));
        }
        return batch.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** As an SDK sends it, with what is kept, what is left out and what is redacted. */
    private String event(String type) {
        events++;
        return """
                {"type":"%s","event":"Order Completed","name":"Checkout","messageId":"rehearsal-%d","anonymousId":"visitor-%d","userId":"user-%d",\
                "timestamp":"2026-02-03T12:00:00.%03dZ","properties":{"trace_id":"trace-%d","product":"lamp","value":%d.5,"email":"someone@example.com"},\
                "traits":{"plan":"free"},"context":{"library":{"name":"rehearsal","version":"1"},"ip":"192.0.2.1"}}\
                """.formatted(type, events, events % 50, events % 50, events % 1000, events % 50, events % 100);
    }
}
