package dev.heliograph.webhook;

import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.protocol.pusher.WebhookBody;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what waits for one endpoint, in order, on a virtual thread of its own, so that a slow one delays no other. What waits is removed from the store after it was
 * taken, never before: an end at the wrong moment sends it twice. A webhook that is not taken holds up those behind it for five minutes, and is a dead letter
 * then.
 */
final class Sender {
    /** Most events of one webhook, where the app wants several in one. */
    static final int BATCH_EVENTS_MAX = 100;
    /** Most bytes of stored events in one webhook, unless it is a single event. */
    static final int BATCH_BYTES_MAX = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Endpoint endpoint;
    private final AppKey key;
    private final int eventsMax;
    private final Context context;
    private final Timing timing;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    // The thread's own:
    private long sent;
    private @Nullable Attempt attempt;
    private CompletableFuture<Void> removed = CompletableFuture.completedFuture(null);

    /**
     * What all senders share.
     *
     * @param end the end of all of them
     */
    record Context(Store store, Poster poster, Timing timing, CountDownLatch end) {}

    /** Events that go out in one body. */
    private record Batch(List<StoreQueue.Entry> entries, List<QueuedEvent> events) {
        static Batch of(List<StoreQueue.Entry> entries) {
            return new Batch(
                    entries,
                    entries.stream()
                            .map(entry -> QueuedEvent.read(entry.value()))
                            .toList());
        }

        long first() {
            return entries.getFirst().number();
        }

        long last() {
            return entries.getLast().number();
        }

        int size() {
            return entries.size();
        }

        /** The same bytes whenever it is written. */
        byte[] body() {
            return WebhookBody.write(
                    events.getLast().queuedMs(),
                    events.stream().map(QueuedEvent::event).toList());
        }
    }

    /** @param batches whether one webhook may carry several events */
    Sender(Endpoint endpoint, AppKey key, boolean batches, Context context) {
        this.endpoint = endpoint;
        this.key = key;
        this.eventsMax = batches ? BATCH_EVENTS_MAX : 1;
        this.context = context;
        this.timing = context.timing();
        this.thread = Thread.ofVirtual().name("webhook").unstarted(this::run);
    }

    void start() {
        attempt = endpoint.attempt();
        thread.start();
    }

    /** Something waits, or the end has come. */
    void wake() {
        news.release();
    }

    Thread thread() {
        return thread;
    }

    private boolean isEnding() {
        return context.end().getCount() == 0;
    }

    private void run() {
        try {
            while (!isEnding()) {
                Batch next = next();
                if (next == null) {
                    news.acquire();
                    news.drainPermits();
                } else {
                    send(next);
                }
            }
            removed.join();
        } catch (InterruptedException nobodyInterrupts) {
            throw new IllegalStateException("a sender of webhooks was interrupted", nobodyInterrupts);
        } catch (RuntimeException broken) {
            endpoint.stopped(
                    "stopped until a restart: " + broken.getMessage(),
                    timing.clock().millis());
            LOG.error(
                    "webhooks to {} of workspace {} are not sent until a restart; they stay in the store",
                    Endpoint.shown(endpoint.url()),
                    endpoint.workspace(),
                    broken);
        }
    }

    /** What has been tried already goes out as it was; else as much as may. */
    private @Nullable Batch next() {
        Attempt tried = attempt;
        if (tried != null) {
            List<StoreQueue.Entry> entries = endpoint.after(tried.first() - 1, tried.count());
            if (entries.size() == tried.count() && entries.getFirst().number() == tried.first()) {
                return Batch.of(entries);
            }
            attempt = null;
        }
        List<StoreQueue.Entry> entries = endpoint.after(sent, eventsMax);
        return entries.isEmpty() ? null : Batch.of(upToBytesMax(entries));
    }

    private static List<StoreQueue.Entry> upToBytesMax(List<StoreQueue.Entry> entries) {
        var fitting = new ArrayList<StoreQueue.Entry>();
        long bytes = 0;
        for (StoreQueue.Entry entry : entries) {
            bytes += entry.value().length;
            if (bytes > BATCH_BYTES_MAX && !fitting.isEmpty()) {
                break;
            }
            fitting.add(entry);
        }
        return fitting;
    }

    /** Tries until it is taken or given up, or the end comes. */
    private void send(Batch batch) throws InterruptedException {
        byte[] body = batch.body();
        if (attempt == null) {
            attempt = new Attempt(batch.first(), batch.size(), timing.clock().millis(), 0);
        }
        while (!isEnding() && attempt != null) {
            switch (context.poster().post(endpoint.url(), body, key)) {
                case Poster.Outcome.Taken _ -> taken(batch);
                case Poster.Outcome.Failed(String why) -> failed(batch, attempt.failed(), why);
                case Poster.Outcome.Unknown _ -> {
                    return;
                }
            }
        }
    }

    /** The removal is waited for after the next webhook, so that the disk delays none. */
    private void taken(Batch batch) {
        removed.join();
        removed = context.store().write(() -> endpoint.onTaken(batch.last()));
        endpoint.delivered(batch.size());
        done(batch);
    }

    private void failed(Batch batch, Attempt tried, String why) throws InterruptedException {
        long nowMs = timing.clock().millis();
        endpoint.failed(why, nowMs);
        long delayMs = Backoff.delayMs(tried, nowMs, timing.random().getAsDouble());
        removed.join();
        if (delayMs == 0) {
            giveUp(batch, why, nowMs);
            return;
        }
        attempt = tried;
        context.store().write(() -> endpoint.onAttempt(tried)).join();
        timing.pause().await(context.end(), delayMs);
    }

    private void giveUp(Batch batch, String why, long nowMs) {
        List<DeadLetter> letters = batch.events().stream()
                .map(event -> new DeadLetter(nowMs, why, event))
                .toList();
        context.store().write(() -> endpoint.onDead(batch.last(), letters)).join();
        endpoint.died(batch.size());
        LOG.warn(
                "{} events for {} of workspace {} are dead letters: it {}",
                batch.size(),
                Endpoint.shown(endpoint.url()),
                endpoint.workspace(),
                why);
        done(batch);
    }

    private void done(Batch batch) {
        sent = batch.last();
        attempt = null;
    }
}
