package dev.heliograph.egress;

import dev.heliograph.benchmarks.Scene;
import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What each rule takes to merge one waiting publication of about 200 bytes: two of them, and a backlog of a slow client's about sixteen things. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MergeBenchmark {
    private static final int WAITING = 1_024;
    private static final int KEYS = 16;

    @Param({"LATEST", "KEYED", "ENTITY", "SHALLOW", "SUMMED"})
    public MergeRule rule = MergeRule.NONE;

    private final List<Publication> waiting = new ArrayList<>();

    @Setup
    public void prepare() {
        waiting.clear();
        for (int i = 0; i < WAITING; i++) {
            waiting.add(publication(i));
        }
    }

    private static Publication publication(int i) {
        RawJson data = RawJson.of("{\"kind\":\"PositionDelta\",\"source\":\"layout\",\"revision\":" + i
                + ",\"items\":[{\"id\":\"node-1\",\"dx\":0.5,\"dy\":-1.25},{\"id\":\"node-" + i % 7
                + "\",\"dx\":3,\"dy\":0.125,\"label\":\"checkout\"},{\"id\":\"node-9\",\"dx\":-7.5,\"dy\":2}]}");
        Draft draft = new Draft(Scene.channel(0), "entity:updated", data, "k" + i % KEYS, 0, 0);
        return new Publication(draft, new Position("bench", i + 1), 1_795_000_000_000L);
    }

    @Benchmark
    public Merging.@Nullable Both two() {
        return Merging.merge(rule, waiting.get(0), waiting.get(KEYS), true);
    }

    @Benchmark
    @OperationsPerInvocation(WAITING)
    public int backlog() {
        var merge = new BacklogMerge(_ -> rule);
        for (int i = 0; i < WAITING; i++) {
            merge.add(i, waiting.get(i));
        }
        return merge.gone().size();
    }
}
