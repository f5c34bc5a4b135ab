package dev.heliograph.benchmarks;

import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a loop pays for its own histograms: of a pass, the clock read three times as in the hub, and the stages of each publication. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecorderBenchmark {
    @Param({"1", "16"})
    public int publications;

    private final LoopRecorder recorder = new LoopRecorder(System::nanoTime);
    private final List<Publication> pass = new ArrayList<>();

    @Setup
    public void prepare() {
        for (int i = 1; i <= publications; i++) {
            pass.add(Scene.publication(i, Scene.channel(0), 1));
        }
    }

    @Benchmark
    public void pass() {
        for (Publication publication : pass) {
            publication.sequencedAt(recorder.now());
        }
        recorder.onPass(pass, Publication::acceptedNanos, Publication::sequencedNanos, recorder.now(), publications);
    }
}
