package dev.heliograph.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Hands Prometheus the histograms of all event loops, as they are when it asks. Any thread. */
final class LoopCollector implements MultiCollector {
    private final List<LoopMeter> loops;

    LoopCollector(List<LoopMeter> loops) {
        this.loops = loops;
    }

    @Override
    public MetricSnapshots collect() {
        var families = new EnumMap<Distribution, HistogramSnapshot.Builder>(Distribution.class);
        for (Distribution distribution : Distribution.values()) {
            families.put(distribution, family(distribution));
        }
        for (int loop = 0; loop < loops.size(); loop++) {
            add(families, loops.get(loop), Labels.of("loop", Integer.toString(loop)));
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        families.values().forEach(family -> all.metricSnapshot(family.build()));
        return all.build();
    }

    private static HistogramSnapshot.Builder family(Distribution distribution) {
        return HistogramSnapshot.builder()
                .name("heliograph_" + distribution.meter().replace('.', '_'))
                .help(distribution.help());
    }

    private static void add(Map<Distribution, HistogramSnapshot.Builder> families, LoopMeter loop, Labels labels) {
        LoopHistograms recorded = loop.recorder().snapshot().sinceStart();
        families.forEach((distribution, family) -> {
            Ladder ladder = distribution.ladder();
            switch (distribution) {
                case DELIVERY_LATENCY -> {
                    for (Stage stage : Stage.values()) {
                        Labels ofStage = labels.add(stage.key(), stage.label());
                        family.dataPoint(point(ladder, ladder.tally(recorded.of(stage)), ofStage));
                    }
                }
                case SEND_BYTES -> family.dataPoint(point(ladder, loop.outflow().sends(), labels));
                case LOOP_LAG, PASS_PUBLICATIONS, PASS_DELIVERIES ->
                    family.dataPoint(point(ladder, ladder.tally(recorded.of(distribution)), labels));
            }
        });
    }

    private static HistogramDataPointSnapshot point(Ladder ladder, Tally tally, Labels labels) {
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(ladder.bounds(), tally.counts()))
                .sum(tally.sum())
                .build();
    }
}
