package dev.heliograph.http;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the bodies of all connections may hold together while they are read and handled. Any thread. */
final class BodyRoom {
    private final long bytesMax;
    private final AtomicLong free;

    BodyRoom(long bytesMax) {
        this.bytesMax = bytesMax;
        this.free = new AtomicLong(bytesMax);
    }

    /** Takes so many bytes, or none. */
    boolean take(long bytes) {
        if (free.addAndGet(-bytes) >= 0) {
            return true;
        }
        free.addAndGet(bytes);
        return false;
    }

    void give(long bytes) {
        free.addAndGet(bytes);
    }

    long held() {
        return bytesMax - free.get();
    }
}
