package dev.heliograph.metrics;

import java.util.List;

/** Every counter, with the sentence that explains it. Those with causes carry one label, {@link Label#key}. */
public enum Count {
    INGEST_REQUESTS("ingest.requests", "HTTP requests that producers made and that were answered with 200."),
    INGEST_REJECTED("ingest.rejected", "HTTP requests of producers that were refused as a whole."),
    INGEST_BYTES("ingest.bytes", "Bytes of accepted request bodies, after decompression."),
    INGEST_EVENTS("ingest.events", "Events read from accepted requests, before any is dropped."),
    EVENTS_DROPPED("events.dropped", "Events that were not published, by reason.", DropReason.values()),
    EVENTS_PUBLISHED("events.published", "Events that came through the pipeline and were given a position."),
    DEDUPE_OVERFLOWED(
            "dedupe.overflowed", "Message ids forgotten before their window ended because the table was full."),
    CONNECTIONS_OPENED("connections.opened", "Clients' connections accepted: WebSockets, event streams and polls."),
    CONNECTIONS_CLOSED("connections.closed", "Clients' connections that ended, by cause.", DisconnectCause.values()),
    UPGRADES_REFUSED(
            "upgrades.refused", "WebSocket upgrades refused with 503 because too much waits for slow clients already."),
    SESSIONS_RESUMED("sessions.resumed", "Sessions of Dazzle's clients that were taken up again by their keys."),
    RESUMPTIONS_REFUSED(
            "resumptions.refused", "Attempts to take up a session with a key that is unknown, used or too old."),
    STREAMS("streams", "Event streams accepted; each is among the connections opened."),
    POLLS("polls", "Polls answered with what there was; each is among the connections opened."),
    STREAMING_REFUSED(
            "streaming.refused",
            "Requests for event streams, and polls, that were refused, by reason.",
            StreamRefusal.values()),
    MESSAGES_RECEIVED("messages.received", "Messages that clients sent over WebSockets."),
    MESSAGES_REFUSED("messages.refused", "Messages of clients that were answered with an error."),
    LIMITS_REACHED("limits.reached", "How often something was refused because its bound was reached.", Bound.values()),
    DELIVERIES(
            "deliveries",
            "Publications handed to a subscriber's kernel or queued for it: one per publication and subscriber."),
    DELIVERIES_MERGED(
            "deliveries.merged",
            "Publications that one subscriber was not sent because a newer one stands for them: the subscriber was slow, or asked for fewer a second"),
    DELIVERIES_DROPPED(
            "deliveries.dropped", "Publications that a slow consumer will not get, dropped from its outbox."),
    DELIVERIES_OVERRUN("deliveries.overrun", "Publications that an event loop's mailbox could not hold, per loop."),
    PRESENCE_CHANGES(
            "presence.changes", "Publications of presence channels, each the net change of a window in one channel."),
    PRESENCE_TIMEOUTS(
            "presence.timeouts",
            "Connections that became absent in a presence channel because there was no sign of life of them."),
    LOOP_WAKES("loop.wakes", "Tasks given to event loops to deliver what has gathered."),
    VALUES_REDACTED(
            "values.redacted", "Values of published properties and traits, or parts of them, that were taken out."),
    HTTP_CONNECTIONS("http.connections", "TCP connections accepted."),
    HTTP_ANSWERS("http.answers", "HTTP answers by the class of their status.", StatusClass.values()),
    HTTP_REFUSED("http.refused", "HTTP requests refused before a handler saw them, by reason.", HttpRefusal.values()),
    PROXY_HEADERS_REFUSED(
            "proxy.headers.refused",
            "Connections of trusted proxies closed because of their PROXY header, by reason.",
            ProxyFailure.values()),
    API_REQUESTS(
            "api.requests", "Requests to Pusher's HTTP API and the auth endpoints that were answered with success."),
    API_REFUSED("api.refused", "Requests to Pusher's HTTP API and the auth endpoints that were refused."),
    DOOR_REQUESTS("doors.requests", "Requests to the native HTTP doors for servers that were answered with success."),
    DOOR_REFUSED("doors.refused", "Requests to the native HTTP doors for servers that were refused."),
    PURGED("history.purged", "Publications removed from history by deletion requests."),
    HISTORY_COMMITS(
            "history.commits", "Groups of publications that were written to the disk. Only with history on disk."),
    HISTORY_REFUSED(
            "history.refused",
            "Publications and other changes of history that the disk did not take, by reason. Only with history on disk.",
            HistoryRefusal.values()),
    TLS_HANDSHAKES("tls.handshakes", "TLS handshakes that ended well, by kind.", TlsHandshakeKind.values()),
    TLS_HANDSHAKES_FAILED(
            "tls.handshakes.failed", "TLS handshakes that came to nothing, by reason.", TlsFailure.values()),
    TLS_RELOADS("tls.reloads", "Changed certificates or keys that were taken over."),
    TLS_RELOADS_FAILED("tls.reloads.failed", "Changed certificates or keys that cannot be used; the log says why."),
    WEBHOOKS_DELIVERED("webhooks.delivered", "Events of webhooks that an app's server has answered with 2xx."),
    WEBHOOKS_ATTEMPTS_FAILED(
            "webhooks.attempts.failed",
            "Webhooks that an app's server has not answered, or not with 2xx; they are sent again."),
    WEBHOOKS_DEAD(
            "webhooks.dead", "Events of webhooks that were given up after five minutes and are kept as dead letters."),
    WEBHOOKS_DROPPED(
            "webhooks.dropped",
            "Events of webhooks that nobody will be sent, or dead letters forgotten, by reason.",
            WebhookDrop.values());

    private final String meter;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of enum constants
    private final List<Label> reasons;

    Count(String meter, String help, Label... reasons) {
        this.meter = meter;
        this.help = help;
        this.reasons = List.of(reasons);
    }

    /** The name in Prometheus is {@code heliograph_} and this with underscores and {@code _total}. */
    public String meter() {
        return meter;
    }

    public String help() {
        return help;
    }

    /** The causes it is split by; empty if it is one number. */
    public List<Label> reasons() {
        return reasons;
    }
}
