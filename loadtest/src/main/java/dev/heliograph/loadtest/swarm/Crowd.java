package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.Endpoint;
import dev.heliograph.loadtest.EventReader;
import dev.heliograph.loadtest.Ledger;
import io.netty.channel.IoEventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: all subscribers join, the publisher publishes on schedule, whether or not the gateway keeps up, and when all has
 * come or the time is over the ledgers are closed. Confined to its event loop, but for {@link #run}.
 */
final class Crowd {
    private static final int FAULTS_SHOWN = 10;
    private static final long LOOK_MS = 10;
    /** After everything has come: what comes now is a repeat. */
    private static final long GRACE_MS = 250;

    private final Plan plan;
    private final Part part;
    private final Endpoint endpoint;
    private final String run;
    private final IoEventLoop loop;
    private final LongSupplier nanoTime;
    private final LoopBuffers buffers = new LoopBuffers();
    private final EventReader reader;
    private final Scoreboard scoreboard;
    private final List<Member> members = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private @Nullable Publisher publisher;
    private boolean publisherReady;
    private int joined;
    private int lost;
    private int published;
    private long startNanos;

    Crowd(Plan plan, Part part, Endpoint endpoint, String run, IoEventLoop loop, LongSupplier nanoTime) {
        this.plan = plan;
        this.part = part;
        this.endpoint = endpoint;
        this.run = run;
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.reader = new EventReader(run);
        this.scoreboard = new Scoreboard(plan.publications(), plan.untimed(), plan.connections());
    }

    /** Starts the run. Fails with an {@link IllegalStateException} if not everybody gets in. Any thread, once. */
    CompletableFuture<Outcome> run() {
        loop.execute(this::onStart);
        return outcome;
    }

    private void onStart() {
        loop.schedule(this::onConnectDeadline, plan.connecting().seconds(), TimeUnit.SECONDS);
        if (part.publishes()) {
            publisher = new Publisher(this, run, plan.dataBytes(), endpoint, buffers);
            publisher.connection().open(loop, null);
        }
        for (int i = 0; i < plan.connecting().atOnce(); i++) {
            openNext();
        }
    }

    private void openNext() {
        if (members.size() == plan.connections() || outcome.isDone()) {
            return;
        }
        List<InetAddress> sources = plan.connecting().sources();
        InetAddress source = sources.isEmpty() ? null : sources.get(members.size() % sources.size());
        try {
            var member = new Member(this, reader, endpoint, buffers);
            members.add(member);
            member.connection().open(loop, source);
        } catch (RuntimeException e) {
            abort("no socket for connection " + (members.size() + 1) + ": " + e.getMessage());
        }
    }

    private void onConnectDeadline() {
        if (!isPublishing()) {
            abort("only " + joined + " of " + plan.connections() + " joined within "
                    + plan.connecting().seconds() + " s");
        }
    }

    private boolean isPublishing() {
        return (publisherReady || !part.publishes()) && joined == plan.connections();
    }

    String channel() {
        return plan.channel();
    }

    void onJoined() {
        joined++;
        openNext();
        startWhenAllAreThere();
    }

    void onPublisherReady() {
        publisherReady = true;
        startWhenAllAreThere();
    }

    private void startWhenAllAreThere() {
        if (isPublishing()) {
            part.start().onReady(begin -> loop.execute(() -> onBegin(begin)));
        }
    }

    private void onBegin(long beginNanos) {
        startNanos = beginNanos;
        if (part.publishes()) {
            onPublishTime();
        } else {
            published = plan.publications();
            loop.schedule(this::onDrain, plan.dueMicros(published - 1) - nowMicros(), TimeUnit.MICROSECONDS);
        }
    }

    private long nowMicros() {
        return (nanoTime.getAsLong() - startNanos) / 1_000;
    }

    private void onPublishTime() {
        if (outcome.isDone() || publisher == null) {
            return;
        }
        long due = plan.dueMicros(published);
        for (long now = nowMicros(); due <= now && published < plan.publications(); due = plan.dueMicros(published)) {
            publisher.publish(published, due);
            published++;
        }
        if (published < plan.publications()) {
            loop.schedule(this::onPublishTime, due - nowMicros(), TimeUnit.MICROSECONDS);
        } else {
            onDrain();
        }
    }

    /** Everything is published: what is on its way has so long. */
    private void onDrain() {
        onLook(nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(plan.drainSeconds()));
    }

    /** Looks again and again whether everything has come, until the deadline. */
    private void onLook(long deadlineNanos) {
        if (outcome.isDone()) {
            return;
        }
        if (scoreboard.delivered() >= (long) published * plan.connections()) {
            loop.schedule(this::finish, GRACE_MS, TimeUnit.MILLISECONDS);
        } else if (nanoTime.getAsLong() - deadlineNanos >= 0) {
            finish();
        } else {
            loop.schedule(() -> onLook(deadlineNanos), LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    void onDelivered(EventReader event) {
        scoreboard.delivered(event, nowMicros());
    }

    void onFault(String what) {
        blame(what);
        if (!isPublishing()) {
            abort(what);
        }
    }

    void onLost(String why) {
        lost++;
        onFault("a subscriber was lost: " + why);
    }

    void onPublisherLost(String why) {
        abort("the publisher was lost: " + why);
    }

    private void blame(String what) {
        if (faults.size() < FAULTS_SHOWN) {
            faults.add(what);
        }
    }

    /** Whether all are in, and what has come of it so far, in one line. */
    String progress() {
        return "%d/%d joined  %d/%d published  %d delivered  p99 %.2f ms%s"
                .formatted(
                        joined,
                        plan.connections(),
                        published,
                        plan.publications(),
                        scoreboard.delivered(),
                        scoreboard.p99Micros() / 1e3,
                        faults.isEmpty() ? "" : "  " + faults.getFirst());
    }

    private void abort(String why) {
        if (outcome.completeExceptionally(new IllegalStateException(why))) {
            closeAll();
        }
    }

    private void finish() {
        long missing = 0;
        long repeated = 0;
        long misplaced = 0;
        for (Member member : members) {
            Ledger ledger = member.ledger();
            if (ledger != null) {
                missing += ledger.missing(published - 1);
                repeated += ledger.repeated();
                misplaced += ledger.misplaced();
                String verdict = ledger.verdict(published - 1);
                if (!verdict.isEmpty()) {
                    blame(verdict);
                }
            }
        }
        var counts = new LinkedHashMap<String, Long>();
        counts.put("joined", (long) joined);
        counts.put("lost", (long) lost);
        counts.put(Outcome.PUBLISHED, (long) published);
        counts.put("delivered", scoreboard.delivered());
        counts.put("missing", missing);
        counts.put("repeated", repeated);
        counts.put("misplaced", misplaced);
        outcome.complete(new Outcome(counts, scoreboard, List.copyOf(faults)));
        closeAll();
    }

    private void closeAll() {
        members.forEach(member -> member.connection().close());
        if (publisher != null) {
            publisher.connection().close();
        }
        loop.execute(buffers::close);
    }
}
