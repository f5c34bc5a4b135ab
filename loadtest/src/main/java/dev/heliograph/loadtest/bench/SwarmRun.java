package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs the swarm in a process and on a core of its own. */
final class SwarmRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOST = 1;

    private final GatewayUnderTest gateway;
    private final Machine machine;
    private final Path folder;

    /** @param folder for its reports */
    SwarmRun(GatewayUnderTest gateway, Machine machine, Path folder) {
        this.gateway = gateway;
        this.machine = machine;
        this.folder = folder;
    }

    /** Its report; the histograms lie beside it as {@code NAME.hgrm} and so on. */
    JsonNode run(String name, BenchPlan.Latency load, int warmupSeconds, int bytes)
            throws IOException, InterruptedException {
        List<String> command = machine.pinned(
                machine.clientCore(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.heliograph.loadtest.swarm.Swarm",
                        "--connections",
                        Integer.toString(load.subscribers()),
                        "--rate",
                        Integer.toString(load.rate()),
                        "--warmup",
                        Integer.toString(warmupSeconds),
                        "--seconds",
                        Integer.toString(load.seconds()),
                        "--size",
                        Integer.toString(bytes),
                        "--name",
                        name,
                        "--out",
                        folder.toString()));
        Map<String, String> environment = Map.of(
                "HELIOGRAPH_URL", gateway.url().toString(),
                "HELIOGRAPH_TOKEN", gateway.token(),
                "HELIOGRAPH_CHANNEL", gateway.channel());
        Programs.Result result = Programs.run(command, environment);
        if (result.exitCode() != LOST) { // then the report says what
            result.orThrow("swarm");
        }
        return JSON.readTree(folder.resolve(name + ".json").toFile());
    }
}
