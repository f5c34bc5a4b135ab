package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.segment.analytics.Analytics;
import com.segment.analytics.Callback;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.Message;
import com.segment.analytics.messages.PageMessage;
import com.segment.analytics.messages.TrackMessage;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Segment's own Java SDK, unmodified, posts to a running gateway; an independent subscriber sees what arrives. */
@TestInstance(Lifecycle.PER_CLASS)
final class SegmentJavaSdkTest {
    private static final String USER = "u-4711-raw";

    private final GatewayProcess gateway;
    private final Demo demo;
    private final Subscriber subscriber;

    SegmentJavaSdkTest(@TempDir Path home) {
        gateway = GatewayProcess.start(home);
        demo = gateway.demo();
        subscriber = Subscriber.of(demo);
    }

    @BeforeAll
    void gatewayIsAlive() {
        assertTrue(gateway.isAlive());
    }

    @AfterAll
    void stop() {
        subscriber.close();
        gateway.close();
    }

    @Test
    void track_arrivesAsAnEnvelope_withoutTheRawUser() throws InterruptedException {
        Sent sent = send(TrackMessage.builder("Order Completed")
                .userId(USER)
                .messageId("track-message")
                .properties(Map.of("checkpoint", "payment", "secret_note", "nobody asked for this key")));

        JsonNode event = subscriber.awaitEvent("Order Completed");

        assertEquals("track", event.path("type").asText());
        assertEquals(sent.messageId(), event.path("message_id").asText());
        assertEquals(demo.workspace(), event.path("workspace").asText());
        assertFalse(event.path("arrived_at").asText().isEmpty(), () -> "no arrived_at in " + event);
        assertFalse(event.toString().contains(USER), () -> "the raw user id rides in " + event);
        assertFalse(event.toString().contains("secret_note"), () -> "a key that no allow-list names rides in " + event);
    }

    @Test
    void identify_arrivesUnderItsType() throws InterruptedException {
        Sent sent = send(IdentifyMessage.builder()
                .userId(USER)
                .messageId("identify-message")
                .traits(Map.of("email", "alice@example.com")));

        JsonNode event = subscriber.awaitEvent("identify");

        assertEquals(sent.messageId(), event.path("message_id").asText());
        assertFalse(event.toString().contains("alice@example.com"), () -> "an address rides in " + event);
    }

    @Test
    void page_arrivesUnderItsName() throws InterruptedException {
        Sent sent = send(PageMessage.builder("Checkout").userId(USER).messageId("page-message"));

        JsonNode event = subscriber.awaitEvent("Checkout");

        assertEquals("page", event.path("type").asText());
        assertEquals(sent.messageId(), event.path("message_id").asText());
    }

    @Test
    void sameMessageTwice_arrivesOnce() throws InterruptedException {
        String messageId = "message-sent-twice";
        send(TrackMessage.builder("Twice").userId(USER).messageId(messageId));
        send(TrackMessage.builder("Twice").userId(USER).messageId(messageId));
        send(TrackMessage.builder("After Twice").userId(USER));

        JsonNode first = subscriber.awaitEvent("Twice");
        JsonNode next = Subscriber.envelope(subscriber.await(
                "an event after it", message -> !Subscriber.envelope(message).isMissingNode()));

        assertEquals(messageId, first.path("message_id").asText());
        assertEquals("After Twice", next.path("event_name").asText());
    }

    @Test
    void wrongWriteKey_isRefusedForGood_andTheSdkSaysSo() throws InterruptedException {
        Sent sent = post("not-" + demo.writeKey(), TrackMessage.builder("Never").userId(USER));

        assertNotEquals(null, sent.failure());
    }

    private Sent send(com.segment.analytics.messages.MessageBuilder<?, ?> message) throws InterruptedException {
        Sent sent = post(demo.writeKey(), message);
        assertEquals(null, sent.failure());
        return sent;
    }

    /** Posts one message and returns what the SDK made of the gateway's answer. */
    private Sent post(String writeKey, com.segment.analytics.messages.MessageBuilder<?, ?> message)
            throws InterruptedException {
        BlockingQueue<Sent> answers = new LinkedBlockingQueue<>();
        Analytics analytics = Analytics.builder(writeKey)
                .endpoint(demo.url().toString())
                .callback(new Answers(answers))
                .build();
        try {
            analytics.enqueue(message);
            analytics.flush();
            Sent sent = answers.poll(20, TimeUnit.SECONDS);
            assertNotEquals(null, sent, "the SDK reported neither success nor failure");
            return java.util.Objects.requireNonNull(sent);
        } finally {
            analytics.shutdown();
        }
    }

    /** What became of one message, as the SDK reports it. */
    private record Sent(String messageId, @Nullable Throwable failure) {}

    private record Answers(BlockingQueue<Sent> answers) implements Callback {
        @Override
        public void success(Message message) {
            answers.add(new Sent(message.messageId(), null));
        }

        @Override
        public void failure(Message message, Throwable throwable) {
            answers.add(new Sent(message.messageId(), throwable));
        }
    }
}
