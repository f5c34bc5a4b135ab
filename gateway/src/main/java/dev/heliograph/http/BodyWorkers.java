package dev.heliograph.http;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Handles what would hold up an event loop, on virtual threads: a few at work, a bounded number waiting. Any thread.
 */
public final class BodyWorkers {
    private final int atWorkMax;
    private final int waitingMax;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int atWork;

    /** At most one per core at work. */
    public BodyWorkers(int waitingMax) {
        this(Runtime.getRuntime().availableProcessors(), waitingMax);
    }

    BodyWorkers(int atWorkMax, int waitingMax) {
        this.atWorkMax = atWorkMax;
        this.waitingMax = waitingMax;
    }

    /** @return false if too many wait already; the task is not run then */
    boolean offer(Runnable task) {
        synchronized (waiting) {
            if (atWork == atWorkMax) {
                return waiting.size() < waitingMax && waiting.add(task);
            }
            atWork++;
        }
        Thread.ofVirtual().name("http-body").start(() -> work(task));
        return true;
    }

    private void work(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException | Error failure) {
                Thread.currentThread().getUncaughtExceptionHandler().uncaughtException(Thread.currentThread(), failure);
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (waiting) {
            Runnable task = waiting.poll();
            if (task == null) {
                atWork--;
            }
            return task;
        }
    }

    /** How many wait now. */
    public int waiting() {
        synchronized (waiting) {
            return waiting.size();
        }
    }
}
