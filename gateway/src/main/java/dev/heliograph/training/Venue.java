package dev.heliograph.training;

import java.net.InetSocketAddress;

/**
 * The gateway a rehearsal is held at.
 *
 * @param clients where clients and producers connect
 * @param operator where its operator connects
 * @param channel where the events of its one source appear
 * @param webhook path of that source's signed webhook
 * @param app the workspace as an app of Pusher's protocol, with client events
 */
public record Venue(
        InetSocketAddress clients, InetSocketAddress operator, Passes passes, String channel, String webhook, App app) {
    /** An app's id, one of its keys, and that key's secret. */
    public record App(String id, String key, String secret) {}

    /**
     * What lets in.
     *
     * @param token of a user who may do everything on every channel
     * @param operatorToken for the operator's listener
     * @param writeKey of the source
     * @param webhookSecret that signs for the source
     */
    public record Passes(String token, String operatorToken, String writeKey, String webhookSecret) {}
}
