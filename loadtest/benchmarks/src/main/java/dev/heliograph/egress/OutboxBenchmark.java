package dev.heliograph.egress;

import dev.heliograph.benchmarks.CountingWire;
import dev.heliograph.benchmarks.Scene;
import dev.heliograph.protocol.message.Publication;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One batch to one peer: one that keeps up, one that is behind and catches up, and one that takes nothing while the oldest is shed for every new one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OutboxBenchmark {
    /** So many publications fill the outbox beyond its bound. */
    private static final int MANY = 10_000;

    @Param({"128", "16384"})
    public int bytes;

    private final Scene scene = new Scene();
    private final CountingWire wire = new CountingWire();
    private final CountingWire stalledWire = new CountingWire();
    private final Batch batch = new Batch(Unpooled.directBuffer());
    private Outbox outbox = scene.outbox(wire);
    private Outbox stalled = scene.outbox(stalledWire);
    private Publication publication = Scene.publication(1, Scene.channel(0), 2);

    @Setup
    public void prepare() {
        publication = Scene.publication(1, Scene.channel(0), bytes);
        batch.clear();
        batch.add(publication, Scene.FORMAT);
        outbox = scene.outbox(wire);
        stalled = scene.outbox(stalledWire);
        stalledWire.room(0);
        for (int i = 0; i < MANY; i++) {
            stalled.send(batch);
        }
    }

    @Benchmark
    public Offer toOneThatKeepsUp() {
        return outbox.send(batch);
    }

    @Benchmark
    public Offer toOneThatCatchesUp() {
        wire.room(batch.length() / 2);
        outbox.send(batch);
        wire.room(Long.MAX_VALUE);
        return outbox.flush();
    }

    @Benchmark
    public Offer toOneThatTakesNothing() {
        return stalled.send(batch);
    }
}
