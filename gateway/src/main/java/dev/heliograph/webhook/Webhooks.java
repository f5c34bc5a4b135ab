package dev.heliograph.webhook;

import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.WebhookConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.WebhookDrop;
import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.protocol.pusher.WebhookEvent;
import dev.heliograph.store.Store;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens in apps, told to their servers. An event goes through three stages: {@link Intake} smooths it and stores it for each {@link Endpoint} that is to be
 * told; a {@link Sender} for each endpoint posts what is stored, in order, until it is taken. So it is told at least once, and more than once if the gateway ends, or
 * an answer is lost, between the taking and the removal from the store. Any thread. Without a webhook in the configuration it has no thread.
 */
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /** For what waits to be stored, and for what is on its way; then it is given up, and sent after the next start. */
    private static final long CLOSE_MS = 500;

    private final List<Intake.Sending> sendings;
    private final Map<String, Set<String>> wanted;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Poster poster = new Poster(Poster.TIMEOUT_MS);
    private final Intake intake;
    private final Timing timing;

    private Webhooks(Map<String, WorkspaceConfig> workspaces, Store store, Metrics metrics, Timing timing) {
        this.timing = timing;
        var context = new Sender.Context(store, poster, timing, end);
        Map<String, List<Intake.Sending>> byWorkspace = byWorkspace(workspaces, context, metrics);
        this.sendings = byWorkspace.values().stream().flatMap(List::stream).toList();
        this.wanted = wanted(sendings);
        this.intake = new Intake(byWorkspace, store, metrics, timing);
    }

    /**
     * Sends what the store still holds and begins to take events. What it holds for endpoints that the configuration does not name any more is dropped and counted:
     * only URLs of the configuration are ever called.
     *
     * @param workspaces by name; those that are no app, or have no webhooks, are passed over
     * @param store is closed after this
     * @param clock what time it is
     */
    public static Webhooks open(
            Map<String, WorkspaceConfig> workspaces, Store store, Metrics metrics, InstantSource clock) {
        return open(workspaces, store, metrics, Timing.real(clock));
    }

    static Webhooks open(Map<String, WorkspaceConfig> workspaces, Store store, Metrics metrics, Timing timing) {
        var webhooks = new Webhooks(workspaces, store, metrics, timing);
        webhooks.dropOthers(store, metrics);
        webhooks.sendings.forEach(sending -> sending.sender().start());
        if (!webhooks.sendings.isEmpty()) {
            webhooks.intake.start();
        }
        return webhooks;
    }

    private static Map<String, List<Intake.Sending>> byWorkspace(
            Map<String, WorkspaceConfig> workspaces, Sender.Context context, Metrics metrics) {
        var made = new HashMap<String, List<Intake.Sending>>();
        workspaces.forEach((name, workspace) -> {
            PusherConfig app = workspace.pusher();
            if (app != null && !app.webhooks().isEmpty()) {
                made.put(name, sendings(name, app, context, metrics));
            }
        });
        return Map.copyOf(made);
    }

    private static List<Intake.Sending> sendings(
            String workspace, PusherConfig app, Sender.Context context, Metrics metrics) {
        var made = new ArrayList<Intake.Sending>();
        var urls = new HashMap<URI, Integer>();
        for (WebhookConfig webhook : app.webhooks()) {
            int nth = urls.merge(webhook.url(), 1, Integer::sum) - 1;
            var endpoint = new Endpoint(workspace, webhook, nth, context.store(), metrics);
            made.add(new Intake.Sending(endpoint, new Sender(endpoint, oldestKey(app), app.webhookBatches(), context)));
        }
        return List.copyOf(made);
    }

    private static AppKey oldestKey(PusherConfig app) {
        return new AppKey(
                app.keys().getFirst().key(), app.keys().getFirst().secret().reveal());
    }

    private static Map<String, Set<String>> wanted(List<Intake.Sending> sendings) {
        var names = new HashMap<String, Set<String>>();
        for (Intake.Sending sending : sendings) {
            for (EventKind kind : EventKind.values()) {
                if (sending.endpoint().follows(kind)) {
                    names.computeIfAbsent(sending.endpoint().workspace(), _ -> new HashSet<>())
                            .add(kind.eventName());
                }
            }
        }
        names.replaceAll((_, kinds) -> Set.copyOf(kinds));
        return Map.copyOf(names);
    }

    private void dropOthers(Store store, Metrics metrics) {
        for (String queue : store.queues()) {
            if (!Endpoint.isQueue(queue)
                    || sendings.stream().anyMatch(sending -> sending.endpoint().owns(queue))) {
                continue;
            }
            int events = store.queue(queue).size();
            if (Endpoint.holdsWaiting(queue)) {
                metrics.add(Count.WEBHOOKS_DROPPED, WebhookDrop.NO_ENDPOINT, events);
            }
            LOG.warn("{} events of {} are dropped: the configuration has no such webhook any more", events, queue);
            try {
                store.write(() -> Endpoint.onDrop(store, queue)).join();
            } catch (CompletionException failed) {
                LOG.error("{} could not be dropped", queue, failed.getCause());
            }
        }
    }

    /**
     * Whether events of that name matter in that workspace, so that others need not be made. Both of a pair matter if one is told, as either undoes the other.
     *
     * @param eventName as the configuration has it, e.g. {@code channel_occupied}
     */
    public boolean wants(String workspace, String eventName) {
        Set<String> names = wanted.get(workspace);
        return names != null && names.contains(eventName);
    }

    /**
     * Hands over what has happened, each transition as it comes, in their order. Never blocks, and does neither I/O nor take a lock: it may be called under a channel's.
     * What cannot be held is dropped and counted.
     */
    public void offer(String workspace, WebhookEvent event) {
        if (wanted.containsKey(workspace)) {
            intake.offer(new Occurrence(workspace, event));
        }
    }

    /** Events that wait to be sent, once for each endpoint. */
    public long waiting() {
        return sendings.stream()
                .mapToLong(sending -> sending.endpoint().waiting())
                .sum();
    }

    /** How each endpoint fares. Reads from the disk. */
    public List<EndpointState> state() {
        long nowMs = timing.clock().millis();
        return sendings.stream().map(sending -> sending.endpoint().state(nowMs)).toList();
    }

    /** Looks at the clock, which a test has moved. */
    void wake() {
        intake.wake();
    }

    /** Stores what is held back and stops sending, within about a second. What was not taken stays in the store, and is sent after the next start. */
    @Override
    public void close() {
        if (sendings.isEmpty()) {
            return;
        }
        try {
            end.countDown();
            intake.close(CLOSE_MS);
            sendings.forEach(sending -> sending.sender().wake());
            join(System.nanoTime() + CLOSE_MS * 1_000_000);
            poster.close();
            join(System.nanoTime() + CLOSE_MS * 1_000_000);
        } catch (InterruptedException e) {
            poster.close();
            Thread.currentThread().interrupt();
        }
    }

    private void join(long untilNanos) throws InterruptedException {
        for (Intake.Sending sending : sendings) {
            long ms = Math.max(1, (untilNanos - System.nanoTime()) / 1_000_000);
            sending.sender().thread().join(Duration.ofMillis(ms));
        }
    }
}
