package dev.heliograph.webhook;

import static dev.heliograph.webhook.Apps.added;
import static dev.heliograph.webhook.Apps.app;
import static dev.heliograph.webhook.Apps.every;
import static dev.heliograph.webhook.Apps.occupied;
import static dev.heliograph.webhook.Apps.sent;
import static dev.heliograph.webhook.Apps.vacated;
import static dev.heliograph.webhook.Receiver.awaitThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.ChannelPattern;
import dev.heliograph.config.WebhookConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.WebhookDrop;
import dev.heliograph.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what happens to what an app's server gets, over real sockets and a real store; time stands still, or passes at once. */
final class WebhooksTest {
    private static final String NOW = "{\"time_ms\":" + TestTime.START_MS + ",\"events\":[";

    @TempDir
    private Path folder;

    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final TestTime time = new TestTime();
    private Receiver receiver;
    private Store store;

    @BeforeEach
    void open() throws Exception {
        receiver = new Receiver();
        store = Store.open(folder);
    }

    @AfterEach
    void close() {
        store.close();
        receiver.close();
    }

    private Webhooks webhooks(Timing timing, WorkspaceConfig... apps) {
        Map<String, WorkspaceConfig> byName =
                Arrays.stream(apps).collect(Collectors.toMap(WorkspaceConfig::name, app -> app));
        return Webhooks.open(byName, store, metrics, timing);
    }

    private void reopenStore() throws Exception {
        store.close();
        store = Store.open(folder);
    }

    private static String occupiedJson(String channel) {
        return "{\"name\":\"channel_occupied\",\"channel\":\"" + channel + "\"}";
    }

    private static EndpointState only(Webhooks webhooks) {
        return webhooks.state().getFirst();
    }

    private static String lastFailure(Webhooks webhooks) {
        EndpointState.Failure failure = only(webhooks).lastFailure();
        return failure == null ? "" : failure.why();
    }

