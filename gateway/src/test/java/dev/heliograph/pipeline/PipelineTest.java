package dev.heliograph.pipeline;

import static dev.heliograph.pipeline.Harness.track;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.segment.CloudEvents;
import dev.heliograph.protocol.segment.EventLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of events, from batch to broker. */
final class PipelineTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final String KEY = "a pseudonym key of thirty-two bytes or more";
    private static final String CHANNEL = "acme/private-prod-segment-events";

    private final Harness acme =
            new Harness(TestConfig.config(TestConfig.workspace("acme", KEY, false, TestConfig.source("web"))));

    private static Harness with(PrivacyConfig privacy, double sampleRate) {
        return new Harness(TestConfig.config(
                TestConfig.workspace("acme", KEY, false, TestConfig.source("web", privacy, sampleRate))));
    }

    private static Harness limited(Set<String> types, double ratePerSecond, int burst) {
        return new Harness(TestConfig.config(
                TestConfig.workspace("acme", null, false, TestConfig.limited("web", types, ratePerSecond, burst))));
    }

    private static JsonNode json(String text) {
        try {
            return JACKSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void envelope_isExactlyAsThePageOfTheProtocolSays() {
        acme.sendBatch("acme", "web", """
                {"batch":[{"type":"track","event":"Order \\"Completed\\"","messageId":"ajs-1","timestamp":"2026-11-21T11:59:58.000Z",
                  "properties":{"checkpoint":"payment","revenue":1,"trace_id":"7f3c"},"userId":"u1","context":{"traits":{"plan":"pro","age":3}}}],
                 "sentAt":"2026-11-21T11:59:59.000Z"}""");
        assertEquals("""
                {"event_name":"Order \\"Completed\\"","type":"track","message_id":"ajs-1","trace_id":"7f3c",\
                "occurred_at":"2026-11-21T11:59:58.000Z","arrived_at":"2026-11-21T12:00:00.000Z","time_source":"skew_corrected",\
                "late":false,"user":"%s","source":"web","workspace":"acme","env":"prod",\
                "properties":{"checkpoint":"payment"},"traits":{"plan":"pro"},"sample_rate":1}""".formatted(json(acme.last()).get("user").asText()), acme.last());
        Draft draft = acme.broker.drafts().getFirst();
        assertEquals("segment-event", draft.name());
        assertEquals(7, draft.acceptedNanos());
        assertTrue(draft.subject() != 0);
        assertEquals(null, draft.key());
    }

    @Test
    void eventWithNothingButItsName_hasNoOptionalFields() {
        acme.send("{\"type\":\"identify\",\"messageId\":\"m\"}");
        assertEquals("""
                {"event_name":"identify","type":"identify","message_id":"m","occurred_at":"2026-11-21T12:00:00.000Z",\
                "arrived_at":"2026-11-21T12:00:00.000Z","time_source":"arrival","late":false,"source":"web","workspace":"acme",\
                "env":"prod","properties":{},"sample_rate":1}""", acme.last());
        assertEquals(0, acme.broker.drafts().getFirst().subject());
    }

    @Test
    void hostileNames_cannotBreakOutOfTheEnvelope() {
        acme.send(
                "{\"type\":\"track\",\"event\":\"\\\",\\\"late\\\":true,\\ud800\\u0000\",\"messageId\":\"\\\\\\\"\",\"properties\":{\"trace_id\":\"\\\"}\"}}");
        JsonNode envelope = json(acme.last());
        assertEquals("\",\"late\":true,\ufffd\u0000", envelope.get("event_name").asText());
        assertEquals("\\\"", envelope.get("message_id").asText());
        assertEquals("\"}", envelope.get("trace_id").asText());
        assertFalse(envelope.get("late").asBoolean());
    }

    @Test
    void nothingRaw_isEverShown() {
        acme.send("""
                {"type":"page","name":"Profile of jane@example.com","messageId":"jane@example.com","userId":"jane@example.com","anonymousId":"anon-77",
                 "context":{"ip":"203.0.113.7","page":{"url":"https://x/?t=sek"}},
                 "properties":{"checkpoint":"jane@example.com","category":["+49 30 1234567",{"password":"sek"}],"email":"jane@example.com","trace_id":"jane@example.com"}}""");
        String shown = acme.last();
        for (String raw : List.of("jane", "anon-77", "203.0.113", "sek", "1234567")) {
            assertFalse(shown.contains(raw), shown);
        }
        JsonNode envelope = json(shown);
        assertEquals("[redacted]", envelope.get("event_name").asText());
        assertTrue(envelope.get("trace_id").asText().startsWith("p_"));
        assertTrue(envelope.get("user").asText().matches("p_[a-z2-7]{26}"));
        assertTrue(envelope.get("message_id").asText().startsWith("h_"));
        assertEquals(4, acme.count(Count.VALUES_REDACTED));
    }

    @Test
    void steps_runInTheirOrder() {
        // each event fails at its step and would fail at every later one that its fields can make fail
        var privacy = new PrivacyConfig(Set.of(), Set.of(), "trace_id", false, List.of("Ads"));
        var harness = new Harness(TestConfig.config(TestConfig.workspace(
                "acme",
                KEY,
                false,
                TestConfig.source("web", privacy, 0),
                TestConfig.limited("few", Set.of("track"), 1, 1))));
        String denied =
                "{\"type\":\"track\",\"event\":\"e\",\"messageId\":\"%s\",\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":false}}}}";

        harness.sendTo("acme", "few", track("m1"));
        harness.sendTo("acme", "few", "{\"type\":\"page\",\"messageId\":\"m1\"}");
        assertEquals(1, harness.dropped(DropReason.TYPE_NOT_ALLOWED), "type before rate and duplicate");
        harness.sendTo("acme", "few", track("m1"));
        assertEquals(1, harness.dropped(DropReason.RATE_LIMITED), "rate before duplicate");

        harness.send(denied.formatted("a"));
        assertEquals(1, harness.dropped(DropReason.NO_CONSENT), "consent before sampling");
        harness.broker.watched = channel -> false;
        harness.send(denied.formatted("a"));
        assertEquals(1, harness.dropped(DropReason.DUPLICATE), "duplicate before demand and consent");
        harness.send(denied.formatted("b"));
        assertEquals(1, harness.dropped(DropReason.UNWATCHED), "demand before consent");
        harness.broker.watched = channel -> true;
        harness.send(track("c"));
        assertEquals(1, harness.dropped(DropReason.SAMPLED));
    }

    @Test
    void everyEventIsCountedOnce() {
        Outcome outcome = acme.send(track("1"), track("1"), "{\"type\":\"merge\"}", "7", "{}", track("2"));
        assertEquals(new Outcome(2, 4, 0), outcome);
        assertEquals(6, acme.count(Count.INGEST_EVENTS));
        assertEquals(2, acme.count(Count.EVENTS_PUBLISHED));
        assertEquals(1, acme.dropped(DropReason.DUPLICATE));
        assertEquals(1, acme.dropped(DropReason.TYPE_NOT_ALLOWED));
        assertEquals(2, acme.dropped(DropReason.MALFORMED));
    }

    @Test
    void beyondTheRate_isShed() {
        Harness harness = limited(Set.of("track"), 10, 3);
        assertEquals(new Outcome(3, 2, 0), harness.send(track("1"), track("2"), track("3"), track("4"), track("5")));
        harness.nanos.addAndGet(100_000_000);
        assertEquals(new Outcome(1, 1, 0), harness.send(track("6"), track("7")));
        assertEquals(3, harness.dropped(DropReason.RATE_LIMITED));
    }

    @Test
    void shedEvent_isNotRememberedAsSeen() {
        Harness harness = limited(Set.of("track"), 10, 1);
        assertEquals(new Outcome(1, 1, 0), harness.send(track("1"), track("2")));
        harness.nanos.addAndGet(1_000_000_000);
        assertEquals(new Outcome(1, 0, 0), harness.send(track("2")));
    }

    @Test
    void sameMessageId_isAnotherEventInAnotherWorkspaceAndSource() {
        var harness = new Harness(TestConfig.config(
                TestConfig.workspace("acme", KEY, false, TestConfig.source("web"), TestConfig.source("app")),
                TestConfig.workspace("beta", KEY, false, TestConfig.source("shop"))));
        assertEquals(1, harness.sendTo("acme", "web", track("m")).published());
        assertEquals(1, harness.sendTo("acme", "app", track("m")).published());
        assertEquals(1, harness.sendTo("beta", "shop", track("m")).published());
        assertEquals(1, harness.sendTo("beta", "shop", track("m")).dropped());
        assertEquals(2, harness.published().size());
        assertEquals(1, harness.broker.data("beta/private-prod-segment-events").size());
        assertTrue(harness.broker
                .data("beta/private-prod-segment-events")
                .getFirst()
                .contains("\"workspace\":\"beta\""));
    }

    @Test
    void unknownSource_isAFault() {
        assertThrows(IllegalArgumentException.class, () -> acme.sendTo("beta", "web", track("m")));
    }

    @Test
    void thousandParallelCopies_publishOne() throws InterruptedException, ExecutionException {
        var start = new CountDownLatch(1);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var outcomes = IntStream.range(0, 1_000)
                    .<Future<Outcome>>mapToObj(i -> pool.submit(() -> {
                        start.await();
                        return acme.send(track("the-same"));
                    }))
                    .toList();
            start.countDown();
            int published = 0;
            for (Future<Outcome> outcome : outcomes) {
                published += outcome.get().published();
            }
            assertEquals(1, published);
        }
        assertEquals(1, acme.published().size());
        assertEquals(999, acme.dropped(DropReason.DUPLICATE));
    }

    @Test
    void failedPublish_isRefusedAndMayComeAgain() {
        acme.broker.failing = draft -> draft.data().toString().contains("\"m2\"");
        assertEquals(new Outcome(2, 0, 1), acme.send(track("m1"), track("m2"), track("m3")));
        assertEquals(1, acme.dropped(DropReason.FAILED));
        acme.broker.failing = draft -> false;
        assertEquals(new Outcome(1, 2, 0), acme.send(track("m1"), track("m2"), track("m3")));
        assertEquals(3, acme.published().size());
    }

    @Test
    void faultInAStep_costsItsEventOnlyAndIsNotAskedForAgain() {
        acme.idsFail = true;
        assertEquals(new Outcome(2, 1, 0), acme.send(track("m1"), "{\"type\":\"page\"}", track("m2")));
        assertEquals(1, acme.dropped(DropReason.FAILED));
    }

    @Test
    void whereNobodyWatches_nothingIsPublishedButTheIdIsRemembered() {
        acme.broker.watched = channel -> false;
        acme.send(track("m"));
        assertEquals(1, acme.dropped(DropReason.UNWATCHED));
        acme.broker.watched = channel -> true;
        acme.send(track("m"));
        assertEquals(1, acme.dropped(DropReason.DUPLICATE));
        assertEquals(0, acme.published().size());
    }

    @Test
    void eventsWithoutAnId_areGivenOneEach() {
        acme.send(
                "{\"type\":\"page\"}",
                "{\"type\":\"page\",\"messageId\":\"\"}",
                "{\"type\":\"page\",\"messageId\":null}");
        assertEquals(
                List.of("gw-id-1", "gw-id-2", "gw-id-3"),
                acme.published().stream()
                        .map(event -> json(event).get("message_id").asText())
                        .toList());
    }

    @Test
    void longMessageIds_areToldApartWholeAndShownInPart() {
        String common = "x".repeat(100);
        acme.send(track(common + "1"), track(common + "2"), track(common + "1"));
        assertEquals(2, acme.published().size());
        assertEquals(common, json(acme.last()).get("message_id").asText());
    }

    @Test
    void cloudEvents_areToldApartByTheirSourceToo() {
        var cloudEvents = new CloudEvents(new EventLimits(32_768, 2_500), 1 << 20);
        byte[] body = """
                [{"specversion":"1.0","type":"a","source":"/s","id":"1","sampledrate":4,"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                 {"specversion":"1.0","type":"a","source":"/t","id":"1"},{"specversion":"1.0","type":"a","source":"/s","id":"1"}]""".getBytes(StandardCharsets.UTF_8);
        assertEquals(new Outcome(2, 1, 0), acme.accept("acme", "web", cloudEvents.batch(body)));
        JsonNode first = json(acme.published().getFirst());
        assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", first.get("trace_id").asText());
        assertEquals(0.25, first.get("sample_rate").asDouble());
    }

    @Test
    void identifiedCopy_goesToItsOwnChannelWithRawIds() {
        var harness = new Harness(TestConfig.config(TestConfig.workspace("acme", KEY, true, TestConfig.source("web"))));
        String event =
                "{\"type\":\"track\",\"event\":\"e\",\"messageId\":\"%s\",\"userId\":\"u1\",\"anonymousId\":\"a1\"}";
        harness.send(event.formatted("1"));
        List<String> identified = harness.broker.data(CHANNEL + "-identified");
        assertFalse(harness.last().contains("u1"));
        assertEquals("u1", json(identified.getFirst()).get("user_id").asText());
        assertEquals("a1", json(identified.getFirst()).get("anonymous_id").asText());
        assertEquals(1, harness.count(Count.EVENTS_PUBLISHED));

        harness.broker.watched = channel -> channel.name().endsWith("-identified");
        harness.send(event.formatted("2"));
        assertEquals(1, harness.published().size());
        assertEquals(2, harness.broker.data(CHANNEL + "-identified").size());
        assertEquals(0, harness.dropped(DropReason.UNWATCHED));
    }

    @Test
    void environmentWithoutIdentifiedCopies_makesNone() {
        acme.send("{\"type\":\"page\",\"userId\":\"u1\"}");
        assertEquals(1, acme.broker.drafts().size());
    }

    @Test
    void consent_isDeniedOnlyWhereItIsAskedAndAnsweredWithNo() {
        Harness harness = with(new PrivacyConfig(Set.of(), Set.of(), "", false, List.of("Ads", "Analytics")), 1);
        String[] passing = {
            "{}",
            "{\"context\":{}}",
            "{\"context\":{\"consent\":{}}}",
            "{\"context\":{\"consent\":{\"categoryPreferences\":null}}}",
            "{\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":true,\"Analytics\":true,\"Other\":false}}}}",
            "{\"context\":{\"consent\":{\"categoryPreferences\":{\"Other\":false}}}}"
        };
        String[] dropped = {
            "{\"context\":{\"consent\":{\"categoryPreferences\":{}}}}",
            "{\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":true,\"Analytics\":false}}}}",
            "{\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":\"no\"}}}}"
        };
        for (String event : passing) {
            assertEquals(
                    1,
                    harness.send(event.replaceFirst("\\{", "{\"type\":\"page\"" + (event.equals("{}") ? "" : ",")))
                            .published(),
                    event);
        }
        for (String event : dropped) {
            assertEquals(
                    1,
                    harness.send(event.replaceFirst("\\{", "{\"type\":\"page\","))
                            .dropped(),
                    event);
        }
        assertEquals(dropped.length, harness.dropped(DropReason.NO_CONSENT));
    }

    @Test
    void trace_comesFromThePropertyThenTheSessionThenThePerson() {
        Harness harness = with(new PrivacyConfig(Set.of(), Set.of(), "flow", true, List.of()), 1);
        String event =
                "{\"type\":\"page\",\"userId\":\"u1\",\"anonymousId\":\"a1\",\"context\":{\"sessionId\":17},\"properties\":{\"flow\":\"f1\"}}";
        harness.send(event);
        assertEquals("f1", json(harness.last()).get("trace_id").asText());
        harness.send(event.replace("\"flow\":\"f1\"", ""));
        assertEquals("17", json(harness.last()).get("trace_id").asText());
        harness.send("{\"type\":\"page\",\"userId\":\"u1\",\"anonymousId\":\"a1\"}");
        String ofUser = json(harness.last()).get("trace_id").asText();
        assertTrue(ofUser.startsWith("p_"));
        assertFalse(ofUser.equals(json(harness.last()).get("user").asText()), "trace and user have keys of their own");
        harness.send("{\"type\":\"page\",\"anonymousId\":\"a1\"}");
        assertTrue(json(harness.last()).get("trace_id").asText().startsWith("p_"));
        acme.send("{\"type\":\"page\",\"userId\":\"u1\"}");
        assertFalse(json(acme.last()).has("trace_id"), "where the setting does not allow it, a person makes no trace");
    }

    @Test
    void sampling_keepsTracesWhole() {
        Harness harness = with(TestConfig.privacy(), 0.5);
        String event = "{\"type\":\"page\",\"properties\":{\"trace_id\":\"t%d\"}}";
        int kept = 0;
        for (int trace = 0; trace < 200; trace++) {
            int published = harness.send(event.formatted(trace), event.formatted(trace), event.formatted(trace))
                    .published();
            assertTrue(published == 0 || published == 3, "trace " + trace);
            kept += published / 3;
        }
        assertEquals(100, kept, 45);
        assertEquals(600 - 3 * kept, harness.dropped(DropReason.SAMPLED));
        assertEquals(0.5, json(harness.last()).get("sample_rate").asDouble());
    }

    @Test
    void sampledOut_isNotRedacted() {
        Harness harness = with(TestConfig.privacy(), 0);
        harness.send(
                "{\"type\":\"page\",\"name\":\"jane@example.com\",\"properties\":{\"category\":\"jane@example.com\"}}");
        assertEquals(1, harness.dropped(DropReason.SAMPLED));
        assertEquals(0, harness.count(Count.VALUES_REDACTED));
    }

    @Test
    void sampling_byAPersonOrASession_keepsAllOfTheirEvents() {
        var fromUser = new PrivacyConfig(Set.of(), Set.of(), "trace_id", true, List.of());
        List<String> events = List.of(
                "{\"type\":\"page\",\"userId\":\"u%d\"}",
                "{\"type\":\"page\",\"anonymousId\":\"a%d\",\"properties\":{\"trace_id\":true,\"email\":\"x@example.com\"}}",
                "{\"type\":\"page\",\"context\":{\"sessionId\":\"%d\"},\"properties\":{\"trace_id\":\"\"}}",
                "{\"type\":\"page\",\"properties\":{\"x\":{\"trace_id\":7},\"trace_id\":%d.5}}");
        for (PrivacyConfig privacy : List.of(fromUser, TestConfig.privacy())) {
            Harness harness = with(privacy, 0.5);
            for (String event : events) {
                int kept = 0;
                for (int i = 0; i < 200; i++) {
                    int published =
                            harness.send(event.formatted(i), event.formatted(i)).published();
                    assertTrue(published == 0 || published == 2, event.formatted(i));
                    kept += published / 2;
                }
                assertEquals(100, kept, 45, event);
            }
        }
    }

    @Test
    void forget_removesAPersonsEventsOfThisWorkspaceOnly() {
        var harness = new Harness(TestConfig.config(
                TestConfig.workspace("acme", null, true, TestConfig.source("web")),
                TestConfig.workspace("beta", null, false, TestConfig.source("shop"))));
        String event = "{\"type\":\"page\",\"userId\":\"%s\"}";
        harness.send(event.formatted("u1"), event.formatted("u2"));
        harness.sendTo("beta", "shop", event.formatted("u1"));
        assertEquals(2, harness.pipeline.forget("acme", "u1").join());
        assertEquals(2, harness.count(Count.PURGED));
        assertEquals(1, harness.published().size());
        assertEquals(1, harness.broker.data("beta/private-prod-segment-events").size());
    }

    @Test
    void eventOverItsChannelsRate_isDroppedWithThatReason_andMayComeAgain() {
        String event = "{\"batch\":[{\"type\":\"track\",\"event\":\"E\",\"messageId\":\"rate-1\"}]}";
        acme.broker.overRate = draft -> true;
        assertEquals(new Outcome(0, 1, 0), acme.sendBatch("acme", "web", event));
        assertEquals(1, acme.metrics.value(Count.EVENTS_DROPPED, DropReason.CHANNEL_RATE));
        acme.broker.overRate = draft -> false;
        assertEquals(new Outcome(1, 0, 0), acme.sendBatch("acme", "web", event));
    }
}
