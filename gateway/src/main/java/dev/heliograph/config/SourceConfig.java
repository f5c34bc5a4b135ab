package dev.heliograph.config;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One producer of events.
 *
 * @param name unique within the gateway for {@code /ingest/…/{source}}
 * @param writeKeys what SDKs send; several for rotation
 * @param types event types that are let in
 * @param webhookSecrets HMAC secrets of Segment's webhook, several for rotation; empty: the webhook is refused
 * @param bearer secret of webhooks without a signature and of webhook batches; null: those are refused
 * @param ratePerSecond events per second let through on average
 * @param burst events let through at once
 * @param sampleRate share of traces kept, 0 to 1
 */
public record SourceConfig(
        String name,
        List<Secret> writeKeys,
        Set<String> types,
        List<Secret> webhookSecrets,
        @Nullable Secret bearer,
        double ratePerSecond,
        int burst,
        double sampleRate,
        PrivacyConfig privacy) {
    public SourceConfig {
        writeKeys = List.copyOf(writeKeys);
        types = Set.copyOf(types);
        webhookSecrets = List.copyOf(webhookSecrets);
    }
}
