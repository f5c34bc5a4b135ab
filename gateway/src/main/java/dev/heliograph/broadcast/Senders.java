package dev.heliograph.broadcast;

import java.util.Arrays;

/** The connections that do not get everything of a run, since a part of it comes from them. Reused from run to run; confined to the loop. */
final class Senders {
    private long[] connections = new long[8];
    private int size;

    void clear() {
        size = 0;
    }

    void add(long connection) {
        if (contains(connection)) {
            return;
        }
        if (size == connections.length) {
            connections = Arrays.copyOf(connections, 2 * size);
        }
        int at = -Arrays.binarySearch(connections, 0, size, connection) - 1;
        System.arraycopy(connections, at, connections, at + 1, size - at);
        connections[at] = connection;
        size++;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean contains(long connection) {
        return Arrays.binarySearch(connections, 0, size, connection) >= 0;
    }
}
