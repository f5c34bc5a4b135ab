package dev.heliograph.broadcast;

import dev.heliograph.benchmarks.CountingWire;
import dev.heliograph.benchmarks.Scene;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.egress.Batch;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Publications from the broker to every subscriber's wire, in one pass: order, history, encoding, the walk, but no socket. All subscribers together are spread
 * over the channels, and so are the publications.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LoopHubBenchmark {
    private static final int DATA_BYTES = 128;

    @Param({"100", "1000", "5000"})
    public int subscribers;

    @Param({"1", "16"})
    public int publications;

    @Param({"1", "500"})
    public int channels;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Scene scene = new Scene();
    private final LoopHub[] hubs = new LoopHub[1];
    private final MemoryBroker broker = broker(hubs);
    private CountingWire[] wires = {};
    private Draft[] drafts = {};
    private int next;

    private static MemoryBroker broker(LoopHub[] hubs) {
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 1_000);
        return new MemoryBroker(
                _ -> new HistoryLimits(100, 1 << 20, 60_000),
                _ -> budget,
                (publication, _) -> hubs[0].deliver(publication),
                InstantSource.system(),
                () -> "bench");
    }

    /** Deliveries in a second, in which passes of different sizes can be compared. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Deliveries {
        public long deliveries;
    }

    @Setup
    public void prepare() {
        hubs[0] = new LoopHub(
                new LoopThread(0, loop.eventLoop(), LoopThread.SLICE_DELIVERIES, loop.eventLoop()::execute),
                broker,
                new Batch(Unpooled.directBuffer()),
                scene.metrics(),
                new LoopRecorder(System::nanoTime));
        wires = IntStream.range(0, subscribers)
                .mapToObj(_ -> new CountingWire())
                .toArray(CountingWire[]::new);
        for (int i = 0; i < subscribers; i++) {
            hubs[0].subscribe(
                    Scene.channel(i % channels), scene.outbox(wires[i]), SubscribeOptions.NONE, null, Joining::start);
        }
        drafts = IntStream.range(0, channels)
                .mapToObj(i -> Scene.draft(Scene.channel(i), DATA_BYTES))
                .toArray(Draft[]::new);
    }

    @Benchmark
    public long pass(Deliveries counter) {
        for (int i = 0; i < publications; i++) {
            broker.publish(drafts[next], _ -> {});
            next = (next + 1) % channels;
        }
        loop.runPendingTasks();
        counter.deliveries += Math.max(1, (long) publications * subscribers / channels);
        return wires[0].bytes();
    }
}
