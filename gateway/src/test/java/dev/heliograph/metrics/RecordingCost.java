package dev.heliograph.metrics;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Prints what measuring costs an event loop in CPU time, by the size of its passes, beside the pass of a loop that measures nothing. Run by hand: {@code java -cp …
 * dev.heliograph.metrics.RecordingCost}.
 */
final class RecordingCost {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long ROUND_NANOS = 500_000_000L;
    private static final int ROUNDS = 5;
    /** One send to a kernel and a 128-byte frame's way through it, on the reference machine. */
    private static final double DELIVERY_NANOS = 2_900;

    private final LoopRecorder recorder = new LoopRecorder(System::nanoTime);
    private final LoopOutflow outflow = new LoopOutflow();
    private final SingleWriterRecorder[] oneByOne = new SingleWriterRecorder[Stage.values().length];
    private long sink;

    private record Stamped(long acceptedNanos, long sequencedNanos) {}

    private RecordingCost() {
        for (int i = 0; i < oneByOne.length; i++) {
            oneByOne[i] = new SingleWriterRecorder(LoopHistograms.NANOS_MAX, 2);
        }
    }

    public static void main(String[] args) {
        var cost = new RecordingCost();
        for (int round = 1; round <= ROUNDS; round++) {
            System.out.println("round " + round + " of " + ROUNDS);
            cost.round();
        }
    }

    private void round() {
        double stamp = nanosPerCall(() -> sink += System.nanoTime());
        System.out.printf("the stamp of a place in the order: %.1f ns per publication%n", stamp);
        for (int size : new int[] {1, 16, 512}) {
            long now = System.nanoTime();
            List<Stamped> pass = Collections.nCopies(size, new Stamped(now - 90_000, now - 40_000));
            double without = nanosPerCall(() -> walk(pass));
            double with = nanosPerCall(() -> {
                walk(pass);
                long handedOver = recorder.now();
                recorder.onPass(pass, Stamped::acceptedNanos, Stamped::sequencedNanos, handedOver, size);
            });
            double singly = nanosPerCall(() -> {
                walk(pass);
                singly(pass);
            });
            double each = (with - without) / size + stamp;
            System.out.printf(
                    "passes of %3d: %.1f ns per pass; with the stamp %.1f ns per publication: 1 %% of its deliveries if"
                            + " they are %.1f or more (a SingleWriterRecorder per stage: %.1f ns)%n",
                    size, with - without, each, each / DELIVERY_NANOS * 100, (singly - without) / size + stamp);
        }
        double send = nanosPerCall(() -> outflow.onSend(sink & 0xfff));
        System.out.printf("a send: %.1f ns, %.2f %% of a delivery%n", send, send / DELIVERY_NANOS * 100);
    }

    /** What a pass does anyway: look at each publication. */
    private void walk(List<Stamped> pass) {
        for (int i = 0; i < pass.size(); i++) {
            sink += pass.get(i).sequencedNanos();
        }
    }

    private void singly(List<Stamped> pass) {
        long handedOver = System.nanoTime();
        long written = System.nanoTime();
        for (int i = 0; i < pass.size(); i++) {
            Stamped one = pass.get(i);
            oneByOne[0].recordValue(
                    Math.clamp(one.sequencedNanos() - one.acceptedNanos(), 0, LoopHistograms.NANOS_MAX));
            oneByOne[1].recordValue(Math.clamp(handedOver - one.sequencedNanos(), 0, LoopHistograms.NANOS_MAX));
            oneByOne[2].recordValue(Math.clamp(written - handedOver, 0, LoopHistograms.NANOS_MAX));
            oneByOne[3].recordValue(Math.clamp(written - one.acceptedNanos(), 0, LoopHistograms.NANOS_MAX));
        }
    }

    private static double nanosPerCall(Runnable call) {
        long calls = 0;
        long begin = THREADS.getCurrentThreadCpuTime();
        long elapsed;
        do {
            for (int i = 0; i < 1_000; i++) {
                call.run();
            }
            calls += 1_000;
            elapsed = THREADS.getCurrentThreadCpuTime() - begin;
        } while (elapsed < ROUND_NANOS);
        return (double) elapsed / (double) calls;
    }
}
