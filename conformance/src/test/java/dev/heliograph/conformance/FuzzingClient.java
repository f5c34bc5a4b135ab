package dev.heliograph.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Autobahn's fuzzing client, one process per run; its reports stay in a folder of the build. */
final class FuzzingClient {
    /** Cases give a server a second or so; a busy machine is no fault of the server, so it gets ten times that. */
    private static final String SCRIPT = """
            import sys, json
            from autobahntestsuite import fuzzing, wstest
            kill_after = fuzzing.FuzzingProtocol.killAfter
            def patient(protocol, delay):
                kill_after(protocol, 10 * delay)
            fuzzing.FuzzingProtocol.killAfter = patient
            spec = json.load(open(sys.argv[1]))
            MESSAGES = spec['messages']
            execfile(sys.argv[2])
            wstest.start({'mode': 'fuzzingclient', 'debug': False}, spec)
            """;

    private static final String COMPRESSION = "compression_cases.py";

    private static final Map<String, Object> OPTIONS = Map.of(
            "failByDrop", false,
            "openHandshakeTimeout", 10,
            "closeHandshakeTimeout", 10,
            "serverConnectionDropTimeout", 10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final long timeoutMs;

    FuzzingClient(Path folder, long timeoutMs) {
        this.folder = folder;
        this.timeoutMs = timeoutMs;
    }

    /**
     * Runs these cases against each of the servers and returns how they ended, in their order, by server.
     *
     * @param urls by the servers' names
     * @param cases their numbers; {@code 7.*} is all of a category
     * @param messages how many each case about compression sends
     */
    Map<String, List<CaseReport>> run(Map<String, String> urls, List<String> cases, int messages)
            throws IOException, InterruptedException {
        Path reports = emptied(folder.resolve("reports"));
        Path spec = folder.resolve("spec.json");
        JSON.writeValue(
                spec.toFile(),
                Map.of(
                        "outdir", reports.toString(),
                        "servers", servers(urls),
                        "options", OPTIONS,
                        "cases", cases,
                        "messages", messages,
                        "exclude-cases", List.of(),
                        "exclude-agent-cases", Map.of()));
        Path more = folder.resolve(COMPRESSION);
        try (InputStream script = FuzzingClient.class.getResourceAsStream(COMPRESSION)) {
            Files.write(more, Objects.requireNonNull(script).readAllBytes());
        }
        await(start(spec, more));
        return read(reports);
    }

    private static List<Map<String, String>> servers(Map<String, String> urls) {
        return urls.entrySet().stream()
                .map(server -> Map.of("agent", server.getKey(), "url", server.getValue()))
                .toList();
    }

    private static Path emptied(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        return folder;
    }

    private Process start(Path spec, Path more) throws IOException {
        String classPath =
                jarOf("autobahntestsuite/wstest.py") + File.pathSeparator + jarOf("org/python/util/jython.class");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dpython.cachedir.skip=true",
                        "-cp",
                        classPath,
                        "org.python.util.jython",
                        "-c",
                        SCRIPT,
                        spec.toString(),
                        more.toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private Path log() {
        return folder.resolve("client.log");
    }

    private void await(Process process) throws IOException, InterruptedException {
        try {
            if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the fuzzing client is not done after " + timeoutMs + " ms; see " + log());
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new AssertionError("the fuzzing client failed:\n" + Files.readString(log()));
        }
    }

    private static Map<String, List<CaseReport>> read(Path reports) throws IOException {
        var byServer = new TreeMap<String, List<CaseReport>>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(reports, "*_case_*.json")) {
            for (Path file : files) {
                JsonNode report = JSON.readTree(file.toFile());
                byServer.computeIfAbsent(report.required("agent").textValue(), _ -> new ArrayList<>())
                        .add(CaseReport.read(report));
            }
        }
        byServer.values().forEach(cases -> cases.sort(CaseReport.BY_ID));
        return byServer;
    }

    private static String jarOf(String resource) throws IOException {
        var url = Objects.requireNonNull(FuzzingClient.class.getClassLoader().getResource(resource), resource);
        try {
            return Path.of(((JarURLConnection) url.openConnection())
                            .getJarFileURL()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
