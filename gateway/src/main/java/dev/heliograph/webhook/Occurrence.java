package dev.heliograph.webhook;

import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;

/** An event in the app where it happened. Immutable. */
record Occurrence(String workspace, WebhookEvent event) {
    /** How much of it may be large, in bytes: what a client has sent. */
    int dataBytes() {
        return event instanceof EventByClient sent ? sent.event().data().length() : 0;
    }
}
