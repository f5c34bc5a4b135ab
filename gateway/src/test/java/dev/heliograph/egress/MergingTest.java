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
    @CsvSource(nullValues = "-", textBlock = """
            created, updated, created
            created, deleted, deleted
            created, created, created
            updated, updated, updated
            updated, deleted, deleted
            updated, created, created
            deleted, deleted, deleted
            deleted, created, -
            deleted, updated, -
            """)
    void entity_changesOfOneRecord_becomeOne_butNothingMergesWithItsDeletion(
            String older, String newer, @Nullable String merged) {
        Publication both =
                Merging.merge(MergeRule.ENTITY, change("entity:" + older, 1, OLD), change("entity:" + newer, 2, NEW));
        if (merged == null) {
            assertNull(both);
            return;
        }
        Objects.requireNonNull(both);
        assertEquals("entity:" + merged, both.name());
        assertEquals(RawJson.of("{\"n\":2}"), both.data());
        assertEquals(NEW, both.ownType());
        assertEquals(2, both.offset());
        assertEquals("r1", both.key());
    }

    @ParameterizedTest
    @EnumSource(
            value = MergeRule.class,
            names = {"KEYED", "ENTITY", "SHALLOW", "SUMMED"})
    void byKey_whatHasNone_doesNotMerge(MergeRule rule) {
        assertNull(Merging.key(rule, publication(null)));
        assertEquals("k", Merging.key(rule, publication("k")));
    }

    @Test
    void latest_isOneForTheChannel_andNone_isNoKeyAtAll() {
        assertEquals(Merging.key(MergeRule.LATEST, publication("a")), Merging.key(MergeRule.LATEST, publication(null)));
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
