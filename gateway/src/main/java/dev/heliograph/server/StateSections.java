package dev.heliograph.server;

import static java.util.stream.Collectors.toMap;

import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.LoopMeters;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.ProcessState;
import dev.heliograph.websocket.LoopConnections;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What {@code /statez} says, by section: each is made when it is asked for. */
final class StateSections {
    private StateSections() {}

    /** Those that every gateway has. */
    static Map<String, Supplier<Object>> of(
            Ids ids, Clock clock, Metrics metrics, LoopMeters meters, List<LoopConnections> connections) {
        long startedMs = clock.millis();
        var sections = new LinkedHashMap<String, Supplier<Object>>();
        sections.put("gateway", () -> gateway(ids, startedMs, clock.millis()));
        sections.put("connections", () -> connections(connections));
        sections.put("counters", metrics::state);
        sections.put("latency", meters::latencyBuckets);
        sections.put("loops", meters::state);
        sections.put("process", ProcessState::now);
        sections.put("usage", metrics.usage()::days);
        return sections;
    }

    private static Map<String, Object> gateway(Ids ids, long startedMs, long nowMs) {
        return Map.of(
                "node",
                ids.node(),
                "version",
                Version.current(),
                "startUpCache",
                StartUpCache.isInUse(),
                "startedAtMs",
                startedMs,
                "uptimeMs",
                nowMs - startedMs);
    }

    private static Map<String, Object> connections(List<LoopConnections> loops) {
        List<Integer> byLoop = loops.stream().map(LoopConnections::size).toList();
        Map<String, Integer> byKind = Arrays.stream(ClientKind.values())
                .collect(toMap(ClientKind::label, kind -> open(loops, kind), (one, _) -> one, LinkedHashMap::new));
        return Map.of(
                "open", byLoop.stream().mapToInt(Integer::intValue).sum(), "openByLoop", byLoop, "openByKind", byKind);
    }

    private static int open(List<LoopConnections> loops, ClientKind kind) {
        return loops.stream().mapToInt(loop -> loop.size(kind)).sum();
    }
}
