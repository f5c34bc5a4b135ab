package dev.heliograph.server;

import dev.heliograph.admin.OperatorDoor;
import dev.heliograph.config.DrainConfig;
import dev.heliograph.http.BodyLimits;
import dev.heliograph.http.Response;
import dev.heliograph.http.Route.Match;
import dev.heliograph.websocket.LoopConnections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orderly end of a gateway, which sends its clients elsewhere before it stops. It goes on as soon as nobody is left. Any thread begins it; the phases follow on the
 * housekeeping thread.
 *
 * <pre>
 *   OPEN ── begin ──► GRACE ── graceMs ──► PACING ── nobody is left, or deadlineMs ──► DONE
 *                     not ready, but       no upgrades, clients       whoever is left is closed
 *                     all goes on          told and closed in turn    by {@link Gateway#close}
 * </pre>
 */
public final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    /** So few a second hurt nobody: a gateway of few clients need not take its whole time. */
    private static final long CLOSES_PER_SECOND_MIN = 100;

    private static final long LOOK_MS = 20;
    private static final long MILLIS_PER_SECOND = 1_000;

    private final DrainConfig config;
    private final List<LoopConnections> loops;
    private final ScheduledExecutorService thread;
    private final Runnable wane;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile Phase phase = Phase.OPEN;
    private long beganNanos;
    private int connections;
    private volatile int forced;

    private enum Phase {
        OPEN,
        GRACE,
        PACING,
        DONE
    }

    /** @param wane has the public listener refuse upgrades, and end each connection with its answer */
    Drain(DrainConfig config, List<LoopConnections> loops, ScheduledExecutorService thread, Runnable wane) {
        this.config = config;
        this.loops = loops;
        this.thread = thread;
        this.wane = wane;
    }

    /** Begins it; {@link #done} is done when it is time to close. A second call changes nothing. */
    public synchronized void begin() {
        if (phase != Phase.OPEN) {
            return;
        }
        phase = Phase.GRACE;
        beganNanos = System.nanoTime();
        connections = open();
        LOG.info("draining: {} connections, not ready from now on", connections);
        later(config.graceMs(), this::onGraceOver);
    }

    private synchronized void onGraceOver() {
        if (phase != Phase.GRACE) {
            return;
        }
        wane.run();
        connections = open();
        phase = Phase.PACING;
        if (config.durationMs() > 0) {
            long spreadMs = Math.min(config.durationMs(), connections * MILLIS_PER_SECOND / CLOSES_PER_SECOND_MIN);
            LOG.info("sending {} connections away within {} ms", connections, spreadMs);
            loops.forEach(loop -> loop.drain(spreadMs, new SplittableRandom()));
            onLook();
        } else {
            finish();
        }
    }

    private synchronized void onLook() {
        boolean late = System.nanoTime() - beganNanos >= TimeUnit.MILLISECONDS.toNanos(config.deadlineMs());
        if (open() == 0 || late) {
            finish();
        } else if (phase == Phase.PACING) {
            later(LOOK_MS, this::onLook);
        }
    }

    private void later(long delayMs, Runnable step) {
        var _ = thread.schedule(step, delayMs, TimeUnit.MILLISECONDS);
    }

    /** Leaves out what is still to come. */
    public void hurry() {
        finish();
    }

    private synchronized void finish() {
        if (phase == Phase.DONE) {
            return;
        }
        boolean begun = phase != Phase.OPEN;
        connections = phase == Phase.GRACE ? open() : connections;
        phase = Phase.DONE;
        forced = open();
        if (begun) {
            LOG.info(
                    "drained in {} ms: {} of {} connections are left and closed by force",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos),
                    forced,
                    connections);
        }
        done.complete(null);
    }

    /** Whether the gateway is going to stop. */
    boolean hasBegun() {
        return phase != Phase.OPEN;
    }

    /** Done when it is time to close. */
    public CompletableFuture<Void> done() {
        return done.copy();
    }

    private int open() {
        return loops.stream().mapToInt(LoopConnections::size).sum();
    }

    /** What the operator sees of it. */
    Map<String, Object> state() {
        var state = new LinkedHashMap<String, Object>();
        state.put("phase", phase.name().toLowerCase(Locale.ROOT));
        state.put("connections", open());
        state.put("closedByForce", forced);
        state.put("graceMs", config.graceMs());
        state.put("durationMs", config.durationMs());
        state.put("deadlineMs", config.deadlineMs());
        return state;
    }

    /** Begins it for the operator, who is told at once that it goes on. */
    OperatorDoor door() {
        return new OperatorDoor("POST", "/admin/drain", Match.EXACT, BodyLimits.NONE, request -> {
            begin();
            return Response.json(
                    202,
                    "{\"phase\":\"" + phase.name().toLowerCase(Locale.ROOT) + "\",\"connections\":" + open()
                            + ",\"deadlineMs\":" + config.deadlineMs() + "}\n");
        });
    }
}
