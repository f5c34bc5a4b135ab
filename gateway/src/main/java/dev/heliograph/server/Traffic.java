package dev.heliograph.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * People who walk through the sample funnel: real Segment batches, posted over HTTP to the gateway's own ingest, at a steady rate. Runs on a thread of its own
 * until it is interrupted.
 */
final class Traffic implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int WALKERS = 40;
    private static final String[] PRODUCTS = {"lamp", "mirror", "shutter", "tripod", "lens"};

    private final Funnel funnel;
    private final URI batches;
    private final String authorization;
    private final double eventsPerTick;
    private final SplittableRandom random;
    private final ObjectMapper json = new ObjectMapper();
    private final List<Walker> walkers = new ArrayList<>();

    private record Walker(String traceId, String anonymousId, String product, String step) {
        Walker at(String next) {
            return new Walker(traceId, anonymousId, product, next);
        }
    }

    /**
     * @param gateway the gateway's base URL
     * @param rate events per second
     */
    Traffic(Funnel funnel, URI gateway, String writeKey, double rate, SplittableRandom random) {
        this.funnel = funnel;
        this.batches = gateway.resolve("/v1/batch");
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(StandardCharsets.UTF_8));
        this.eventsPerTick = rate * TICK.toMillis() / 1_000;
        this.random = random;
    }

    @Override
    public void run() {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            double due = 0;
            long next = System.nanoTime();
            while (!Thread.interrupted()) {
                due += eventsPerTick;
                post(client, events((int) due));
                due -= (int) due;
                next += TICK.toNanos();
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ObjectNode> events(int count) {
        var events = new ArrayList<ObjectNode>();
        while (events.size() < count) {
            ObjectNode event = advance();
            if (event != null) {
                events.add(event);
            }
        }
        return events;
    }

    /** One of the walkers, or somebody new in place of one who left, goes one step on; null if that step sends nothing. */
    private @Nullable ObjectNode advance() {
        int turn = random.nextInt(WALKERS);
        Walker walker = turn < walkers.size() ? walkers.get(turn) : newcomer();
        String next = funnel.next(walker.step(), random);
        Funnel.Event event = funnel.event(walker.step());
        if (turn < walkers.size()) {
            walkers.remove(turn);
        }
        if (next != null) {
            walkers.add(walker.at(next));
        }
        return event == null ? null : event(walker, event);
    }

    private Walker newcomer() {
        return new Walker(
                "trace-" + Long.toString(random.nextLong() & Long.MAX_VALUE, Character.MAX_RADIX),
                UUID.randomUUID().toString(),
                PRODUCTS[random.nextInt(PRODUCTS.length)],
                funnel.start(random));
    }

    private ObjectNode event(Walker walker, Funnel.Event event) {
        ObjectNode node = json.createObjectNode()
                .put("type", event.type())
                .put(event.type().equals("page") ? "name" : "event", event.name())
                .put("messageId", "demo-" + UUID.randomUUID())
                .put("anonymousId", walker.anonymousId())
                .put("timestamp", Instant.now().toString());
        ObjectNode properties = node.putObject("properties")
                .put("trace_id", walker.traceId())
                .put("product", walker.product())
                .put("email", "this.never.arrives@example.com");
        event.properties().forEach(properties::put);
        return node;
    }

    private void post(HttpClient client, List<ObjectNode> events) throws InterruptedException {
        if (events.isEmpty()) {
            return;
        }
        ObjectNode body = json.createObjectNode();
        ArrayNode batch = body.putArray("batch");
        batch.addAll(events);
        body.put("sentAt", Instant.now().toString());
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(batches)
                            .header("Authorization", authorization)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                LOG.warn("the demo's traffic was answered {}: {}", answer.statusCode(), answer.body());
            }
        } catch (IOException e) {
            LOG.debug("the demo's traffic found no gateway: {}", e.toString());
        }
    }
}
