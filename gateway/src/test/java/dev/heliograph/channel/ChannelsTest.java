package dev.heliograph.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.EnvironmentConfig;
import dev.heliograph.config.NamespaceConfig;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.limit.Rate;
import dev.heliograph.protocol.message.ChannelId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChannelsTest {
    private static final NamespaceConfig NARROW = new NamespaceConfig("entity:Task", 5, 1_000, 2_000);
    private static final NamespaceConfig WIDE = new NamespaceConfig("entity:*", 7, 1_000, 2_000);

    private final Channels channels = new Channels(
            Map.of(
                    "acme",
                    workspace(
                            "acme",
                            List.of(NARROW, WIDE),
                            source("web", Set.of("checkpoint", "cart"), Set.of("plan")),
                            source("ios", Set.of("step"), Set.of())),
                    "beta",
                    workspace("beta", List.of(new NamespaceConfig("*", 0, 0, 0)))),
            100);

    @ParameterizedTest
    @CsvSource({
        "acme, entity:Task, 5, workspaces.acme.namespaces[0] (entity:Task)",
        "acme, entity:Task:1, 7, workspaces.acme.namespaces[1] (entity:*)",
        "acme, private-prod-segment-events, 1000, the default for events of environment prod",
        "acme, private-prod-segment-events-identified, 1000, the default for events of environment prod",
        "acme, private-stage-segment-events, 100, the default",
        "acme, private-prod-segment-events-x, 100, the default",
        "acme, chat, 100, the default",
        "beta, private-prod-segment-events, 0, workspaces.beta.namespaces[0] (*)",
        "none, chat, 100, the default",
    })
    void theFirstNamespaceThatMatches_orTheDefault_rules(String workspace, String name, int count, String from) {
        var channel = new ChannelId(workspace, name);
        assertEquals(count, channels.rules(channel).historyCount());
        assertEquals(count > 0, channels.rules(channel).keepsHistory());
        assertEquals(
                name.startsWith("entity:") ? ChannelKind.ENTITY : ChannelKind.EVENTS,
                channels.rules(channel).kind());
        assertEquals(from, channels.rulesFrom(channel));
    }

    @Test
    void presenceChannels_keepNothing_whateverANamespaceSays_andShowNoFilterAPart() {
        var presence = new ChannelId("wide", "presence:room");
        var wide = new Channels(
                Map.of("wide", workspace("wide", List.of(new NamespaceConfig("*", 1_000, 1_000, 1_000)))), 1_000);
        assertEquals(ChannelKind.PRESENCE, wide.rules(presence).kind());
        assertFalse(wide.rules(presence).keepsHistory());
        assertEquals("presence channels", wide.rulesFrom(presence));
        assertFalse(wide.mayFilter(presence, "id"));
        assertTrue(wide.rules(new ChannelId("wide", "presence-room")).keepsHistory());
    }

    @ParameterizedTest
    @CsvSource({
        "event_name, true",
        "trace_id, true",
        "occurred_at, true",
        "sample_rate, true",
        "user, true",
        "properties.checkpoint, true",
        "properties.cart, true",
        "properties.cart.total, true",
        "properties.step, true",
        "traits.plan, true",
        "properties.email, false",
        "properties.cart2, false",
        "properties.carttotal, false",
        "properties, false",
        "traits.checkpoint, false",
        "traits.email, false",
        "checkpoint, false",
        "user_id, false",
        "user.id, false",
        "event_name.x, false",
        "properties.Checkpoint, false",
        "'', false",
        "., false",
        "properties., false",
        "context.ip, false",
    })
    void aFilterOnIngestedEvents_seesTheEnvelopeAndWhatIsAllowedOnly(String path, boolean allowed) {
        assertEquals(allowed, channels.mayFilter(new ChannelId("acme", "private-prod-segment-events"), path));
    }

    @Test
    void rate_isTheNamespaces_orTheDefault_orAtLeastThatOfTheSources() {
        var fast = new NamespaceConfig("fast-*", 1, 1, 1, null, 5_000.0);
        var free = new NamespaceConfig("free-*", 1, 1, 1, null, 0.0);
        var slow = new NamespaceConfig("slow-*", 1, 1, 1, null, 0.5);
        SourceConfig busy = source("busy", 700, 4_000);
        SourceConfig calm = source("calm", 600, 10);
        var rated =
                new Channels(Map.of("acme", workspace("acme", List.of(NARROW, fast, free, slow), busy, calm)), 1_000);
        assertEquals(new Rate(5_000, 5_000), rate(rated, "fast-1"));
        assertEquals(Rate.UNBOUNDED, rate(rated, "free-1"));
        assertEquals(new Rate(0.5, 1), rate(rated, "slow-1"));
        assertEquals(new Rate(1_000, 1_000), rate(rated, "entity:Task"));
        assertEquals(new Rate(1_000, 1_000), rate(rated, "chat"));
        assertEquals(new Rate(1_300, 4_010), rate(rated, "private-prod-segment-events"));
        assertEquals(new Rate(100, 100), rate(channels, "private-prod-segment-events"), "two sources of 1 a second");
    }

    private static Rate rate(Channels channels, String channel) {
        return channels.rules(new ChannelId("acme", channel)).rate();
    }

    @Test
    void identifiedEvents_canBeFilteredByWhoTheyAreOf() {
        var identified = new ChannelId("acme", "private-prod-segment-events-identified");
        assertTrue(channels.mayFilter(identified, "user_id"));
        assertTrue(channels.mayFilter(identified, "anonymous_id"));
        assertFalse(channels.mayFilter(identified, "properties.email"));
    }

    @Test
    void otherChannels_canBeFilteredByAnything() {
        assertTrue(channels.mayFilter(new ChannelId("acme", "chat"), "properties.email"));
        assertTrue(channels.mayFilter(new ChannelId("none", "private-prod-segment-events"), "a.b"));
        assertFalse(channels.mayFilter(new ChannelId("beta", "private-prod-segment-events"), "properties.step"));
    }

    private static SourceConfig source(String name, double ratePerSecond, int burst) {
        var privacy = new PrivacyConfig(Set.of(), Set.of(), "trace_id", false, List.of());
        return new SourceConfig(name, List.of(), Set.of("track"), List.of(), null, ratePerSecond, burst, 1, privacy);
    }

    private static SourceConfig source(String name, Set<String> properties, Set<String> traits) {
        var privacy = new PrivacyConfig(properties, traits, "trace_id", false, List.of());
        return new SourceConfig(name, List.of(), Set.of("track"), List.of(), null, 1, 1, 1, privacy);
    }

    private static WorkspaceConfig workspace(String name, List<NamespaceConfig> namespaces, SourceConfig... sources) {
        Map<String, SourceConfig> byName = new LinkedHashMap<>();
        for (SourceConfig source : sources) {
            byName.put(source.name(), source);
        }
        var prod = new EnvironmentConfig("prod", true, byName);
        return new WorkspaceConfig(
                name, List.of(), null, null, List.of(), List.of(), null, namespaces, Map.of("prod", prod));
    }
}
