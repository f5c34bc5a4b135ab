package dev.heliograph.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.WebhookDrop;
import dev.heliograph.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bounds of what is kept for an endpoint, over a restart too. */
final class EndpointTest {
    private static final URI URL = URI.create("http://127.0.0.1:9/hooks");
    private static final QueuedEvent EVENT = new QueuedEvent(1, Apps.occupied("a"));

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());

    private Endpoint endpoint(Store store, int nth) {
        return new Endpoint("acme", Apps.every(URL), nth, store, metrics);
    }

    @Test
    void aFullQueue_refusesTheNewest() throws Exception {
        byte[] bytes = EVENT.toBytes();
        try (Store store = Store.open(folder)) {
            Endpoint endpoint = endpoint(store, 0);
            for (int i = 0; i < Endpoint.QUEUE_MAX / 2; i++) {
                assertTrue(endpoint.reserve(false));
            }
            assertFalse(endpoint.reserve(false), "channels that anybody can subscribe to have half of the room");
            for (int i = 0; i < Endpoint.QUEUE_MAX / 2; i++) {
                assertTrue(endpoint.reserve(true));
            }
            assertFalse(endpoint.reserve(true));
            assertFalse(endpoint.reserve(false));
            assertEquals(3, metrics.value(Count.WEBHOOKS_DROPPED, WebhookDrop.QUEUE_FULL));
            store.write(() -> {
                        for (int i = 0; i < Endpoint.QUEUE_MAX; i++) {
                            endpoint.onAppend(bytes);
                        }
                    })
                    .join();
        }
        try (Store store = Store.open(folder)) {
            Endpoint endpoint = endpoint(store, 0);
            assertEquals(Endpoint.QUEUE_MAX, endpoint.waiting());
            assertFalse(endpoint.reserve(true));
            endpoint.delivered(1);
            assertTrue(endpoint.reserve(true));
        }
    }

    @Test
    void tooManyDeadLetters_areTheNewest() throws Exception {
        try (Store store = Store.open(folder)) {
            Endpoint endpoint = endpoint(store, 0);
            List<DeadLetter> many = Collections.nCopies(Endpoint.DEAD_MAX, new DeadLetter(1, "old", EVENT));
            store.write(() -> endpoint.onDead(0, many)).join();
            store.write(() -> endpoint.onDead(0, Collections.nCopies(5, new DeadLetter(2, "new", EVENT))))
                    .join();
            EndpointState state = endpoint.state(3);
            assertEquals(Endpoint.DEAD_MAX, state.deadLetters());
            assertEquals(Endpoint.DEAD_SHOWN, state.newestDead().size());
            assertEquals("old", state.newestDead().get(4).why());
            assertEquals("new", state.newestDead().get(5).why());
            assertEquals(5, metrics.value(Count.WEBHOOKS_DROPPED, WebhookDrop.DEAD_LETTERS_FULL));
        }
    }

    @Test
    void twoWithTheSameUrl_haveQueuesOfTheirOwn() throws Exception {
        try (Store store = Store.open(folder)) {
            Endpoint first = endpoint(store, 0);
            Endpoint second = endpoint(store, 1);
            store.write(() -> first.onAppend(EVENT.toBytes())).join();
            assertEquals(1, first.after(0, 10).size());
            assertEquals(0, second.after(0, 10).size());
        }
    }
}
