package dev.heliograph.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What leaves one event loop, and what waits to leave. That loop alone writes, by plain additions; any thread may look, and sees each number as it was a moment
 * ago, but not all of them as of the same moment.
 */
public final class LoopOutflow {
    /** Keeps the numbers of one loop out of the cache lines of another's. */
    private static final int PADDING = 16;

    private static final int BUCKETS = Ladder.BYTES.bounds().length;
    private static final long SMALLEST = (long) Ladder.BYTES.bounds()[0];
    private static final int SMALLEST_ZEROS = Long.numberOfLeadingZeros(SMALLEST - 1);
    private static final int SENT = PADDING + BUCKETS;
    private static final int WAITING = SENT + 1;

    private final AtomicLongArray numbers = new AtomicLongArray(WAITING + 1 + PADDING);
    private final Map<Rung, AtomicLong> rungs = new EnumMap<>(Rung.class);

    public LoopOutflow() {
        for (Rung rung : Rung.values()) {
            rungs.put(rung, new AtomicLong());
        }
    }

    /** The kernel took that many bytes in one send. */
    public void onSend(long bytes) {
        add(PADDING + bucket(bytes), 1);
        add(SENT, bytes);
    }

    /** As the ladder says, whose bounds are powers of two: this is asked for each send. */
    static int bucket(long bytes) {
        return bytes <= SMALLEST ? 0 : Math.min(BUCKETS - 1, SMALLEST_ZEROS - Long.numberOfLeadingZeros(bytes - 1));
    }

    /** More waits for slow peers, or less: what was sent of it, dropped, or thrown away with its connection. */
    public void onBacklog(long bytesDelta) {
        add(WAITING, bytesDelta);
    }

    /** A connection is here now; nothing waits for it. */
    public void onOpen() {
        add(Rung.HEALTHY, 1);
    }

    public void onRung(Rung from, Rung to) {
        add(from, -1);
        add(to, 1);
    }

    /** A connection that was on that rung is gone. */
    public void onClose(Rung last) {
        add(last, -1);
    }

    private void add(int index, long n) {
        numbers.setOpaque(index, numbers.getPlain(index) + n);
    }

    private void add(Rung rung, long n) {
        AtomicLong number = number(rung);
        number.setOpaque(number.getPlain() + n);
    }

    private AtomicLong number(Rung rung) {
        return Objects.requireNonNull(rungs.get(rung));
    }

    /** How many connections are on that rung. */
    public long connections(Rung rung) {
        return number(rung).getOpaque();
    }

    /** Bytes that wait for slow peers. */
    public long backlogBytes() {
        return numbers.getOpaque(WAITING);
    }

    /** How large sends were. */
    Tally sends() {
        long[] counts = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = numbers.getOpaque(PADDING + i);
        }
        return new Tally(counts, (double) numbers.getOpaque(SENT));
    }
}
