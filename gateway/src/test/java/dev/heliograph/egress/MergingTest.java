package dev.heliograph.egress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class MergingTest {
    private static final OwnType OLD = new OwnType(RawJson.of("{\"version\":1}"));
    private static final OwnType NEW = new OwnType(RawJson.of("{\"version\":2}"));

    @ParameterizedTest
    @CsvSource(textBlock = """
            created, updated, both
            created, deleted, newer
            created, created, newer
            updated, updated, newer
            updated, deleted, newer
            updated, created, newer
            deleted, deleted, newer
            deleted, created, apart
            deleted, updated, apart
            """)
    void entity_theNewerChangeStandsForTheOlder_butNotForACreation_andNothingMergesWithADeletion(
            String older, String newer, String said) {
        Publication first = change("entity:" + older, 1, OLD);
        Publication second = change("entity:" + newer, 2, NEW);
        Merging.Both both = Merging.merge(MergeRule.ENTITY, first, second, false);
        switch (said) {
            case "apart" -> assertNull(both);
            case "both" -> assertEquals(new Merging.Both(first, second), both);
            default -> assertEquals(new Merging.Both(null, second), both);
        }
    }

    @Test
    void neighbours_becomeOne() {
        Publication created = change("entity:created", 1, OLD);
        Publication updated = change("entity:updated", 2, NEW);
        Merging.Both both = Objects.requireNonNull(Merging.merge(MergeRule.ENTITY, created, updated, true));
        assertNull(both.older());
        assertEquals("entity:created", both.newer().name());
        assertEquals(updated.data(), both.newer().data());
        assertEquals(NEW, both.newer().ownType());
        assertEquals(2, both.newer().offset());
        Publication row = row(1, "{\"a\":1,\"b\":1}");
        both = Objects.requireNonNull(Merging.merge(MergeRule.SHALLOW, row, row(2, "{\"b\":2}"), true));
        assertNull(both.older());
        assertEquals(RawJson.of("{\"a\":1,\"b\":2}"), both.newer().data());
    }

    @Test
    void shallow_theOlderKeepsWhatTheNewerLacks_atItsPlace() {
        Publication older = row(1, "{\"a\":1,\"b\":1}");
        Merging.Both both = Objects.requireNonNull(Merging.merge(MergeRule.SHALLOW, older, row(2, "{\"b\":2}"), false));
        Publication left = Objects.requireNonNull(both.older());
        assertEquals(RawJson.of("{\"a\":1}"), left.data());
        assertEquals(1, left.offset());
        assertEquals(RawJson.of("{\"b\":2}"), both.newer().data());
        assertNull(Objects.requireNonNull(Merging.merge(MergeRule.SHALLOW, left, row(3, "{\"a\":3,\"c\":3}"), false))
                .older());
        assertNull(Merging.merge(MergeRule.SHALLOW, older, row(3, "[1]"), false));
    }

    private static Publication row(long offset, String data) {
        var draft = new Draft(new ChannelId("w", "c"), "e", RawJson.of(data), "k", 0, 0);
        return new Publication(draft, new Position("e", offset), 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = MergeRule.class,
            names = {"KEYED", "ENTITY", "SHALLOW"})
    void byKey_whatHasNone_doesNotMerge(MergeRule rule) {
        assertNull(Merging.key(rule, publication(null)));
        assertEquals("k", Merging.key(rule, publication("k")));
    }

    @ParameterizedTest
    @EnumSource(
            value = MergeRule.class,
            names = {"LATEST", "SUMMED"})
    void byChannel_keysDoNotMatter(MergeRule rule) {
        assertEquals(Merging.key(rule, publication("a")), Merging.key(rule, publication(null)));
    }

    @Test
    void none_isNoKeyAtAll() {
        assertNull(Merging.key(MergeRule.NONE, publication("a")));
    }

    private static Publication publication(@Nullable String key) {
        return new Publication(
                new Draft(new ChannelId("w", "c"), "e", RawJson.EMPTY_OBJECT, key, 0, 0), new Position("e", 1), 0);
    }

    private static Publication change(String type, long offset, OwnType ownType) {
        var draft = new Draft(
                new ChannelId("w", "entity:Task"),
                type,
                RawJson.of("{\"n\":" + offset + "}"),
                "r1",
                0,
                0,
                null,
                ownType);
        return new Publication(draft, new Position("e", offset), 0);
    }
}
