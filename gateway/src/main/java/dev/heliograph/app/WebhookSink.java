package dev.heliograph.app;

import dev.heliograph.protocol.pusher.WebhookEvent;

/** Takes what apps' servers may want to be told. */
@FunctionalInterface
public interface WebhookSink {
    /** Called under locks: must only hand over. Any thread. */
    void offer(String workspace, WebhookEvent event);
}
