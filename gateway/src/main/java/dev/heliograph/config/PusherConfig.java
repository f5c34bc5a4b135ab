package dev.heliograph.config;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A workspace as an app of Pusher's protocol: what Pusher's dashboard would hold.
 *
 * @param appId stands in the paths of the HTTP API, unique in the gateway
 * @param enabled false: its connections are closed with 4003 and its API answers 403
 * @param keys 1 to 16, the oldest first; webhooks are signed with that one
 * @param clientEvents whether clients may send events to each other
 * @param clientEventsPerSecond of one connection
 * @param subscriptionCount whether subscribers are told how many they are, and publishers may ask
 * @param authorizedConnections whether a connection has to sign in, or to subscribe with a signature, in time
 * @param subscriptionErrors how a refused subscription is told
 * @param connectionsMax of the app, beyond which they are closed with 4004; 0: no bound of its own
 * @param subscriptionsMax of one connection
 * @param dataBytesMax of one event
 * @param membersMax of one presence channel
 * @param encryptionKey 32 bytes in base64, for the auth endpoint; null: clients of encrypted channels get their keys elsewhere
 * @param pathPrefix what a proxy in front strips from the paths of the HTTP API, and publishers have signed
 * @param webhookBatches whether one webhook may carry several events
 * @param github who else may use the auth endpoints; null: nobody
 */
public record PusherConfig(
        String appId,
        boolean enabled,
        List<PusherKeyConfig> keys,
        boolean clientEvents,
        int clientEventsPerSecond,
        boolean subscriptionCount,
        boolean authorizedConnections,
        SubscriptionErrors subscriptionErrors,
        int connectionsMax,
        int subscriptionsMax,
        int dataBytesMax,
        int membersMax,
        @Nullable Secret encryptionKey,
        String pathPrefix,
        boolean webhookBatches,
        List<WebhookConfig> webhooks,
        @Nullable GitHubConfig github) {
    public PusherConfig {
        keys = List.copyOf(keys);
        webhooks = List.copyOf(webhooks);
    }

    private static final int KEYS_MAX = 16;
    private static final int ENCRYPTION_KEY_BYTES = 32;

    /** How a client learns that it may not subscribe. */
    public enum SubscriptionErrors {
        /** By {@code pusher:subscription_error} on the channel, where pusher-js and Laravel Echo listen. */
        CHANNEL,
        /** By {@code pusher:error} on the connection, as hosted Pusher does. */
        CONNECTION
    }

    /** Null: the workspace is no app. */
    static @Nullable PusherConfig read(Section s) {
        String appId = s.optional("appId", Names.NAME);
        var app = new PusherConfig(
                appId == null ? "" : appId,
                s.value("enabled", ValueType.flag(), true),
                s.sections("keys", PusherKeyConfig::read),
                s.value("clientEvents", ValueType.flag(), false),
                s.value("clientEventsPerSecond", ValueType.integer(1, 100_000), 10),
                s.value("subscriptionCount", ValueType.flag(), false),
                s.value("authorizedConnections", ValueType.flag(), false),
                s.value("subscriptionErrors", ValueType.choice(SubscriptionErrors.class), SubscriptionErrors.CHANNEL),
                s.value("connectionsMax", ValueType.integer(0, 10_000_000), 0),
                s.value("subscriptionsMax", ValueType.integer(1, 100_000), 1_000),
                s.value("dataBytesMax", ValueType.fewBytes(1, 102_400), 10_240),
                s.value("membersMax", ValueType.integer(1, 100_000), 100),
                s.confidential().secret("encryptionKey", ENCRYPTION_KEY_BYTES, "none"),
                s.value("pathPrefix", Names.PATH_PREFIX, ""),
                s.value("webhookBatches", ValueType.flag(), false),
                s.sections("webhooks", WebhookConfig::read),
                s.section("github", GitHubConfig::read));
        if (appId == null) {
            reportWithoutId(s);
            return null;
        }
        check(s, app);
        return app;
    }

    private static void reportWithoutId(Section s) {
        if (s.has("keys") && !s.has("appId")) {
            s.report("appId", "is missing; expected " + Names.NAME.expected() + ", as keys are set");
        }
    }

    private static void check(Section s, PusherConfig app) {
        if (app.keys().isEmpty() || app.keys().size() > KEYS_MAX) {
            s.report(
                    "keys",
                    "has " + app.keys().size() + " keys; expected 1 to " + KEYS_MAX + ", each with key and secretFile");
        }
        Secret encryption = app.encryptionKey();
        if (encryption != null && !isEncryptionKey(encryption)) {
            s.report(
                    "encryptionKey",
                    "is no key; expected " + ENCRYPTION_KEY_BYTES
                            + " bytes in base64, made with 'openssl rand -base64 32'");
        }
    }

    private static boolean isEncryptionKey(Secret secret) {
        try {
            return Base64.getDecoder().decode(secret.reveal()).length == ENCRYPTION_KEY_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }
}
