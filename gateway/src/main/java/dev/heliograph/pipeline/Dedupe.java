package dev.heliograph.pipeline;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which events have been seen: 128-bit ids in two generations, of which the older is forgotten as a whole when the younger has lasted the window, so
 * an id is remembered for one to two windows. When a generation is full it is forgotten early and that is counted; ingest never waits. Ids are
 * spread over stripes, each behind its own lock for some ten nanoseconds. Any thread.
 *
 * <p>{@link #reserve} tells the first copy from all others, those at the same moment included; an accept that fails afterwards gives the id back with
 * {@link #release}, so that the producer's retry is not taken for a duplicate. An id that is not released counts as seen.
 */
public final class Dedupe {
    private static final int STRIPES = 16;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final LongSupplier nanoTime;
    private final long windowNanos;
    private final Metrics metrics;

    /**
     * @param windowMs how long an id is remembered at least
     * @param entriesMax most ids remembered, both generations together; 32 bytes each
     * @param nanoTime as {@link System#nanoTime}
     */
    public Dedupe(long windowMs, int entriesMax, LongSupplier nanoTime, Metrics metrics) {
        this.windowNanos = windowMs * 1_000_000;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        int generationMax = Math.max(1, entriesMax / (2 * STRIPES));
        Arrays.setAll(stripes, i -> new Stripe(generationMax, nanoTime.getAsLong()));
    }

    /**
     * Takes up an id that an earlier run of the gateway has accepted; the oldest first.
     *
     * @param key of its {@link dev.heliograph.broker.Memo}
     */
    public void restore(byte[] key, long ageMs) {
        long ageNanos = TimeUnit.MILLISECONDS.toNanos(ageMs);
        ByteBuffer id = ByteBuffer.wrap(key);
        long high = id.getLong();
        long low = id.getLong();
        Stripe stripe = stripe(low);
        synchronized (stripe) {
            if (ageNanos < windowNanos && !stripe.contains(high, low)) {
                stripe.restore(high, low, nanoTime.getAsLong(), ageNanos);
            }
        }
    }

    /** Whether this id is new; if so it counts as seen from now on. */
    boolean reserve(long high, long low) {
        Stripe stripe = stripe(low);
        int forgotten;
        synchronized (stripe) {
            long nowNanos = nanoTime.getAsLong();
            stripe.age(nowNanos, windowNanos);
            if (stripe.contains(high, low)) {
                return false;
            }
            forgotten = stripe.makeRoom(nowNanos);
            stripe.younger.add(high, low);
        }
        if (forgotten > 0) {
            metrics.add(Count.DEDUPE_OVERFLOWED, forgotten);
        }
        return true;
    }

    /** Makes the id new again. */
    void release(long high, long low) {
        Stripe stripe = stripe(low);
        synchronized (stripe) {
            if (!stripe.younger.remove(high, low)) {
                stripe.older.remove(high, low);
            }
        }
    }

    /** How long an id is remembered at least, at the rate at which ids come: the window, or less if generations have filled up before it. */
    public long effectiveWindowMs() {
        long least = windowNanos;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                least = Math.min(least, stripe.effectiveNanos(nanoTime.getAsLong(), windowNanos));
            }
        }
        return least / 1_000_000;
    }

    private Stripe stripe(long low) {
        return stripes[(int) low & (STRIPES - 1)];
    }

    /** A part of the ids. Guarded by itself. */
    private static final class Stripe {
        private final int generationMax;
        private IdSet younger;
        private IdSet older;
        private long youngerSinceNanos;
        private long olderLastedNanos = Long.MAX_VALUE;

        Stripe(int generationMax, long nowNanos) {
            this.generationMax = generationMax;
            this.younger = new IdSet(generationMax);
            this.older = new IdSet(generationMax);
            this.youngerSinceNanos = nowNanos;
        }

        boolean contains(long high, long low) {
            return younger.contains(high, low) || older.contains(high, low);
        }

        void restore(long high, long low, long nowNanos, long ageNanos) {
            if (younger.size() == 0) {
                youngerSinceNanos = nowNanos - ageNanos;
            }
            makeRoom(nowNanos);
            younger.add(high, low);
        }

        /** Begins a new generation if the younger has lasted its window. */
        void age(long nowNanos, long windowNanos) {
            long age = nowNanos - youngerSinceNanos;
            if (age >= windowNanos) {
                turn(nowNanos);
            }
            if (age >= 2 * windowNanos) {
                older = new IdSet(generationMax);
            }
        }

        /** Begins a new generation if the younger is full; returns how many ids are forgotten before their window ended. */
        int makeRoom(long nowNanos) {
            if (!younger.isFull()) {
                return 0;
            }
            int forgotten = older.size();
            turn(nowNanos);
            return forgotten;
        }

        private void turn(long nowNanos) {
            older = younger;
            younger = new IdSet(generationMax);
            olderLastedNanos = nowNanos - youngerSinceNanos;
            youngerSinceNanos = nowNanos;
        }

        long effectiveNanos(long nowNanos, long windowNanos) {
            return Math.min(windowNanos, Math.max(olderLastedNanos, nowNanos - youngerSinceNanos));
        }
    }
}
