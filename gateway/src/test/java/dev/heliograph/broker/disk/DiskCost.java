package dev.heliograph.broker.disk;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Prints what it costs that history is on disk: publications per second with so many of them under way, in memory and on the disk of a folder. Run by hand:
 * {@code java -cp … dev.heliograph.broker.disk.DiskCost FOLDER}.
 */
final class DiskCost {
    private static final int CHANNELS = 100;
    private static final long RUN_NANOS = 10_000_000_000L;
    private static final RawJson DATA = RawJson.of("\"" + "x".repeat(500) + "\"");

    private DiskCost() {}

    public static void main(String[] args) throws Exception {
        run("memory", memory(), 1, null);
        for (int underWay : new int[] {1, 16, 256, 4_096}) {
            Path folder = Files.createTempDirectory(Path.of(args[0]), "cost");
            var metrics = new Metrics(new SimpleMeterRegistry());
            try (Store store = Store.open(folder)) {
                var keeping = new DiskBroker.Keeping(_ -> true, 60_000, 1_000, 60_000, 1_000);
                var broker = DiskBroker.open(store, memory(), keeping, metrics, InstantSource.system());
                run("disk", broker, underWay, metrics);
                System.out.println("  file: " + Files.size(folder.resolve(Store.FILE)) / (1 << 20) + " MiB");
            }
        }
    }

    private static MemoryBroker memory() {
        var epochs = new AtomicInteger();
        var budget = new WorkspaceBudget(1L << 30, 100_000);
        return new MemoryBroker(
                _ -> new HistoryLimits(1_000, 8 << 20, 600_000),
                _ -> budget,
                (_, _) -> {},
                InstantSource.system(),
                () -> "epoch" + epochs.incrementAndGet());
    }

    private static void run(String name, Broker broker, int underWay, @Nullable Metrics metrics)
            throws InterruptedException {
        var room = new Semaphore(underWay);
        var receipt = new Receipt() {
            @Override
            public void published(Publication publication) {
                room.release();
            }

            @Override
            public void refused(ProtocolException refusal) {
                throw refusal;
            }
        };
        long begin = System.nanoTime();
        long published = 0;
        while (System.nanoTime() - begin < RUN_NANOS) {
            room.acquire();
            var channel = new ChannelId("acme", "c" + published++ % CHANNELS);
            broker.publish(new Draft(channel, "message", DATA, null, 0, 0), receipt);
        }
        room.acquire(underWay);
        double seconds = (System.nanoTime() - begin) / 1e9;
        String groups =
                metrics == null ? "" : ", %.0f commits/s".formatted(metrics.value(Count.HISTORY_COMMITS) / seconds);
        System.out.printf("%s, %d under way: %.0f publications/s%s%n", name, underWay, published / seconds, groups);
    }
}
