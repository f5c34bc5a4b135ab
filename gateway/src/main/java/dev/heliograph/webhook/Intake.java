package dev.heliograph.webhook;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.WebhookDrop;
import dev.heliograph.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From what has happened to what is stored for each endpoint, on one thread: takes from the inbox, smooths, chooses for each endpoint what it is told, and stores
 * all of a round in one change, for which it waits. Meanwhile the inbox fills, and the next round is larger.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final int ROUND_MAX = 1_000;
    private static final long SLEEP_MAX_MS = 60_000;

    private final Inbox inbox = new Inbox();
    private final List<Occurrence> told = new ArrayList<>();
    private final Smoothing smoothing = new Smoothing(told::add);
    private final Map<String, List<Sending>> sendings;
    private final Store store;
    private final Metrics metrics;
    private final Timing timing;
    private final Thread thread = Thread.ofPlatform().daemon().name("webhooks").unstarted(this::run);
    private volatile boolean closed;
    private boolean storeFailed;

    /** An endpoint and who sends to it. */
    record Sending(Endpoint endpoint, Sender sender) {}

    private record Addition(Sending sending, byte[] event) {
        void onAppend() {
            sending.endpoint().onAppend(event);
        }
    }

    /** @param sendings by workspace */
    Intake(Map<String, List<Sending>> sendings, Store store, Metrics metrics, Timing timing) {
        this.sendings = sendings;
        this.store = store;
        this.metrics = metrics;
        this.timing = timing;
    }

    void start() {
        thread.start();
    }

    /** Any thread; never blocks. */
    void offer(Occurrence occurrence) {
        if (closed) {
            metrics.increment(Count.WEBHOOKS_DROPPED, WebhookDrop.CLOSING);
        } else if (!inbox.offer(occurrence)) {
            metrics.increment(Count.WEBHOOKS_DROPPED, WebhookDrop.INBOX_FULL);
        }
    }

    /** Looks at the clock: for those who have moved it. */
    void wake() {
        inbox.wake();
    }

    /** What waits or is held back is stored, and the thread ends; who calls waits no longer than that. */
    void close(long timeoutMs) throws InterruptedException {
        closed = true;
        inbox.wake();
        thread.join(timeoutMs);
    }

    private void run() {
        while (!closed) {
            round();
            if (!closed) {
                long ms = Math.clamp(smoothing.nextMs() - timing.uptimeMs().getAsLong(), 0, SLEEP_MAX_MS);
                inbox.await(TimeUnit.MILLISECONDS.toNanos(ms));
            }
        }
        while (round() == ROUND_MAX) {}
        smoothing.onClose();
        keep();
    }

    /** Returns how many it has taken. */
    private int round() {
        int taken = 0;
        long nowMs = timing.uptimeMs().getAsLong();
        for (Occurrence next = inbox.poll(); next != null; next = ++taken < ROUND_MAX ? inbox.poll() : null) {
            if (isFollowed(next)) {
                smoothing.onEvent(next, nowMs);
            }
        }
        smoothing.onTime(nowMs);
        keep();
        return taken;
    }

    private boolean isFollowed(Occurrence occurrence) {
        for (Sending sending : sendings.getOrDefault(occurrence.workspace(), List.of())) {
            if (sending.endpoint().follows(occurrence.event())) {
                return true;
            }
        }
        return false;
    }

    /** Stores what is told, for those who are told. */
    private void keep() {
        var additions = new ArrayList<Addition>();
        long nowMs = timing.clock().millis();
        told.forEach(occurrence -> add(occurrence, nowMs, additions));
        told.clear();
        if (additions.isEmpty()) {
            return;
        }
        try {
            store.write(() -> additions.forEach(Addition::onAppend)).join();
            additions.stream()
                    .map(Addition::sending)
                    .distinct()
                    .forEach(sending -> sending.sender().wake());
        } catch (CompletionException failed) {
            lose(additions, failed);
        }
    }

    private void add(Occurrence occurrence, long nowMs, List<Addition> additions) {
        byte[] bytes = new byte[0];
        for (Sending sending : sendings.getOrDefault(occurrence.workspace(), List.of())) {
            if (sending.endpoint().wants(occurrence.event())
                    && sending.endpoint()
                            .reserve(EventKind.channel(occurrence.event()).isSigned())) {
                bytes = bytes.length == 0 ? new QueuedEvent(nowMs, occurrence.event()).toBytes() : bytes;
                additions.add(new Addition(sending, bytes));
            }
        }
    }

    private void lose(List<Addition> additions, CompletionException failed) {
        additions.forEach(addition -> addition.sending().endpoint().release());
        if (!storeFailed) {
            storeFailed = true;
            LOG.error("webhooks are not kept any more, and so not sent", failed.getCause());
        }
    }
}
