package dev.heliograph.channel;

import dev.heliograph.config.ChannelPattern;
import dev.heliograph.config.EnvironmentConfig;
import dev.heliograph.config.NamespaceConfig;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.limit.Rate;
import dev.heliograph.protocol.pusher.PusherChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of one workspace's channels. Immutable. */
final class WorkspaceChannels {
    /** Of a workspace that is not configured. */
    static final WorkspaceChannels NONE = new WorkspaceChannels();

    private static final String ENTITY = "entity:";

    /** What every ingested event has. Source: docs/PROTOCOL.md, "An ingested event". */
    private static final Set<String> ENVELOPE = Set.of(
            "event_name",
            "type",
            "message_id",
            "trace_id",
            "occurred_at",
            "arrived_at",
            "time_source",
            "late",
            "user",
            "source",
            "workspace",
            "env",
            "sample_rate");

    /** What only identified copies have. */
    private static final Set<String> IDENTITY = Set.of("user_id", "anonymous_id");

    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, Ingested> ingested = new HashMap<>();
    private final boolean isApp;
    /** Of a channel for which no namespace says it. */
    private final Rate rate;

    private record Rule(ChannelPattern pattern, NamespaceConfig namespace, String from) {}

    /**
     * A channel that ingest fills.
     *
     * @param roots paths that its events show, with all that lies below them
     * @param rate at least that of its sources together, each of which is bounded by its own
     */
    private record Ingested(String environment, Set<String> roots, Rate rate) {}

    private WorkspaceChannels() {
        isApp = false;
        rate = Rate.UNBOUNDED;
    }

    WorkspaceChannels(WorkspaceConfig workspace, Rate rate) {
        this.isApp = workspace.pusher() != null;
        this.rate = rate;
        for (NamespaceConfig namespace : workspace.namespaces()) {
            String from = "workspaces." + workspace.name() + ".namespaces[" + rules.size() + "]";
            rules.add(new Rule(
                    ChannelPattern.of(namespace.pattern()), namespace, from + " (" + namespace.pattern() + ")"));
        }
        workspace.environments().values().forEach(this::add);
    }

    private void add(EnvironmentConfig environment) {
        var roots = new HashSet<>(ENVELOPE);
        for (SourceConfig source : environment.sources().values()) {
            PrivacyConfig privacy = source.privacy();
            privacy.properties().forEach(key -> roots.add("properties." + key));
            privacy.traits().forEach(key -> roots.add("traits." + key));
        }
        Rate ofSources = rate(environment);
        ingested.put(environment.channel(), new Ingested(environment.name(), Set.copyOf(roots), ofSources));
        roots.addAll(IDENTITY);
        ingested.put(environment.identifiedChannel(), new Ingested(environment.name(), Set.copyOf(roots), ofSources));
    }

    private Rate rate(EnvironmentConfig environment) {
        double perSecond = 0;
        long burst = 0;
        for (SourceConfig source : environment.sources().values()) {
            perSecond += source.ratePerSecond();
            burst += source.burst();
        }
        return rate.isBounded()
                ? new Rate(Math.max(perSecond, rate.perSecond()), (int)
                        Math.min(Math.max(burst, rate.burst()), Integer.MAX_VALUE))
                : rate;
    }

    ChannelRules rules(String channel) {
        Rule rule = rule(channel);
        Ingested events = ingested.get(channel);
        NamespaceConfig otherwise = events == null ? NamespaceConfig.DEFAULT : NamespaceConfig.INGESTED;
        return ChannelRules.of(
                rule == null ? otherwise : rule.namespace(), kind(channel), events == null ? rate : events.rate());
    }

    private ChannelKind kind(String channel) {
        if (channel.startsWith(ENTITY)) {
            return ChannelKind.ENTITY;
        }
        return isCache(channel) ? ChannelKind.CACHE : ChannelKind.EVENTS;
    }

    private boolean isCache(String channel) {
        PusherChannel named = isApp ? PusherChannel.parse(channel, PusherChannel.LENGTH_MAX) : null;
        return named != null && named.isCache();
    }

    String from(String channel) {
        Rule rule = rule(channel);
        if (rule != null) {
            return rule.from();
        }
        Ingested events = ingested.get(channel);
        return events == null ? "the default" : "the default for events of environment " + events.environment();
    }

    private @Nullable Rule rule(String channel) {
        for (Rule rule : rules) {
            if (rule.pattern().matches(channel)) {
                return rule;
            }
        }
        return null;
    }

    boolean mayFilter(String channel, String path) {
        Ingested events = ingested.get(channel);
        if (events == null || events.roots().contains(path)) {
            return true;
        }
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            String root = path.substring(0, dot);
            if (root.indexOf('.') > 0 && events.roots().contains(root)) {
                return true;
            }
        }
        return false;
    }
}