    @Test
    void aWebhook_isSignedWithTheOldestKey_byteForByte() throws Exception {
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/hooks?k=1"))))) {
            webhooks.offer("acme", added("presence-a", "ü"));
            receiver.awaitTaken(1);
            Receiver.Call call = receiver.calls().getFirst();
            assertEquals(
                    NOW + "{\"name\":\"member_added\",\"channel\":\"presence-a\",\"user_id\":\"ü\"}]}", call.body());
            assertEquals("POST", call.method());
            assertEquals("/hooks?k=1", call.target());
            assertEquals(List.of("application/json"), call.headers().get("Content-Type"));
            assertEquals(List.of("acme-old"), call.headers().get("X-Pusher-Key"));
            assertEquals(
                    List.of(hmac("acme-old-secret", call.body())),
                    call.headers().get("X-Pusher-Signature"));
            assertNull(call.headers().get("Upgrade"));
        }
    }

    private static String hmac(String secret, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void order_isKeptThroughFailures() {
        long seed = System.nanoTime();
        System.out.println("order seed " + seed);
        var random = new Random(seed);
        receiver.behaves((exchange, _) -> Receiver.answer(exchange, random.nextInt(3) == 0 ? 503 : 200));
        try (Webhooks webhooks = webhooks(time.passing(), app("acme", false, every(receiver.url("/"))))) {
            for (int i = 0; i < 200; i++) {
                webhooks.offer("acme", occupied("c" + i));
            }
            receiver.awaitTaken(200);
            List<String> channels = receiver.taken().stream()
                    .map(body -> body.replaceAll(".*\"channel\":\"(c\\d+)\".*", "$1"))
                    .toList();
            assertEquals(IntStream.range(0, 200).mapToObj(i -> "c" + i).toList(), channels);
            awaitThat(() -> webhooks.waiting() == 0, "nothing waits");
            assertEquals(200, metrics.value(Count.WEBHOOKS_DELIVERED));
        }
    }

    @Test
    void eachAttempt_hasTheSameBytes_withBackoffBetween() {
        receiver.behaves(
                (exchange, _) -> Receiver.answer(exchange, receiver.calls().size() < 4 ? 500 : 200));
        try (Webhooks webhooks = webhooks(time.passing(), app("acme", false, every(receiver.url("/"))))) {
            webhooks.offer("acme", occupied("a"));
            receiver.awaitTaken(1);
            assertEquals(
                    Set.of(NOW + occupiedJson("a") + "]}"),
                    receiver.calls().stream().map(Receiver.Call::body).collect(Collectors.toSet()));
            assertEquals(List.of(750L, 1_500L, 3_000L, 6_000L), time.pausesMs());
            EndpointState state = only(webhooks);
            assertEquals(4, state.failedAttempts());
            assertEquals("answered with status 500", lastFailure(webhooks));
            assertEquals(4, metrics.value(Count.WEBHOOKS_ATTEMPTS_FAILED));
        }
    }

    @Test
    void after5Minutes_itIsADeadLetter_andTheNextIsSent() {
        receiver.behaves((exchange, body) -> Receiver.answer(exchange, body.contains("bad") ? 500 : 200));
        try (Webhooks webhooks = webhooks(time.passing(), app("acme", false, every(receiver.url("/"))))) {
            webhooks.offer("acme", occupied("bad"));
            webhooks.offer("acme", occupied("good"));
            receiver.awaitTaken(1);
            assertEquals(
                    300_000, time.pausesMs().stream().mapToLong(Long::longValue).sum());
            assertTrue(receiver.taken().getFirst().contains("good"));
            awaitThat(() -> webhooks.waiting() == 0, "nothing waits");
            EndpointState state = only(webhooks);
            assertEquals(1, state.deadLetters());
            assertEquals(
                    List.of(new EndpointState.Dead(
                            "channel_occupied", "bad", "answered with status 500", TestTime.START_MS + 300_000)),
                    state.newestDead());
            assertEquals(1, metrics.value(Count.WEBHOOKS_DEAD));
            assertEquals(1, state.delivered());
        }
    }

    @Test
    void aServerThatHangs_delaysNoOther() {
        var hang = new CountDownLatch(1);
        receiver.behaves((exchange, _) -> {
            awaitThat(() -> hang.getCount() == 0, "the test's end");
            return Receiver.answer(exchange, 200);
        });
        try (Receiver quick = newReceiver();
                Webhooks webhooks = webhooks(
                        time.frozen(),
                        app("acme", false, every(receiver.url("/")), every(quick.url("/"))),
                        app("other", false, every(quick.url("/other"))))) {
            for (int i = 0; i < 50; i++) {
                webhooks.offer("acme", occupied("c" + i));
                webhooks.offer("other", occupied("c" + i));
            }
            quick.awaitTaken(100);
            assertEquals(0, receiver.calls().size());
            EndpointState slow = webhooks.state().stream()
                    .filter(state -> state.waiting() == 50)
                    .findFirst()
                    .orElseThrow();
            assertEquals("acme", slow.workspace());
            hang.countDown();
            receiver.awaitTaken(50);
        }
    }

    private static Receiver newReceiver() {
        try {
            return new Receiver();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aRedirect_isNotFollowed() {
        try (Receiver inner = newReceiver();
                Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/"))))) {
            receiver.behaves((exchange, _) -> {
                exchange.getResponseHeaders()
                        .add("Location", inner.url("/secret").toString());
                return Receiver.answer(exchange, 302);
            });
            webhooks.offer("acme", occupied("a"));
            awaitThat(() -> !lastFailure(webhooks).isEmpty(), "a failure");
            assertEquals("answered with status 302", lastFailure(webhooks));
            assertEquals(0, inner.calls().size());
            assertEquals(1, webhooks.waiting());
        }
    }

    @Test
    void aLongAnswer_isNotRead_andCounts() {
        receiver.behaves((exchange, _) -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int i = 0; i < 1_000; i++) {
                    exchange.getResponseBody().write(new byte[100_000]);
                }
            } catch (java.io.IOException closedByPeer) {
                return 200;
            }
            return 200;
        });
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/"))))) {
            webhooks.offer("acme", occupied("a"));
            webhooks.offer("acme", occupied("b"));
            awaitThat(() -> only(webhooks).delivered() == 2, "both");
            assertEquals(0, only(webhooks).failedAttempts());
        }
    }

    @Test
    void batches_neverHoldEventsOfTwoAppsOrEndpoints() {
        var presence = new WebhookConfig(
                receiver.url("/acme/presence"), Set.of("member_added"), ChannelPattern.of("presence-*"));
        var open = new CountDownLatch(1);
        receiver.behaves((exchange, _) -> {
            awaitThat(() -> open.getCount() == 0, "the door");
            return Receiver.answer(exchange, 200);
        });
        try (Webhooks webhooks = webhooks(
                time.frozen(),
                app("acme", true, every(receiver.url("/acme/all")), presence),
                app("evil", true, every(receiver.url("/evil/all"))))) {
            for (int i = 0; i < 100; i++) {
                webhooks.offer("acme", occupied("acme-" + i));
                webhooks.offer("evil", occupied("evil-" + i));
                webhooks.offer("acme", added("presence-acme", "acme-" + i));
                webhooks.offer("acme", added("private-acme", "acme-" + i));
                webhooks.offer("evil", added("presence-evil", "evil-" + i));
            }
            open.countDown();
            awaitThat(() -> webhooks.waiting() == 0 && metrics.value(Count.WEBHOOKS_DELIVERED) >= 600, "all sent");
            for (Receiver.Call call : receiver.calls()) {
                String app = call.target().substring(1, 5);
                String other = app.equals("acme") ? "evil" : "acme";
                assertFalse(call.body().contains(other), call.body());
                assertEquals(List.of(app + "-old"), call.headers().get("X-Pusher-Key"));
                if (call.target().endsWith("presence")) {
                    assertFalse(call.body().contains("channel_occupied")
                            || call.body().contains("private-"));
                }
            }
            assertEquals(600, metrics.value(Count.WEBHOOKS_DELIVERED));
        }
    }

    @Test
    void batches_holdUpTo100Events_inOrder() {
        var open = new CountDownLatch(1);
        receiver.behaves((exchange, _) -> {
            awaitThat(() -> open.getCount() == 0, "the door");
            return Receiver.answer(exchange, 200);
        });
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", true, every(receiver.url("/"))))) {
            for (int i = 0; i < 1_000; i++) {
                webhooks.offer("acme", occupied("c" + i));
            }
            awaitThat(() -> webhooks.waiting() == 1_000, "all stored");
            open.countDown();
            awaitThat(() -> webhooks.waiting() == 0, "all sent");
            List<Integer> sizes = receiver.taken().stream()
                    .map(body -> body.split("\"name\"", -1).length - 1)
                    .toList();
            assertTrue(sizes.stream().allMatch(size -> size <= 100), sizes.toString());
            assertTrue(sizes.contains(100), sizes.toString());
            String all = String.join("", receiver.taken()).replaceAll("[^c]*\"channel\":\"(c\\d+)\"\\}[^{]*", "$1,");
            assertTrue(all.indexOf("c998") < all.indexOf("c999"), all);
            assertEquals(1_000, sizes.stream().mapToInt(Integer::intValue).sum());
        }
    }

    @Test
    void largeEvents_shareABodyOnlyUpToItsBound() {
        var open = new CountDownLatch(1);
        receiver.behaves((exchange, _) -> {
            awaitThat(() -> open.getCount() == 0, "the door");
            return Receiver.answer(exchange, 200);
        });
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", true, every(receiver.url("/"))))) {
            for (int i = 0; i < 30; i++) {
                webhooks.offer("acme", sent("private-a", "\"" + "x".repeat(100_000) + "\""));
            }
            awaitThat(() -> webhooks.waiting() == 30, "all stored");
            open.countDown();
            awaitThat(() -> webhooks.waiting() == 0, "all sent");
            assertTrue(receiver.taken().stream().allMatch(body -> body.length() < 1_100_000));
        }
    }

    @Test
    void whatAnEndpointDoesNotWant_isNeitherStoredNorSigned() {
        var some = new WebhookConfig(receiver.url("/"), Set.of("channel_occupied"), ChannelPattern.of("presence-*"));
        receiver.answers(503);
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", true, some))) {
            webhooks.offer("acme", occupied("private-a"));
            webhooks.offer("acme", added("presence-a", "1"));
            webhooks.offer("acme", vacated("presence-b"));
            webhooks.offer("nobody", occupied("presence-a"));
            webhooks.offer("acme", occupied("presence-a"));
            receiver.awaitCalls(1);
            time.pass(10_000);
            webhooks.wake();
            webhooks.offer("acme", occupied("presence-c"));
            awaitThat(() -> webhooks.waiting() == 2, "two wait");
            assertEquals(
                    NOW + occupiedJson("presence-a") + "]}",
                    receiver.calls().getFirst().body());
        }
    }

    @Test
    void wants_namesWhatMatters_andWhatUndoesIt() {
        var some =
                new WebhookConfig(receiver.url("/"), Set.of("channel_occupied", "cache_miss"), ChannelPattern.of("*"));
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", true, some), app("none", true))) {
            assertTrue(webhooks.wants("acme", "channel_occupied"));
            assertTrue(webhooks.wants("acme", "channel_vacated"), "a reload would be told otherwise");
            assertTrue(webhooks.wants("acme", "cache_miss"));
            assertFalse(webhooks.wants("acme", "member_added"));
            assertFalse(webhooks.wants("none", "channel_occupied"));
            assertFalse(webhooks.wants("unknown", "channel_occupied"));
        }
    }

    @Test
    void aReload_tellsNobody_aDepartureDoesAfter3s() {
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/"))))) {
            webhooks.offer("acme", vacated("a"));
            webhooks.offer("acme", occupied("a"));
            webhooks.offer("acme", vacated("b"));
            webhooks.offer("acme", occupied("marker"));
            receiver.awaitTaken(1);
            assertTrue(receiver.taken().getFirst().contains("marker"), "b waits, a is not told");
            time.pass(3_000);
            webhooks.wake();
            receiver.awaitTaken(2);
            assertEquals(
                    "{\"time_ms\":" + (TestTime.START_MS + 3_000)
                            + ",\"events\":[{\"name\":\"channel_vacated\",\"channel\":\"b\"}]}",
                    receiver.taken().get(1));
        }
    }

    @Test
    void whatIsNotTaken_isSentAfterARestart_theHeldBackToo() throws Exception {
        receiver.answers(503);
        WorkspaceConfig acme = app("acme", false, every(receiver.url("/")));
        try (Webhooks webhooks = webhooks(time.frozen(), acme)) {
            webhooks.offer("acme", occupied("a"));
            webhooks.offer("acme", vacated("b"));
            receiver.awaitCalls(1);
        }
        reopenStore();
        time.pass(1_000);
        receiver.answers(200);
        try (Webhooks webhooks = webhooks(time.frozen(), acme)) {
            receiver.awaitTaken(2);
            assertEquals(NOW + occupiedJson("a") + "]}", receiver.taken().get(0));
            assertEquals(
                    NOW + "{\"name\":\"channel_vacated\",\"channel\":\"b\"}]}",
                    receiver.taken().get(1));
            awaitThat(() -> webhooks.waiting() == 0, "nothing waits");
        }
        reopenStore();
        try (Webhooks webhooks = webhooks(time.frozen(), acme)) {
            assertEquals(0, webhooks.waiting());
            assertEquals(3, receiver.calls().size());
        }
    }

    @Test
    void fiveMinutes_areFiveMinutesOverARestart() throws Exception {
        receiver.answers(503);
        WorkspaceConfig acme = app("acme", true, every(receiver.url("/")));
        try (Webhooks webhooks = webhooks(time.frozen(), acme)) {
            webhooks.offer("acme", occupied("a"));
            receiver.awaitCalls(1);
            awaitThat(() -> !time.pausesMs().isEmpty(), "a pause");
            webhooks.offer("acme", occupied("b"));
            awaitThat(() -> webhooks.waiting() == 2, "both stored");
        }
        reopenStore();
        time.pass(Backoff.GIVE_UP_MS);
        try (Webhooks webhooks = webhooks(time.frozen(), acme)) {
            awaitThat(() -> only(webhooks).deadLetters() == 1, "a dead letter");
            assertEquals("a", only(webhooks).newestDead().getFirst().channel());
            assertEquals(receiver.calls().get(0).body(), receiver.calls().get(1).body(), "not joined by b");
            awaitThat(() -> webhooks.waiting() == 1, "b waits");
        }
    }

    @Test
    void anEndpointThatIsNoMore_isForgottenAndCounted() throws Exception {
        receiver.answers(503);
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/old"))))) {
            webhooks.offer("acme", occupied("a"));
            webhooks.offer("acme", occupied("b"));
            awaitThat(() -> !time.pausesMs().isEmpty(), "a pause");
            awaitThat(() -> webhooks.waiting() == 2, "both stored");
        }
        reopenStore();
        int before = receiver.calls().size();
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/new"))))) {
            assertEquals(2, metrics.value(Count.WEBHOOKS_DROPPED, WebhookDrop.NO_ENDPOINT));
            assertEquals(0, webhooks.waiting());
            assertEquals(before, receiver.calls().size());
            assertEquals(2, store.queues().size(), "the new one's own");
            assertEquals(0, store.map("webhooks.attempts").size());
        }
    }

    @Test
    void close_endsSoon_andItsThreadsToo_whateverAServerDoes() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        var hang = new CountDownLatch(1);
        receiver.behaves((exchange, _) -> {
            awaitThat(() -> hang.getCount() == 0, "the test's end");
            return Receiver.answer(exchange, 200);
        });
        Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/"))));
        webhooks.offer("acme", occupied("a"));
        awaitThat(() -> webhooks.waiting() == 1, "it waits");
        long from = System.nanoTime();
        webhooks.close();
        long tookMs = (System.nanoTime() - from) / 1_000_000;
        assertTrue(tookMs < 5_000, "took " + tookMs + " ms");
        hang.countDown();
        awaitThat(
                () -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        .noneMatch(thread -> thread.getName().equals("webhooks")
                                || thread.getName().startsWith("HttpClient-")),
                "no thread is left");
        webhooks.offer("acme", occupied("late"));
        assertEquals(1, metrics.value(Count.WEBHOOKS_DROPPED, WebhookDrop.CLOSING));
    }

    @Test
    void withoutWebhooks_nothingIsWantedAndNoThreadRuns() {
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false))) {
            webhooks.offer("acme", occupied("a"));
            assertEquals(List.of(), webhooks.state());
            assertTrue(Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("webhooks")));
        }
    }

    @Test
    void state_showsHowAnEndpointFares_andNoSecret() {
        receiver.answers(503);
        try (Webhooks webhooks =
                webhooks(time.frozen(), app("acme", false, every(receiver.url("/hooks?token=s3cret"))))) {
            webhooks.offer("acme", occupied("a"));
            webhooks.offer("acme", occupied("b"));
            awaitThat(() -> webhooks.waiting() == 2 && !lastFailure(webhooks).isEmpty(), "a failure");
            time.pass(7_000);
            EndpointState state = only(webhooks);
            assertEquals("acme", state.workspace());
            assertEquals(receiver.url("/hooks").toString(), state.url());
            assertEquals(2, state.waiting());
            assertEquals(7_000, state.oldestWaitingMs());
            assertFalse(webhooks.state().toString().contains("s3cret"));
            assertTrue(store.queues().stream().noneMatch(name -> name.contains("s3cret")));
        }
    }

    @Test
    void aStoreThatHasEnded_isCountedAndThrowsAtNobody() {
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(receiver.url("/"))))) {
            store.close();
            webhooks.offer("acme", occupied("a"));
            webhooks.offer("acme", occupied("b"));
            awaitThat(() -> metrics.value(Count.WEBHOOKS_DROPPED, WebhookDrop.STORE) == 2, "both dropped");
            assertEquals(0, webhooks.waiting());
        }
    }

    @Test
    void aServerThatIsNotThere_isAFailureWithAReason() {
        URI nobody;
        try (Receiver gone = newReceiver()) {
            nobody = gone.url("/?token=s3cret");
        }
        try (Webhooks webhooks = webhooks(time.frozen(), app("acme", false, every(nobody)))) {
            webhooks.offer("acme", occupied("a"));
            awaitThat(() -> !lastFailure(webhooks).isEmpty(), "a failure");
            String why = lastFailure(webhooks);
            assertTrue(why.startsWith("could not be reached: ConnectException"), why);
            assertFalse(why.contains("s3cret"), why);
        }
    }
}
