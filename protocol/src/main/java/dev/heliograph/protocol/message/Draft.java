package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * What a producer asks to publish: a publication that has no position yet.
 *
 * @param name the event's name as subscribers see it, e.g. {@code segment-event}
 * @param data the event itself
 * @param key what the event is about, for channels whose waiting updates merge by key
 * @param subject keyed hash of the person the data is about, so that a deletion request can purge it; 0 if none. Never leaves the gateway
 * @param acceptedNanos {@link System#nanoTime} when the gateway had read the producer's request, for the latency histogram
 * @param sender the connection that it comes from and does not go back to; null: it goes to everyone
 * @param ownType null: to clients of the native protocol it is an {@code event} of that name, as whatever a client publishes
 */
public record Draft(
        ChannelId channel,
        String name,
        RawJson data,
        @Nullable String key,
        long subject,
        long acceptedNanos,
        @Nullable Sender sender,
        @Nullable OwnType ownType) {
    /** A draft of an event that goes to everyone. */
    public Draft(ChannelId channel, String name, RawJson data, @Nullable String key, long subject, long acceptedNanos) {
        this(channel, name, data, key, subject, acceptedNanos, null, null);
    }

    /** A draft of an event. */
    public Draft(
            ChannelId channel,
            String name,
            RawJson data,
            @Nullable String key,
            long subject,
            long acceptedNanos,
            @Nullable Sender sender) {
        this(channel, name, data, key, subject, acceptedNanos, sender, null);
    }
}
