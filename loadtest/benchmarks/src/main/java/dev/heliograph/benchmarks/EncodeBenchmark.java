package dev.heliograph.benchmarks;

import dev.heliograph.protocol.message.Publication;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a publication costs to encode: once per wire format, whatever the number of receivers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    @Param({"64", "1024", "16384"})
    public int bytes;

    private Publication publication = Scene.publication(1, Scene.channel(0), 1);

    @Setup
    public void prepare() {
        publication = Scene.publication(1, Scene.channel(0), bytes);
    }

    @Benchmark
    public byte[] message() {
        return Scene.CODEC.encode(publication);
    }
}
