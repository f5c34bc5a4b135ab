package dev.heliograph.server;

import dev.heliograph.channel.ChannelRules;
import dev.heliograph.channel.Channels;
import dev.heliograph.config.ChannelPattern;
import dev.heliograph.config.EnvironmentConfig;
import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.limit.Rate;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherLimits;
import dev.heliograph.server.CliErrors.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What an operator may want to know of one channel, in sentences. */
final class ChannelExplanation {
    private final WorkspaceConfig workspace;
    private final Channels channels;
    private final ChannelId channel;

    ChannelExplanation(WorkspaceConfig workspace, Channels channels, String name) {
        this.workspace = workspace;
        this.channels = channels;
        this.channel = channel(workspace.name(), name);
    }

    /** The same by topic, for channels of workspaces that there are. */
    static Function<ChannelId, Map<String, String>> by(Map<String, WorkspaceConfig> workspaces, Channels channels) {
        return id -> {
            var topics = new LinkedHashMap<String, String>();
            WorkspaceConfig workspace = Objects.requireNonNull(workspaces.get(id.workspace()), id.workspace());
            for (String line : new ChannelExplanation(workspace, channels, id.name()).lines()) {
                int colon = line.indexOf(':');
                topics.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            return topics;
        };
    }

    private static ChannelId channel(String workspace, String name) {
        try {
            return ChannelId.named(workspace, name);
        } catch (ProtocolException invalid) {
            throw new UsageException("'" + name + "' is no channel: " + invalid.getMessage());
        }
    }

    List<String> lines() {
        ChannelRules rules = channels.rules(channel);
        var lines = new ArrayList<String>();
        lines.add("channel:   " + channel.name() + " of workspace " + channel.workspace());
        lines.add("kind:      " + rules.kind().title());
        lines.add("filled by: " + filledBy());
        lines.add("rules:     " + channels.rulesFrom(channel));
        lines.add("history:   " + history(rules));
        lines.add("merging:   " + rules.merge().name().toLowerCase(Locale.ROOT)
                + ", for clients that are slow or ask for fewer a second");
        lines.add("publish:   " + rate(rules.rate()));
        lines.add("subscribe: " + subscribers());
        return lines;
    }

    private String filledBy() {
        for (EnvironmentConfig environment : workspace.environments().values()) {
            String sources = String.join(", ", environment.sources().keySet());
            if (channel.name().equals(environment.channel())) {
                return "events of environment " + environment.name() + " (sources: " + sources + ")";
            }
            if (channel.name().equals(environment.identifiedChannel())) {
                return environment.identified()
                        ? "events of environment " + environment.name() + " with raw user ids (sources: " + sources
                                + ")"
                        : "nothing: environments." + environment.name() + ".identified is false";
            }
        }
        return channel.isPresence()
                ? "the gateway: who joins with a token that grants presence, and who leaves"
                : "whoever has a token that grants publish";
    }

    private static String rate(Rate rate) {
        return rate.isBounded() ? "at most " + rate + ", whoever publishes" : "as often as anybody does";
    }

    private static String history(ChannelRules rules) {
        return rules.keepsHistory()
                ? rules.historyCount() + " publications, " + rules.historyBytesMax() + " bytes, "
                        + rules.historyAgeMs() / 1_000 + " s, whichever is least"
                : "none is kept";
    }

    private String subscribers() {
        for (String pattern : workspace.anonymous()) {
            if (ChannelPattern.of(pattern).matches(channel.name())) {
                return "anybody, also without a token (workspaces." + workspace.name() + ".anonymous: " + pattern + ")";
            }
        }
        String tokens = "tokens of workspace " + workspace.name() + " whose subscribe grants match";
        PusherConfig app = workspace.pusher();
        return app == null ? tokens : tokens + "; " + pusherClients(app);
    }

    private String pusherClients(PusherConfig app) {
        PusherChannel named = PusherChannel.parse(channel.name(), PusherLimits.HOSTED.channelLengthMax());
        if (named == null) {
            return "no client of Pusher's protocol, which has no such name";
        }
        return named.isSigned()
                ? "clients of Pusher's protocol with a signature of app " + app.appId()
                : "anybody who knows the key of app " + app.appId()
                        + ", as the name begins with neither private- nor presence-";
    }
}
