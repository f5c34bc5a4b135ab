package dev.heliograph.store;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/** A process that appends numbers to a store's queue, some at once, and prints each when it is told that it is durable. It goes on until it is killed. */
final class Appender {
    private static final int UNDER_WAY_MAX = 64;

    private Appender() {}

    public static void main(String[] args) throws Exception {
        Store store = Store.open(Path.of(args[0]));
        StoreQueue queue = store.queue("q");
        var room = new Semaphore(UNDER_WAY_MAX);
        var out = new PrintStream(
                new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
        for (long i = queue.size() + 1L; ; i++) {
            room.acquire();
            byte[] value = Long.toString(i).getBytes(StandardCharsets.UTF_8);
            String line = i + "\n";
            store.write(() -> queue.append(value)).whenComplete((_, failure) -> {
                if (failure == null) {
                    out.print(line);
                    out.flush();
                }
                room.release();
            });
        }
    }
}
