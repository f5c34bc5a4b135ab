package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.MergeRule;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a slow peer is sent: batched, then merged by its channels' rules, then not at all; told each time, and bounded always. */
final class LadderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final int BYTES_MAX = 8_000;
    /** One of a loss for each channel, one that the peer is slow. */
    private static final int NOTICES = 3 * MergeRule.values().length * 220 + 200;

    private final FakeWire wire = new FakeWire();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final BacklogLedger ledger = new BacklogLedger(Long.MAX_VALUE, 1);
    private final Outbox outbox = new Outbox(
            wire,
            FORMAT,
            new OutboxContext(
                    Unpooled.buffer(),
                    BYTES_MAX,
                    metrics,
                    () -> Instant.ofEpochMilli(0),
                    () -> 1L,
                    new LoopBacklogs(new LoopOutflow(), ledger),
                    DirectSockets.none(),
                    channel -> MergeRule.valueOf(
                            channel.name().substring(0, channel.name().indexOf('-')))));
    private final Map<String, Long> tops = new HashMap<>();

    @Test
    void slowPeer_ofAKeyedChannel_getsTheNewestOfEachKey_andIsToldOfTheRest() throws IOException {
        wire.stallAfter(0);
        for (int i = 0; i < 300; i++) {
            send("KEYED-board", "k" + i % 5, "{\"n\":" + i + "}");
        }
        assertTrue(metrics.value(Count.DELIVERIES_MERGED) > 0);
        assertEquals(0, metrics.value(Count.DELIVERIES_DROPPED));
        List<JsonNode> frames = drain();
        assertEquals("degraded", frames.getFirst().path("type").asText());
        assertEquals("restored", frames.getLast().path("type").asText());
        var last = new HashMap<String, Integer>();
        for (JsonNode event : ofType(frames, "event")) {
            last.put(
                    event.at("/payload/key").asText(),
                    event.at("/payload/data/n").asInt());
        }
        assertEquals(Map.of("k0", 295, "k1", 296, "k2", 297, "k3", 298, "k4", 299), last);
        assertEverythingAccountedFor(frames);
    }

    @Test
    void slowPeer_ofAnEntityChannel_seesARecordThatWasCreatedMeanwhile_asCreated() throws IOException {
        wire.stallAfter(0);
        send("ENTITY-Task", "entity:created", "r1", "{\"title\":\"new\"}");
        for (int i = 0; i < 100; i++) {
            send("ENTITY-Task", "entity:updated", "r1", "{\"title\":\"" + i + "\"}");
        }
        List<JsonNode> frames = drain();
        List<JsonNode> events = ofType(frames, "event");
        assertEquals("entity:created", events.getFirst().at("/payload/name").asText());
        assertEquals("99", events.getLast().at("/payload/data/title").asText());
        assertTrue(events.size() < 60);
        assertEverythingAccountedFor(frames);
    }

    /** A client goes on behind the last that it was sent, with what was published behind that. */
    @ParameterizedTest
    @EnumSource(
            value = MergeRule.class,
            names = {"LATEST", "KEYED", "ENTITY", "SHALLOW", "SUMMED"})
    void whereverTheConnectionBreaks_whatWasSentAndWhatRecoveryBrings_addUp(MergeRule rule) throws IOException {
        long seed = System.nanoTime();
        System.out.println("LadderTest seed " + seed + " " + rule);
        var random = new SplittableRandom(seed);
        var published = new ArrayList<JsonNode>();
        wire.stallAfter(0);
        for (int i = 1; metrics.value(Count.DELIVERIES_MERGED) == 0 || i < 150; i++) {
            String name = "entity:" + List.of("created", "updated", "deleted").get(random.nextInt(3));
            String key = "k" + random.nextInt(4);
            String data = rule == MergeRule.SUMMED
                    ? "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":\"" + random.nextInt(5) + "\",\"dx\":" + i + "}]}"
                    : "{\"f" + random.nextInt(3) + "\":" + i + "}";
            send(rule + "-x", name, key, data);
            published.add(JSON.createObjectNode()
                    .put("offset", i)
                    .set(
                            "payload",
                            JSON.createObjectNode()
                                    .put("name", name)
                                    .put("key", key)
                                    .set("data", JSON.readTree(data))));
        }
        assertEquals(0, metrics.value(Count.DELIVERIES_DROPPED));
        List<JsonNode> sent = ofType(drain(), "event");
        assertTrue(sent.size() < published.size());
        Map<String, String> all = state(rule, List.of(), 0, published);
        for (int broken = 0; broken <= sent.size(); broken++) {
            long reached = broken == 0
                    ? 0
                    : sent.get(broken - 1).at("/position/offset").asLong();
            assertEquals(all, state(rule, sent.subList(0, broken), reached, published), "broken behind " + reached);
        }
    }

    /** What a client has made of what it was sent, and of what was published behind it. */
    private static Map<String, String> state(
            MergeRule rule, List<JsonNode> sent, long reached, List<JsonNode> published) {
        var state = new HashMap<String, String>();
        sent.forEach(event -> apply(rule, event.path("payload"), state));
        published.stream()
                .filter(event -> event.path("offset").asLong() > reached)
                .forEach(event -> apply(rule, event.path("payload"), state));
        return state;
    }

    private static void apply(MergeRule rule, JsonNode payload, Map<String, String> state) {
        String key = payload.path("key").asText();
        JsonNode data = payload.path("data");
        switch (rule) {
            case SUMMED ->
                data.path("items")
                        .forEach(item -> state.merge(
                                item.path("id").asText(),
                                item.path("dx").asText(),
                                (a, b) -> Long.toString(Long.parseLong(a) + Long.parseLong(b))));
            case SHALLOW ->
                data.properties()
                        .forEach(field -> state.put(
                                key + "." + field.getKey(), field.getValue().asText()));
            case ENTITY -> {
                switch (payload.path("name").asText()) {
                    case "entity:created" -> state.put(key, data.toString());
                    case "entity:updated" -> state.computeIfPresent(key, (_, _) -> data.toString());
                    default -> state.remove(key);
                }
            }
            case KEYED -> state.put(key, data.toString());
            default -> state.put("newest", data.toString());
        }
    }

    @Test
    void slowPeer_ofDeltas_getsTheirSum() throws IOException {
        wire.stallAfter(0);
        for (int i = 0; i < 200; i++) {
            send(
                    "SUMMED-graph",
                    "layout",
                    "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":\"a\",\"dx\":1,\"dy\":0.5},{\"id\":\"b\",\"dx\":-1}]}");
        }
        List<JsonNode> frames = drain();
        double a = 0;
        double b = 0;
        for (JsonNode event : ofType(frames, "event")) {
            a += event.at("/payload/data/items/0/dx").asDouble();
            b += event.at("/payload/data/items/1/dx").asDouble();
        }
        assertEquals(200, a);
        assertEquals(-200, b);
        assertEverythingAccountedFor(frames);
    }

    @Test
    void slowPeer_ofPartialUpdates_getsAllFields() throws IOException {
        wire.stallAfter(0);
        for (int i = 0; i < 120; i++) {
            send("SHALLOW-row", "row", "{\"f" + i % 3 + "\":" + i + "}");
        }
        List<JsonNode> frames = drain();
        var row = JSON.createObjectNode();
        ofType(frames, "event")
                .forEach(event -> event.at("/payload/data")
                        .properties()
                        .forEach(field -> row.set(field.getKey(), field.getValue())));
        assertEquals("{\"f0\":117,\"f1\":118,\"f2\":119}", row.toString());
        assertTrue(ofType(frames, "event").size() < 60);
    }

    @Test
    void busyChannel_losesFirst_andTheQuietOneNothing() throws IOException {
        wire.stallAfter(0);
        send("NONE-quiet", null, "{\"n\":1}");
        for (int i = 0; i < 500; i++) {
            send("NONE-busy", null, "{\"n\":1}");
            if (i == 250) {
                send("NONE-quiet", null, "{\"n\":2}");
            }
        }
        List<JsonNode> frames = drain();
        assertEquals(2, ofType(frames, "event").stream().filter(this::isQuiet).count());
        assertTrue(ofType(frames, "lost").stream().noneMatch(this::isQuiet));
        assertFalse(ofType(frames, "lost").isEmpty());
        assertEverythingAccountedFor(frames);
    }

    private boolean isQuiet(JsonNode frame) {
        return frame.path("channel").asText().equals("NONE-quiet");
    }

    /** It may be the answer to another subscription of the same channel, whose client is not to be told of what came before. */
    @ParameterizedTest
    @ValueSource(strings = {"KEYED-x", "NONE-x"})
    void answer_isNeverCrossed_byWhatMerges_norByANoticeOfLoss(String channel) throws IOException {
        wire.stallAfter(0);
        for (int i = 0; i < 70; i++) {
            send(channel, "k", "{\"n\":\"" + "x".repeat(100) + "\"}");
        }
        outbox.send(FORMAT.frame("{\"type\":\"answer\"}".getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 70; i++) {
            send(channel, "k", "{\"n\":\"" + "x".repeat(100) + "\"}");
        }
        List<JsonNode> frames = drain();
        boolean answered = false;
        for (JsonNode frame : frames) {
            answered |= frame.path("type").asText().equals("answer");
            JsonNode payload = frame.path("payload");
            if (payload.has("count")) {
                assertTrue(
                        payload.at(answered ? "/from/offset" : "/to/offset").asLong() > 70 == answered,
                        frame::toString);
            }
        }
        assertTrue(answered);
    }

    @Test
    void controlFrame_goesBeforeWhatWaits_butNotIntoAFrame() throws IOException {
        wire.stallAfter(10); // inside of the first
        send("NONE-a", null, "1");
        send("NONE-a", null, "2");
        outbox.sendFirst(FORMAT.frame("{\"type\":\"first\"}".getBytes(StandardCharsets.UTF_8)));
        List<JsonNode> frames = drain();
        assertEquals(
                List.of("event", "first", "event"),
                frames.stream().map(frame -> frame.path("type").asText()).toList());
    }

    @Test
    void peerWhoseProtocolHasNoWordForIt_isNotMergedFor() {
        var silent = new WireFormat(1, new NativeCodec(), Frames::text, Frames.text(new byte[] {'x'}));
        var peer = new FakeWire();
        var box = new Outbox(
                peer,
                silent,
                new OutboxContext(
                        Unpooled.buffer(),
                        BYTES_MAX,
                        metrics,
                        () -> Instant.ofEpochMilli(0),
                        () -> 1L,
                        new LoopBacklogs(new LoopOutflow(), ledger),
                        DirectSockets.none(),
                        _ -> MergeRule.LATEST));
        peer.stallAfter(0);
        Offer offer = Offer.QUEUED;
        for (int i = 0; i < 300 && offer != Offer.CLOSED; i++) {
            offer = box.send(batch(silent, publication("LATEST-x", "e", null, "{\"n\":" + i + "}")));
        }
        assertEquals(Offer.CLOSED, offer);
        assertTrue(box.isAbandoned());
        assertEquals(0, metrics.value(Count.DELIVERIES_MERGED));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomTraffic_ofAllRules_isBounded_ordered_andEveryPublicationIsSentOrSkippedOrLost(long seed)
            throws IOException {
        var random = new SplittableRandom(seed);
        var rules = MergeRule.values();
        var frames = new ArrayList<JsonNode>();
        for (int i = 0; i < 6_000; i++) {
            MergeRule rule = rules[random.nextInt(rules.length)];
            String name = rule == MergeRule.ENTITY
                    ? List.of("entity:created", "entity:updated", "entity:deleted")
                            .get(random.nextInt(3))
                    : "e";
            String key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(30);
            String data = rule == MergeRule.SUMMED
                    ? "{\"kind\":\"PositionDelta\",\"items\":[{\"id\":" + random.nextInt(5) + ",\"dx\":1}]}"
                    : "{\"n\":" + i + ",\"f" + random.nextInt(4) + "\":\"" + "x".repeat(random.nextInt(200)) + "\"}";
            send(rule + "-" + random.nextInt(3), name, key, data);
            assertTrue(outbox.waitingBytes() <= BYTES_MAX + NOTICES, "waiting " + outbox.waitingBytes());
            if (random.nextInt(40) == 0) {
                wire.stallAfter(random.nextInt(6_000));
                outbox.onWritable();
            }
        }
        frames.addAll(drain());
        assertEverythingAccountedFor(frames);
        assertEquals(0, ledger.ownBytes());
        assertEquals(0, ledger.sharedBytes());
    }

    /** Offsets of a channel rise, and what was not sent is in the count of a skipped or a lost. */
    private void assertEverythingAccountedFor(List<JsonNode> frames) {
        var counted = new HashMap<String, Long>();
        var reached = new HashMap<String, Long>();
        for (JsonNode frame : frames) {
            String channel = frame.path("channel").asText();
            switch (frame.path("type").asText()) {
                case "event" -> {
                    long offset = frame.at("/position/offset").asLong();
                    assertTrue(reached.getOrDefault(channel, 0L) < offset, () -> channel + " went back to " + offset);
                    reached.put(channel, offset);
                    counted.merge(channel, 1L, Long::sum);
                }
                case "skipped", "lost" -> {
                    long count = frame.at("/payload/count").asLong();
                    long from = frame.at("/payload/from/offset").asLong();
                    long to = frame.at("/payload/to/offset").asLong();
                    assertTrue(count > 0 && count <= to - from + 1, frame::toString);
                    counted.merge(channel, count, Long::sum);
                }
                default ->
                    assertTrue(List.of("degraded", "restored")
                            .contains(frame.path("type").asText()));
            }
        }
        assertEquals(tops, counted);
    }

    private static List<JsonNode> ofType(List<JsonNode> frames, String type) {
        return frames.stream()
                .filter(frame -> frame.path("type").asText().equals(type))
                .toList();
    }

    private List<JsonNode> drain() throws IOException {
        wire.resume();
        outbox.onWritable();
        assertEquals(0, outbox.waitingBytes());
        var frames = new ArrayList<JsonNode>();
        for (String text : wire.takeTexts()) {
            frames.add(JSON.readTree(text));
        }
        return frames;
    }

    private void send(String channel, @Nullable String key, String data) {
        send(channel, "e", key, data);
    }

    private void send(String channel, String name, @Nullable String key, String data) {
        outbox.send(batch(FORMAT, publication(channel, name, key, data)));
    }

    private Publication publication(String channel, String name, @Nullable String key, String data) {
        long offset = tops.merge(channel, 1L, Long::sum);
        var draft = new Draft(new ChannelId("w", channel), name, RawJson.of(data), key, 0, 0);
        return new Publication(draft, new Position("e", offset), 0);
    }

    private static Batch batch(WireFormat format, Publication publication) {
        var batch = new Batch(Unpooled.buffer());
        batch.add(publication, format);
        return batch;
    }
}
