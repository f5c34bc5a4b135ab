package dev.heliograph.loadtest.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Posts Segment events over a few keep-alive connections, each with one request under way: a closed loop, so it finds the most that the gateway takes. Every
 * event has a message id of its own. Its methods block.
 */
final class IngestLoad {
    private static final int CONNECTIONS = 4;
    private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);
    private static final String LENGTH = "content-length:";

    private final URI url;
    private final String writeKey;
    private final LongSupplier nanoTime;
    private final AtomicLong ids;

    /** @param firstId of the message ids; no other run may have used them */
    IngestLoad(URI url, String writeKey, long firstId, LongSupplier nanoTime) {
        this.url = url;
        this.writeKey = writeKey;
        this.nanoTime = nanoTime;
        this.ids = new AtomicLong(firstId);
    }

    /** Posts for so long; returns how many events were answered with 200. */
    long post(int eventsPerPost, double seconds) throws IOException, InterruptedException {
        long until = nanoTime.getAsLong() + (long) (seconds * 1e9);
        var done = new CountDownLatch(CONNECTIONS);
        var answered = new AtomicLong();
        var failure = new AtomicReference<@Nullable IOException>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Thread.ofPlatform().name("ingest-" + i).daemon().start(() -> {
                try {
                    answered.addAndGet(postUntil(until, eventsPerPost));
                } catch (IOException e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return answered.get();
    }

    private long postUntil(long until, int eventsPerPost) throws IOException {
        long events = 0;
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            var answers = new Answers(socket.getInputStream());
            while (nanoTime.getAsLong() < until) {
                out.write(request(eventsPerPost));
                answers.expectOk();
                events += eventsPerPost;
            }
        }
        return events;
    }

    private byte[] request(int events) {
        var body = new StringBuilder(events * 256);
        if (events == 1) {
            event(body, "");
        } else {
            body.append("{\"batch\":[");
            for (int i = 0; i < events; i++) {
                event(body.append(i == 0 ? "" : ","), "\"type\":\"track\",");
            }
            body.append("]}");
        }
        String credentials = Base64.getEncoder().encodeToString((writeKey + ":").getBytes(StandardCharsets.UTF_8));
        String head = "POST " + (events == 1 ? "/v1/track" : "/v1/batch") + " HTTP/1.1\r\nHost: " + url.getHost() + ":"
                + url.getPort() + "\r\nAuthorization: Basic " + credentials
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    private void event(StringBuilder body, String type) {
        body.append('{')
                .append(type)
                .append("\"event\":\"Order Completed\",\"anonymousId\":\"anonymous\",\"messageId\":\"bench-")
                .append(ids.getAndIncrement())
                .append(
                        "\",\"timestamp\":\"2026-11-21T00:00:00.000Z\",\"properties\":{\"product\":\"chair\",\"value\":12,\"email\":\"nobody\"},")
                .append("\"context\":{\"library\":{\"name\":\"bench\",\"version\":\"1\"}}}");
    }

    /** Reads answers of one connection, one behind the other. */
    private static final class Answers {
        private final InputStream in;
        private final byte[] bytes = new byte[16 * 1024];
        private int have;

        Answers(InputStream in) {
            this.in = in;
        }

        void expectOk() throws IOException {
            have = 0;
            int head = 0;
            while ((head = endOfHead()) < 0) {
                more();
            }
            String text = new String(bytes, 0, head, StandardCharsets.US_ASCII);
            for (int i = 0; i < OK.length; i++) {
                if (bytes[i] != OK[i]) {
                    throw new IOException("a post was answered with "
                            + text.lines().findFirst().orElse(""));
                }
            }
            int whole = head + length(text);
            while (have < whole) {
                more();
            }
        }

        private static int length(String head) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, LENGTH, 0, LENGTH.length()))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring(LENGTH.length()).trim()))
                    .findFirst()
                    .orElse(0);
        }

        private int endOfHead() {
            for (int i = 0; i + 3 < have; i++) {
                if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                    return i + 4;
                }
            }
            return -1;
        }

        private void more() throws IOException {
            int read = in.read(bytes, have, bytes.length - have);
            if (read <= 0) {
                throw new EOFException("the gateway ended a producer's connection");
            }
            have += read;
        }
    }
}
