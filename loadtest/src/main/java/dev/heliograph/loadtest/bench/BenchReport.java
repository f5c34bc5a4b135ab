package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes the figures of docs/BENCHMARKS.md out of the results in docs/benchmarks: charts into docs/img, tables between two marks in the page. What is not
 * measured does not appear. A result is what {@code bench} or {@code compare.sh} wrote; its file's name is its title.
 */
final class BenchReport {
    private static final String BEGIN = "<!-- figures: made by ./heliograph bench --report -->";
    private static final String END = "<!-- end of figures -->";
    private static final ObjectMapper JSON = new ObjectMapper();

    private BenchReport() {}

    static void write(Path project, PrintWriter print) throws IOException {
        Path docs = project.resolve("docs");
        Map<String, JsonNode> results = results(docs.resolve("benchmarks"));
        if (results.isEmpty()) {
            throw new IOException(
                    "no results in docs/benchmarks: copy a bench.json there, under a name that says what it is");
        }
        List<String> charts = BenchCharts.write(results, docs.resolve("img"));
        var figures = new StringBuilder();
        charts.forEach(chart -> figures.append("![")
                .append(title(chart))
                .append("](img/")
                .append(chart)
                .append(")\n"));
        results.forEach((name, result) -> figures.append("\n### ")
                .append(title(name))
                .append("\n\n")
                .append(origin(result))
                .append("\n\n")
                .append(BenchTable.markdown(result)));
        Path page = docs.resolve("BENCHMARKS.md");
        Files.writeString(page, between(Files.readString(page), figures.toString()));
        print.println("Written: docs/BENCHMARKS.md, " + charts.size() + " charts in docs/img");
        print.flush();
    }

    private static Map<String, JsonNode> results(Path folder) throws IOException {
        var results = new LinkedHashMap<String, JsonNode>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                        .sorted()
                        .toList()) {
                    results.put(String.valueOf(file.getFileName()).replace(".json", ""), JSON.readTree(file.toFile()));
                }
            }
        }
        return results;
    }

    private static String title(String file) {
        return file.replaceFirst("\\.\\w+$", "").replaceFirst("^bench-", "").replace('-', ' ');
    }

    /** When and on what. */
    private static String origin(JsonNode result) {
        JsonNode machine = result.path("machine");
        String on = machine.isObject()
                ? "%s, %d cores, Java %s"
                        .formatted(
                                machine.path("kernel").asText(),
                                machine.path("cores").asInt(),
                                machine.path("java").asText())
                : result.path("kernel").asText();
        return "Measured on " + result.path("startedAt").asText().replaceFirst("T.*", "") + ": " + on
                + (result.path("tls").asBoolean() ? ", over TLS" : "") + ".";
    }

    private static String between(String page, String figures) throws IOException {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    "docs/BENCHMARKS.md has no place for figures: expected the lines " + BEGIN + " and " + END);
        }
        return page.substring(0, begin + BEGIN.length()) + "\n\n" + figures + "\n" + page.substring(end);
    }
}
