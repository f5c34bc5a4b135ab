package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Results as rows: what, the figure, how it stands to the limit, and what limits it. For a terminal and for Markdown. */
final class BenchTable {
    private static final double MOST = 0.5;
    private static final double BUSY = 0.85;

    /** One line of the table. */
    record Row(String what, String figure, String ratio, String limitedBy) {}

    private static final Row HEAD = new Row("what", "figure", "× limit", "what limits it");

    private BenchTable() {}

    static List<Row> rows(JsonNode result) {
        var rows = new ArrayList<Row>();
        result.path("fanOut").forEach(shape -> rows.add(fanOut(shape)));
        result.path("ingest").forEach(ingest -> rows.add(ingest(ingest)));
        JsonNode latency = result.path("latency");
        if (latency.isObject()) {
            rows.add(latency(latency, "delivery", "latency"));
            rows.add(latency(latency, "last", "latency to the last subscriber"));
        }
        result.path("memory").forEach(memory -> rows.add(memory(memory)));
        JsonNode start = result.path("start");
        if (start.isObject()) {
            rows.add(new Row(
                    "ready after the launcher's start",
                    number(start.path("millis").asDouble()) + " ms, " + mebibytes(start) + " MiB",
                    "",
                    ""));
        }
        return rows;
    }

    private static Row fanOut(JsonNode shape) {
        int channels = shape.path("channels").asInt(1);
        String what = "fan-out, " + number(shape.path("subscribers").asDouble()) + " subscribers"
                + (channels == 1 ? "" : ", " + channels + " channels") + ", "
                + (shape.has("inFlight")
                        ? shape.path("inFlight").asInt() + " in flight"
                        : shape.path("publicationsPerSecond").asInt() + "/s")
                + ", " + number(shape.path("payloadBytes").asDouble()) + " B";
        double cpu = shape.path("gatewayCpuMicros").asDouble();
        String figure = "%.2f µs CPU per delivery".formatted(cpu)
                + (shape.has("deliveriesPerSecond")
                        ? ", " + number(shape.path("deliveriesPerSecond").asDouble()) + "/s"
                        : "");
        String ratio = shape.has("ratio") ? "%.2f".formatted(shape.path("ratio").asDouble()) : "";
        return new Row(
                what, figure, ratio, share(shape.path("gatewaySystemMicros").asDouble(), cpu, "send(2)"));
    }

    private static Row ingest(JsonNode ingest) {
        int batch = ingest.path("eventsPerPost").asInt();
        double cpu = ingest.path("userSeconds").asDouble()
                + ingest.path("systemSeconds").asDouble();
        String limited = ingest.path("gatewayCores").asDouble() < BUSY
                ? "the driver: the gateway used %.0f %% of a core"
                        .formatted(100 * ingest.path("gatewayCores").asDouble())
                : share(ingest.path("systemSeconds").asDouble(), cpu, "sockets");
        return new Row(
                batch == 1 ? "ingest, one event in a post" : "ingest, " + batch + " events in a post",
                number(ingest.path("eventsPerSecond").asDouble()) + " events/s, "
                        + number(ingest.path("eventsPerCpuSecond").asDouble()) + " per CPU-second",
                "",
                limited);
    }

    /** Whether the kernel or the gateway's own code had more of the time. */
    private static String share(double system, double cpu, String doing) {
        double share = cpu == 0 ? 0 : Math.min(1, system / cpu);
        return share >= MOST
                ? "kernel: %.0f %% of the CPU is in %s".formatted(100 * share, doing)
                : "the gateway's own code: %.0f %% of the CPU".formatted(100 * (1 - share));
    }

    private static Row latency(JsonNode latency, String which, String what) {
        JsonNode micros = latency.at("/micros/" + which);
        String figure = "p50 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms"
                .formatted(
                        micros.path("p50").asDouble() / 1e3,
                        micros.path("p99").asDouble() / 1e3,
                        micros.path("p999").asDouble() / 1e3,
                        micros.path("max").asDouble() / 1e3);
        return new Row(
                what + ", " + number(latency.path("subscribers").asDouble()) + " subscribers, "
                        + latency.path("publicationsPerSecond").asInt() + "/s",
                figure,
                "",
                "its place in line: one send after the other");
    }

    private static Row memory(JsonNode memory) {
        return new Row(
                "memory, " + number(memory.path("connections").asDouble()) + " connections",
                "%.2f KiB per connection, %s MiB in all"
                        .formatted(memory.path("rssPerConnectionKib").asDouble(), mebibytes(memory)),
                "",
                "");
    }

    private static String mebibytes(JsonNode node) {
        return number(node.path("rssKib").asDouble() / 1024);
    }

    private static String number(double number) {
        return "%,d".formatted(Math.round(number));
    }

    static String text(JsonNode result) {
        var rows = new ArrayList<Row>(List.of(HEAD));
        rows.addAll(rows(result));
        int what = width(rows.stream().map(Row::what).toList());
        int figure = width(rows.stream().map(Row::figure).toList());
        int ratio = width(rows.stream().map(Row::ratio).toList());
        var text = new StringBuilder("\n");
        for (Row row : rows) {
            text.append(("%-" + what + "s  %-" + figure + "s  %" + ratio + "s  %s")
                            .formatted(row.what, row.figure, row.ratio, row.limitedBy)
                            .stripTrailing())
                    .append('\n');
        }
        JsonNode missing = result.path("missing");
        missing.forEach(lack -> text.append("\nNote: ").append(lack.asText()).append('\n'));
        return text.toString();
    }

    private static int width(List<String> cells) {
        return cells.stream().mapToInt(String::length).max().orElse(1);
    }

    static String markdown(JsonNode result) {
        var text = new StringBuilder("| what | figure | × limit | what limits it |\n|---|---|---|---|\n");
        for (Row row : rows(result)) {
            text.append("| %s | %s | %s | %s |%n"
                    .formatted(row.what, row.figure, row.ratio, row.limitedBy)
                    .replace("  |", " |"));
        }
        return text.toString();
    }
}
