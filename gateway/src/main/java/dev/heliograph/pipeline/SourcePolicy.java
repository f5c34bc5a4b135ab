package dev.heliograph.pipeline;

import dev.heliograph.config.EnvironmentConfig;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.limit.TokenBucket;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.JsonBytes;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about one source, put into the form in which the steps use it. Immutable but for the bucket's level. Any thread.
 *
 * @param identified where the copy with raw user ids goes; null: no copy is made
 * @param requiredConsent categories that must not be denied
 * @param traceFromUser whether a person stands in for a missing trace
 * @param stamp the envelope's constant fields, {@code "source":…,"workspace":…,"env":…}
 */
record SourcePolicy(
        SourceId id,
        ChannelId channel,
        @Nullable ChannelId identified,
        Set<String> types,
        TokenBucket bucket,
        List<String> requiredConsent,
        Redactor properties,
        Redactor traits,
        boolean traceFromUser,
        Pseudonyms pseudonyms,
        Sampler sampler,
        byte[] stamp) {

    /** @param nowNanos the bucket is full at this time */
    static SourcePolicy of(
            WorkspaceConfig workspace,
            EnvironmentConfig environment,
            SourceConfig source,
            Pseudonyms pseudonyms,
            long nowNanos) {
        var id = new SourceId(workspace.name(), environment.name(), source.name());
        return new SourcePolicy(
                id,
                new ChannelId(workspace.name(), environment.channel()),
                environment.identified() ? new ChannelId(workspace.name(), environment.identifiedChannel()) : null,
                source.types(),
                new TokenBucket(source.ratePerSecond(), source.burst(), nowNanos),
                source.privacy().requireConsent(),
                new Redactor(source.privacy().properties(), source.privacy().traceProperty()),
                new Redactor(source.privacy().traits(), ""),
                source.privacy().traceFromUser(),
                pseudonyms,
                new Sampler(source.sampleRate()),
                stamp(id));
    }

    private static byte[] stamp(SourceId id) {
        var out = new JsonBytes(128);
        out.raw(Envelope.SOURCE).string(id.name());
        out.raw(Envelope.WORKSPACE).string(id.workspace());
        out.raw(Envelope.ENV).string(id.env());
        return out.toJson().utf8();
    }
}
