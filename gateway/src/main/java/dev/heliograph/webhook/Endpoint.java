package dev.heliograph.webhook;

import dev.heliograph.config.WebhookConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.WebhookDrop;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreMap;
import dev.heliograph.store.StoreQueue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One URL that an app's server is told at, and all that is kept for it: events that wait, dead letters, how the oldest has fared. Nothing of it is shared with
 * another endpoint, so no webhook can hold what is another's. It is known in the store by workspace and URL. Methods that begin with {@code on} run on the store's
 * thread, the others on any.
 *
 * <p>A full queue refuses what is newest: what waits is what the app has to know first to make sense of the rest, and the oldest may be on its way.
 */
final class Endpoint {
    /** Most events that wait. */
    static final int QUEUE_MAX = 100_000;
    /** Most dead letters that are kept. */
    static final int DEAD_MAX = 1_000;
    /** Dead letters that are shown. */
    static final int DEAD_SHOWN = 10;

    private static final String WAITING = "webhooks.waiting/";
    private static final String DEAD = "webhooks.dead/";
    private static final String ATTEMPTS = "webhooks.attempts";

    private final String workspace;
    private final WebhookConfig config;
    private final Set<EventKind> wanted;
    private final String name;
    private final Metrics metrics;
    private final StoreQueue queue;
    private final StoreQueue dead;
    private final StoreMap attempts;
    private final AtomicInteger waiting;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failedAttempts = new AtomicLong();
    private volatile EndpointState.@Nullable Failure lastFailure;

    /** @param nth how many of this workspace have the same URL before it */
    Endpoint(String workspace, WebhookConfig config, int nth, Store store, Metrics metrics) {
        this.workspace = workspace;
        this.config = config;
        this.wanted = Arrays.stream(EventKind.values())
                .filter(kind -> config.events().contains(kind.eventName()))
                .collect(Collectors.toUnmodifiableSet());
        this.name = workspace + "/" + hash(config.url()) + (nth == 0 ? "" : "#" + nth);
        this.metrics = metrics;
        this.queue = store.queue(WAITING + name);
        this.dead = store.queue(DEAD + name);
        this.attempts = store.map(ATTEMPTS);
        this.waiting = new AtomicInteger(queue.size());
    }

    /** A URL's query may be secret, and the store's names are not. */
    private static String hash(URI url) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(url.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Whether that queue of the store holds events or dead letters of an endpoint. */
    static boolean isQueue(String queue) {
        return queue.startsWith(WAITING) || queue.startsWith(DEAD);
    }

    static boolean holdsWaiting(String queue) {
        return queue.startsWith(WAITING);
    }

    /** Forgets what is in a queue of an endpoint that is no more. */
    static void onDrop(Store store, String queue) {
        store.dropQueue(queue);
        if (holdsWaiting(queue)) {
            store.map(ATTEMPTS).remove(queue.substring(WAITING.length()));
        }
    }

    /** Whether that queue of the store is this endpoint's. */
    boolean owns(String queue) {
        return queue.equals(WAITING + name) || queue.equals(DEAD + name);
    }

    String workspace() {
        return workspace;
    }

    URI url() {
        return config.url();
    }

    /** Kinds that matter to it: those it is told, and what undoes them. */
    boolean follows(EventKind kind) {
        return wanted.contains(kind) || wanted.contains(kind.counterpart());
    }

    /** Whether an event matters to it. */
    boolean follows(WebhookEvent event) {
        return follows(EventKind.of(event)) && matches(event);
    }

    /** Whether it is told of an event. */
    boolean wants(WebhookEvent event) {
        return wanted.contains(EventKind.of(event)) && matches(event);
    }

    private boolean matches(WebhookEvent event) {
        return config.channels().matches(EventKind.channel(event).name());
    }

    /**
     * Takes room for one more event; false, and counted, if there is none. One thread.
     *
     * @param signed whether it is of a channel that takes a signature; anybody can make things happen on others, so those have half of the room
     */
    boolean reserve(boolean signed) {
        if (waiting.get() >= (signed ? QUEUE_MAX : QUEUE_MAX / 2)) {
            metrics.increment(Count.WEBHOOKS_DROPPED, WebhookDrop.QUEUE_FULL);
            return false;
        }
        waiting.incrementAndGet();
        return true;
    }

    /** Gives the room of one event back, as it was not stored. */
    void release() {
        waiting.decrementAndGet();
        metrics.increment(Count.WEBHOOKS_DROPPED, WebhookDrop.STORE);
    }

    void onAppend(byte[] event) {
        queue.append(event);
    }

    /** The oldest events that wait, behind that number. */
    List<StoreQueue.Entry> after(long number, int max) {
        return queue.after(number, max);
    }

    /** How the oldest webhook has fared before a restart; null if it was not tried. */
    @Nullable
    Attempt attempt() {
        byte[] stored = attempts.get(name);
        return stored == null ? null : Attempt.read(stored);
    }

    void onAttempt(Attempt attempt) {
        attempts.put(name, attempt.toBytes());
    }

    /** Everything up to that number has been taken. */
    void onTaken(long number) {
        queue.removeTo(number);
        attempts.remove(name);
    }

    /** Everything up to that number is given up, and becomes these dead letters. */
    void onDead(long number, List<DeadLetter> letters) {
        letters.forEach(letter -> dead.append(letter.toBytes()));
        int forgotten = dead.trimTo(DEAD_MAX);
        metrics.add(Count.WEBHOOKS_DROPPED, WebhookDrop.DEAD_LETTERS_FULL, forgotten);
        onTaken(number);
    }

    void delivered(int events) {
        waiting.addAndGet(-events);
        delivered.addAndGet(events);
        metrics.add(Count.WEBHOOKS_DELIVERED, events);
    }

    void stopped(String why, long nowMs) {
        lastFailure = new EndpointState.Failure(why, nowMs);
    }

    void failed(String why, long nowMs) {
        lastFailure = new EndpointState.Failure(why, nowMs);
        failedAttempts.incrementAndGet();
        metrics.increment(Count.WEBHOOKS_ATTEMPTS_FAILED);
    }

    void died(int events) {
        waiting.addAndGet(-events);
        metrics.add(Count.WEBHOOKS_DEAD, events);
    }

    int waiting() {
        return waiting.get();
    }

    EndpointState state(long nowMs) {
        List<StoreQueue.Entry> oldest = queue.after(0, 1);
        long oldestMs = oldest.isEmpty()
                ? 0
                : Math.max(
                        0, nowMs - QueuedEvent.read(oldest.getFirst().value()).queuedMs());
        return new EndpointState(
                workspace,
                shown(config.url()),
                waiting.get(),
                oldestMs,
                delivered.get(),
                failedAttempts.get(),
                lastFailure,
                dead.size(),
                dead.newest(DEAD_SHOWN).stream().map(Endpoint::shown).toList());
    }

    private static EndpointState.Dead shown(StoreQueue.Entry entry) {
        DeadLetter letter = DeadLetter.read(entry.value());
        WebhookEvent event = letter.event().event();
        return new EndpointState.Dead(
                EventKind.of(event).eventName(), EventKind.channel(event).name(), letter.why(), letter.atMs());
    }

    /** Without the query. */
    static String shown(URI url) {
        String text = url.toString();
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query);
    }
}
