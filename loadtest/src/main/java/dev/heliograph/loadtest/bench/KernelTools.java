package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The programs in C beside this module: {@code limit}, {@code wsfan}, and the script that runs them in turn. */
final class KernelTools {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MISSING = 3;
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"channel\":\"%C\",\"payload\":{}}";
    private static final String PUBLISH = "{\"type\":\"publish\",\"channel\":\"%C\",\"payload\":{\"data\":%P}}";

    private final Path sources;
    private final Path folder;
    private final Machine machine;

    /**
     * @param sources the folder {@code loadtest/kernel}
     * @param folder for what is built and measured
     */
    KernelTools(Path sources, Path folder, Machine machine) {
        this.sources = sources;
        this.folder = folder;
        this.machine = machine;
    }

    /** Compiles them; returns what is missing for that, or nothing. */
    String build() throws IOException, InterruptedException {
        Programs.Result built = Programs.run(
                List.of(sources.resolve("build.sh").toString(), binaries().toString()), Map.of());
        if (built.exitCode() == MISSING) {
            return built.err().strip();
        }
        built.orThrow("build.sh");
        return "";
    }

    private Path binaries() {
        return folder.resolve("kernel");
    }

    /** The medians of one shape: the gateway's and the kernel's limit, in turn. */
    JsonNode compare(GatewayUnderTest gateway, BenchPlan plan, BenchPlan.Shape shape)
            throws IOException, InterruptedException {
        Path result = folder.resolve("compare.json");
        var command = new ArrayList<String>(List.of(
                sources.resolve("compare.sh").toString(),
                "--channels",
                Integer.toString(shape.channels()),
                "--out",
                result.toString(),
                Long.toString(gateway.pid()),
                Integer.toString(gateway.url().getPort())));
        command.addAll(nativeProtocol(gateway));
        Programs.run(command, environment(plan, shape)).orThrow("compare.sh");
        return JSON.readTree(result.toFile()).path("fanOut").path(0);
    }

    private Map<String, String> environment(BenchPlan plan, BenchPlan.Shape shape) {
        return Map.of(
                "SHAPES", shape.subscribers() + ":" + shape.inFlight() + ":" + shape.bytes(),
                "ROUNDS", Integer.toString(plan.rounds()),
                "SECONDS_EACH", Integer.toString(plan.seconds()),
                "WARMUP", Integer.toString(plan.warmupSeconds()),
                "CPU", Integer.toString(machine.clientCore()),
                "LIMIT_CPU", machine.pins() ? Integer.toString(Machine.serverCore()) : "",
                "KERNEL_BIN", binaries().toString());
    }

    /** What so many connections cost the gateway in memory. */
    JsonNode memory(GatewayUnderTest gateway, int connections) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of(
                binaries().resolve("wsfan").toString(),
                "--json",
                "--connect-only",
                "--settle",
                "1500",
                "--cpu",
                Integer.toString(machine.clientCore()),
                "--subs",
                Integer.toString(connections),
                "--port",
                Integer.toString(gateway.url().getPort()),
                "--pid",
                Long.toString(gateway.pid())));
        command.addAll(nativeProtocol(gateway));
        return JSON.readTree(Programs.run(command, Map.of()).orThrow("wsfan").out());
    }

    private static List<String> nativeProtocol(GatewayUnderTest gateway) {
        return List.of("--path", "/ws?token=" + gateway.token(), "--sub", SUBSCRIBE, "--pubws", PUBLISH);
    }
}
