package dev.heliograph.loadtest.bench;

import java.util.List;

/**
 * How much is measured.
 *
 * @param rounds of each shape, of which the medians are taken
 * @param seconds that count in each run
 * @param warmupSeconds before the first run of each shape, and before the ingest runs
 * @param shapes of fan-out
 * @param connections at which memory is looked at, ascending
 * @param latency of which percentiles are taken
 */
record BenchPlan(
        int rounds, int seconds, int warmupSeconds, List<Shape> shapes, List<Integer> connections, Latency latency) {
    /** So many subscribers over so many channels, so many publications in flight, each with so many bytes. */
    record Shape(int subscribers, int inFlight, int bytes, int channels) {
        Shape(int subscribers, int inFlight, int bytes) {
            this(subscribers, inFlight, bytes, 1);
        }

        Shape atMost(int subscribersMax) {
            int most = subscribersMax / channels * channels;
            return new Shape(Math.min(subscribers, Math.max(channels, most)), inFlight, bytes, channels);
        }
    }

    /** So many subscribers and publications a second, for so long. */
    record Latency(int subscribers, int rate, int seconds) {}

    BenchPlan {
        shapes = List.copyOf(shapes);
        connections = List.copyOf(connections);
    }

    /** Under a minute. */
    static BenchPlan quick() {
        return new BenchPlan(
                1,
                1,
                2,
                List.of(new Shape(1_000, 1, 128), new Shape(1_000, 16, 128)),
                List.of(1_000),
                new Latency(1_000, 20, 3));
    }

    /** Two to three minutes. */
    static BenchPlan standard() {
        return new BenchPlan(
                3,
                1,
                3,
                List.of(
                        new Shape(100, 16, 128),
                        new Shape(1_000, 1, 128),
                        new Shape(1_000, 16, 128),
                        new Shape(5_000, 16, 128)),
                List.of(1_000, 5_000, 10_000),
                new Latency(1_000, 50, 5));
    }

    /** Half an hour: what docs/BENCHMARKS.md shows. */
    static BenchPlan full() {
        return new BenchPlan(
                5,
                4,
                6,
                List.of(
                        new Shape(100, 1, 128),
                        new Shape(100, 16, 128),
                        new Shape(1_000, 1, 128),
                        new Shape(1_000, 16, 128),
                        new Shape(5_000, 1, 128),
                        new Shape(5_000, 16, 128),
                        new Shape(15_000, 16, 128),
                        new Shape(1_000, 16, 64),
                        new Shape(1_000, 16, 1_024),
                        new Shape(1_000, 16, 16_384),
                        new Shape(5_000, 16, 128, 500)),
                List.of(1_000, 5_000, 10_000, 15_000),
                new Latency(1_000, 200, 30));
    }

    /** The same with no more connections than there can be. */
    BenchPlan atMost(int connectionsMax) {
        return new BenchPlan(
                rounds,
                seconds,
                warmupSeconds,
                shapes.stream()
                        .map(shape -> shape.atMost(connectionsMax))
                        .distinct()
                        .toList(),
                connections.stream()
                        .map(count -> Math.min(count, connectionsMax))
                        .distinct()
                        .toList(),
                new Latency(Math.min(latency.subscribers, connectionsMax), latency.rate, latency.seconds));
    }

    /** The most connections that anything in it needs. */
    int connectionsMax() {
        int most = Math.max(
                latency.subscribers, connections.stream().mapToInt(i -> i).max().orElse(0));
        return shapes.stream().mapToInt(Shape::subscribers).reduce(most, Math::max);
    }
}
