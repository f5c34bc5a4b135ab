package dev.heliograph.webhook;

import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.UserId;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.protocol.pusher.WebhookEvent.CacheMiss;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelOccupied;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelVacated;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberAdded;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent.SubscriptionCount;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is worth telling of all that happens. Who leaves is held back 3 s, and if he comes back within, neither is told: a page that is loaded again tells nobody. A
 * cache miss is told once per channel and 10 s; how many have subscribed at once up to 100, above that once per channel and 5 s, the newest number when the time is
 * over. The rest is told at once. One thread; time is passed in. What is remembered is bounded: over the bound the oldest is told early, or forgotten.
 * Source: Pusher, "Webhooks".
 */
final class Smoothing {
    static final long RETURN_MS = 3_000;
    static final long MISS_MS = 10_000;
    static final long COUNT_MS = 5_000;
    static final int COUNT_AT_ONCE_MAX = 100;
    /** Of each kind: departures, misses, counts. */
    static final int REMEMBERED_MAX = 100_000;

    // Each in the order of what is due, since all in one wait equally long.
    private final SequencedMap<Subject, Held> departures = new LinkedHashMap<>();
    private final SequencedMap<Subject, Long> misses = new LinkedHashMap<>();
    private final SequencedMap<Subject, Window> counts = new LinkedHashMap<>();
    private final Consumer<Occurrence> told;

    /** @param user null: the channel itself */
    private record Subject(
            String workspace,
            PusherChannel channel,
            @Nullable UserId user) {}

    private record Held(WebhookEvent event, long untilMs) {}

    /** @param newest told when it ends; null: nothing new */
    private record Window(long untilMs, @Nullable SubscriptionCount newest) {}

    Smoothing(Consumer<Occurrence> told) {
        this.told = told;
    }

    void onEvent(Occurrence occurrence, long nowMs) {
        onTime(nowMs);
        String workspace = occurrence.workspace();
        switch (occurrence.event()) {
            case ChannelVacated left -> depart(new Subject(workspace, left.channel(), null), left, nowMs);
            case MemberRemoved left -> depart(new Subject(workspace, left.channel(), left.user()), left, nowMs);
            case ChannelOccupied came -> arrive(new Subject(workspace, came.channel(), null), occurrence);
            case MemberAdded came -> arrive(new Subject(workspace, came.channel(), came.user()), occurrence);
            case CacheMiss miss -> miss(new Subject(workspace, miss.channel(), null), occurrence, nowMs);
            case SubscriptionCount count -> count(new Subject(workspace, count.channel(), null), count, nowMs);
            case EventByClient _ -> told.accept(occurrence);
        }
    }

    private void depart(Subject who, WebhookEvent event, long nowMs) {
        departures.putIfAbsent(who, new Held(event, nowMs + RETURN_MS));
        if (departures.size() > REMEMBERED_MAX) {
            tellFirstDeparture();
        }
    }

    private void arrive(Subject who, Occurrence occurrence) {
        if (departures.remove(who) == null) {
            told.accept(occurrence);
        }
    }

    private void miss(Subject where, Occurrence occurrence, long nowMs) {
        if (misses.putIfAbsent(where, nowMs + MISS_MS) != null) {
            return;
        }
        if (misses.size() > REMEMBERED_MAX) {
            misses.pollFirstEntry();
        }
        told.accept(occurrence);
    }

    private void count(Subject where, SubscriptionCount count, long nowMs) {
        Window window = counts.get(where);
        if (window != null && count.count() > COUNT_AT_ONCE_MAX) {
            counts.replace(where, new Window(window.untilMs(), count));
            return;
        }
        told.accept(new Occurrence(where.workspace(), count));
        if (window != null) {
            counts.replace(where, new Window(window.untilMs(), null));
        } else if (count.count() > COUNT_AT_ONCE_MAX) {
            openWindow(where, nowMs);
        }
    }

    private void openWindow(Subject where, long nowMs) {
        counts.put(where, new Window(nowMs + COUNT_MS, null));
        if (counts.size() > REMEMBERED_MAX) {
            endFirstWindow();
        }
    }

    /** Tells what is due. */
    void onTime(long nowMs) {
        while (!departures.isEmpty() && departures.firstEntry().getValue().untilMs() <= nowMs) {
            tellFirstDeparture();
        }
        while (!misses.isEmpty() && misses.firstEntry().getValue() <= nowMs) {
            misses.pollFirstEntry();
        }
        while (!counts.isEmpty() && counts.firstEntry().getValue().untilMs() <= nowMs) {
            Subject where = endFirstWindow();
            if (where != null) {
                openWindow(where, nowMs);
            }
        }
    }

    private void tellFirstDeparture() {
        var first = departures.pollFirstEntry();
        told.accept(new Occurrence(first.getKey().workspace(), first.getValue().event()));
    }

    /** Returns whose window it was if that had a number to tell; else null. */
    private @Nullable Subject endFirstWindow() {
        var first = counts.pollFirstEntry();
        SubscriptionCount newest = first.getValue().newest();
        if (newest == null) {
            return null;
        }
        told.accept(new Occurrence(first.getKey().workspace(), newest));
        return first.getKey();
    }

    /** Tells all that is held back, since it is true. */
    void onClose() {
        while (!departures.isEmpty()) {
            tellFirstDeparture();
        }
        while (!counts.isEmpty()) {
            endFirstWindow();
        }
    }

    /** When something is due to be told; {@link Long#MAX_VALUE}: nothing is. */
    long nextMs() {
        long departure = departures.isEmpty()
                ? Long.MAX_VALUE
                : departures.firstEntry().getValue().untilMs();
        long count = counts.isEmpty()
                ? Long.MAX_VALUE
                : counts.firstEntry().getValue().untilMs();
        return Math.min(departure, count);
    }
}
