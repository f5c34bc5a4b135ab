package dev.heliograph.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs once, in this process: whether it runs, not how fast. */
final class BenchmarksTest {
    @Test
    void everyBenchmark_runs() throws RunnerException {
        Options once = new OptionsBuilder()
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(1))
                .mode(Mode.SingleShotTime)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();

        Collection<RunResult> results = new Runner(once).run();

        Set<String> ran = results.stream()
                .map(result -> result.getParams().getBenchmark().replaceFirst(".*\\.(\\w+)\\.\\w+$", "$1"))
                .collect(Collectors.toSet());
        assertEquals(
                Set.of(
                        "BytesBenchmark",
                        "EncodeBenchmark",
                        "FrameDecoderBenchmark",
                        "LoopHubBenchmark",
                        "MergeBenchmark",
                        "OutboxBenchmark",
                        "RecorderBenchmark"),
                ran);
        results.forEach(result -> assertTrue(result.getPrimaryResult().getScore() > 0, result.getParams()::toString));
    }
}
