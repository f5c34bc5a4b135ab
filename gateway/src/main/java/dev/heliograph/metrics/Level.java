package dev.heliograph.metrics;

/** Every number that goes up and down, with the sentence that explains it. */
public enum Level {
    CONNECTIONS_OPEN("connections.open", "WebSocket connections open."),
    BACKLOG_SHARED_BYTES(
            "backlog.shared.bytes",
            "Bytes of publications that at least one slow client waits for, each counted once however many do."),
    BACKLOG_OWN_BYTES("backlog.own.bytes", "Bytes that wait for one slow client each, such as answers."),
    CHANNELS("channels", "Channels that exist: those with history, with subscribers, or used of late."),
    CHANNELS_OCCUPIED("channels.occupied", "Channels with at least one subscriber."),
    PRESENCE_CHANNELS("presence.channels", "Channels presence:… that somebody has joined."),
    PRESENCE_MEMBERS("presence.members", "Members of all channels presence:…, one per user and channel."),
    USAGE_MESSAGES_TODAY(
            "usage.messages.today",
            "Messages of a workspace since midnight UTC, or since the start, as Pusher bills them: publications and deliveries."),
    DEDUPE_WINDOW_SECONDS("dedupe.window.seconds", "How long a message id is remembered at the present rate."),
    HTTP_CONNECTIONS_OPEN("http.connections.open", "TCP connections open on the public listener, WebSockets included."),
    CLIENT_ADDRESSES(
            "client.addresses",
            "Addresses that WebSocket connections are open from, an IPv6 /64 as one. Only with limits.connectionsPerAddressMax."),
    HTTP_BODY_BYTES("http.body.bytes", "Bytes held by request bodies that are being read or handled."),
    HTTP_BODIES_WAITING("http.bodies.waiting", "Request bodies that wait for a worker."),
    HISTORY_WAITING("history.waiting", "Publications that wait for the disk. Only with history on disk."),
    LOOP_LAG_RECENT(
            "loop.lag.recent.seconds",
            "How late an event loop runs what is due: the worst of about the last second, fading, or for how long it is held up right now."),
    LOOP_CONNECTIONS("loop.connections", "WebSocket connections of an event loop, by how far their peers are behind."),
    BACKLOG_BYTES("backlog.bytes", "Bytes that wait on an event loop for peers that do not keep up."),
    TLS_CERTIFICATE_EXPIRY_SECONDS(
            "tls.certificate.expiry.seconds",
            "Until the first of the certificates in use expires; negative: it has. Only with TLS."),
    TLS_HANDSHAKES_UNDER_WAY("tls.handshakes.under.way", "TLS handshakes under way. Only with TLS."),
    DRAINING("draining", "1 from when the gateway was told to stop, else 0."),
    REVOCATIONS("revocations", "Revocations in force."),
    WEBHOOKS_WAITING("webhooks.waiting", "Events that wait to be sent by webhook, once for each endpoint.");

    private final String meter;
    private final String help;

    Level(String meter, String help) {
        this.meter = meter;
        this.help = help;
    }

    /** The name in Prometheus is {@code heliograph_} and this with underscores. */
    public String meter() {
        return meter;
    }

    public String help() {
        return help;
    }
}
