package dev.heliograph.config;

import java.util.LinkedHashSet;
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

    /** Every type of event that there is. */
    public static final List<String> TYPES = List.of("track", "identify", "page", "screen", "group", "alias");

    /** As many events per second as a source may send on average, if nothing else is set. */
    public static final double DEFAULT_RATE_PER_SECOND = 1_000;

    /** Two of the largest batches at once. */
    public static final int DEFAULT_BURST = 5_000;

    private static final int KEY_BYTES_MIN = 8;
    private static final int BEARER_BYTES_MIN = 16;

    static SourceConfig read(String name, Section s) {
        var source = new SourceConfig(
                name,
                s.confidential().secrets("writeKeys", KEY_BYTES_MIN),
                new LinkedHashSet<>(s.values("types", ValueType.oneOf(TYPES), TYPES)),
                s.confidential().secrets("webhookSecrets", KEY_BYTES_MIN),
                s.confidential().secret("bearer", BEARER_BYTES_MIN, "none"),
                s.value("ratePerSecond", ValueType.decimal(0, 10_000_000), DEFAULT_RATE_PER_SECOND),
                s.value("burst", ValueType.integer(1, 100_000_000), DEFAULT_BURST),
                s.value("sampleRate", ValueType.decimal(0, 1), 1.0),
                s.section("privacy", PrivacyConfig::read));
        if (!s.confidential().has("writeKeys")
                && !s.confidential().has("webhookSecrets")
                && !s.confidential().has("bearer")) {
            s.reportSelf("lets nobody in; expected writeKeys, webhookSecrets or bearer (or their …File)");
        }
        return source;
    }
}
