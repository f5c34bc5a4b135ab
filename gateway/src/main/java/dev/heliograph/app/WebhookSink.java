package dev.heliograph.app;

import dev.heliograph.protocol.pusher.WebhookEvent;
import java.util.function.Supplier;

/** Takes what apps' servers may want to be told. */
@FunctionalInterface
public interface WebhookSink {
    /**
     * Called under locks: must only hand over. Any thread.
     *
     * @param name of the event, as configurations have it
     * @param event asked for if that workspace wants such events
     */
    void offer(String workspace, String name, Supplier<WebhookEvent> event);
}
