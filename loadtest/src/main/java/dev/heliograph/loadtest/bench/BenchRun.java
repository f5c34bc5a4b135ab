package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/** One measurement after the other, each against a gateway of this run; what is found goes into one JSON document. Blocks for minutes. */
final class BenchRun {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int BATCH = 100;
    private static final int WARMUP_CONNECTIONS = 200;
    private static final int LATENCY_BYTES = 128;
    private static final int FALLBACK_RATE = 50;
    private static final int FALLBACK_SECONDS = 4;

    private final Path project;
    private final Path folder;
    private final Clock clock;
    private final Consumer<String> progress;
    private final Machine machine = Machine.here();
    private final ObjectNode json = JSON.createObjectNode();
    private boolean passed = true;

    /**
     * @param project the folder of the launcher
     * @param folder for results
     * @param progress is told what is under way
     */
    BenchRun(Path project, Path folder, Clock clock, Consumer<String> progress) {
        this.project = project;
        this.folder = folder;
        this.clock = clock;
        this.progress = progress;
    }

    BenchResult measure(BenchPlan wanted) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        json.put("name", "bench");
        json.put("startedAt", clock.instant().toString());
        machine.describe(json.putObject("machine"));
        ArrayNode missing = json.putArray("missing");
        BenchPlan plan = wanted.atMost(machine.connectionsMax());
        if (plan.connectionsMax() < wanted.connectionsMax()) {
            missing.add("ulimit -n allows " + machine.filesMax() + " files, so " + wanted.connectionsMax()
                    + " connections were cut to " + plan.connectionsMax());
        }
        if (!machine.pins()) {
            missing.add("gateway and client share cores: there is one, or no taskset");
        }
        var kernel = new KernelTools(project.resolve("loadtest/kernel"), folder, machine);
        String lacking = kernel.build();
        if (!lacking.isEmpty()) {
            missing.add(lacking + ". Without it: no comparison with limit, no memory");
        }
        try (var gateway = startGateway(plan)) {
            if (lacking.isEmpty()) {
                measureMemory(gateway, kernel, plan);
                measureFanOut(gateway, kernel, plan);
            } else {
                measureFanOutBySwarm(gateway, plan);
            }
            measureIngest(gateway, plan);
            measureLatency(gateway, plan);
        }
        JSON.writeValue(folder.resolve("bench.json").toFile(), json);
        return new BenchResult(json, passed);
    }

    private GatewayUnderTest startGateway(BenchPlan plan) throws IOException {
        progress.accept("starting the gateway" + (machine.pins() ? " on core " + Machine.serverCore() : ""));
        long began = clock.millis();
        GatewayUnderTest gateway =
                GatewayUnderTest.start(project.resolve("heliograph"), folder, machine, plan.connectionsMax());
        json.putObject("start")
                .put("millis", clock.millis() - began)
                .put("rssKib", gateway.usage().rssKib());
        return gateway;
    }

    private void measureMemory(GatewayUnderTest gateway, KernelTools kernel, BenchPlan plan)
            throws IOException, InterruptedException {
        kernel.memory(gateway, WARMUP_CONNECTIONS); // what code costs is not what connections cost
        ArrayNode memory = json.putArray("memory");
        for (int connections : plan.connections()) {
            progress.accept("memory of " + connections + " connections");
            JsonNode found = kernel.memory(gateway, connections);
            memory.addObject()
                    .put("connections", connections)
                    .put("rssKib", found.path("rss_kib").asLong())
                    .put(
                            "rssPerConnectionKib",
                            found.path("rss_per_connection_kib").asDouble())
                    .put("connectCpuMicros", found.path("connect_cpu_us").asDouble());
        }
    }

    private void measureFanOut(GatewayUnderTest gateway, KernelTools kernel, BenchPlan plan)
            throws IOException, InterruptedException {
        ArrayNode fanOut = json.putArray("fanOut");
        for (BenchPlan.Shape shape : plan.shapes()) {
            progress.accept("fan-out to " + shape.subscribers() + " subscribers, " + shape.inFlight() + " in flight, "
                    + shape.bytes() + " bytes, " + shape.channels() + " channel(s), against limit");
            fanOut.add(kernel.compare(gateway, plan, shape));
        }
    }

    /** Without a C compiler: of a short and a longer run of the swarm, the difference, in which connecting cancels out. */
    private void measureFanOutBySwarm(GatewayUnderTest gateway, BenchPlan plan)
            throws IOException, InterruptedException {
        ArrayNode fanOut = json.putArray("fanOut");
        var swarm = new SwarmRun(gateway, machine, folder);
        for (int subscribers : plan.connections()) {
            progress.accept("fan-out to " + subscribers + " subscribers, by the swarm");
            delivered(swarm, subscribers, FALLBACK_SECONDS); // so that all code is compiled
            ProcessUsage start = gateway.usage();
            long few = delivered(swarm, subscribers, 1);
            ProcessUsage middle = gateway.usage();
            long many = delivered(swarm, subscribers, 1 + FALLBACK_SECONDS);
            ProcessUsage both = gateway.usage().since(middle);
            ProcessUsage first = middle.since(start);
            double deliveries = Math.max(1, many - few);
            fanOut.addObject()
                    .put("subscribers", subscribers)
                    .put("channels", 1)
                    .put("payloadBytes", LATENCY_BYTES)
                    .put("publicationsPerSecond", FALLBACK_RATE)
                    .put("gatewayCpuMicros", (both.cpuSeconds() - first.cpuSeconds()) * 1e6 / deliveries)
                    .put("gatewayUserMicros", (both.userSeconds() - first.userSeconds()) * 1e6 / deliveries)
                    .put("gatewaySystemMicros", (both.systemSeconds() - first.systemSeconds()) * 1e6 / deliveries);
        }
    }

    private long delivered(SwarmRun swarm, int subscribers, int seconds) throws IOException, InterruptedException {
        var load = new BenchPlan.Latency(subscribers, FALLBACK_RATE, seconds);
        JsonNode report = swarm.run("fan-out", load, 1, LATENCY_BYTES);
        passed &= report.path("passed").asBoolean();
        return report.at("/counts/delivered").asLong();
    }

    private void measureIngest(GatewayUnderTest gateway, BenchPlan plan) throws IOException, InterruptedException {
        ArrayNode ingest = json.putArray("ingest");
        long firstId = 0;
        for (int eventsPerPost : List.of(1, BATCH)) {
            progress.accept("ingest, " + eventsPerPost + " event(s) in a post");
            var load = new IngestLoad(gateway.url(), gateway.writeKey(), firstId, System::nanoTime);
            long posted = load.post(eventsPerPost, plan.warmupSeconds());
            ProcessUsage before = gateway.usage();
            long publishedBefore = gateway.eventsPublished();
            long began = System.nanoTime();
            long counted = load.post(eventsPerPost, Math.max(2, plan.seconds()));
            double seconds = (System.nanoTime() - began) / 1e9;
            ProcessUsage used = gateway.usage().since(before);
            long published = gateway.eventsPublished() - publishedBefore;
            passed &= published == counted;
            firstId += posted + counted + 1_000_000;
            ingest.addObject()
                    .put("eventsPerPost", eventsPerPost)
                    .put("eventsPosted", counted)
                    .put("eventsPublished", published)
                    .put("eventsPerSecond", counted / seconds)
                    .put("eventsPerCpuSecond", counted / Math.max(0.01, used.cpuSeconds()))
                    .put("gatewayCores", used.cpuSeconds() / seconds)
                    .put("userSeconds", used.userSeconds())
                    .put("systemSeconds", used.systemSeconds());
        }
    }

    private void measureLatency(GatewayUnderTest gateway, BenchPlan plan) throws IOException, InterruptedException {
        BenchPlan.Latency load = plan.latency();
        progress.accept(
                "latency to " + load.subscribers() + " subscribers at " + load.rate() + " publications a second");
        JsonNode report =
                new SwarmRun(gateway, machine, folder).run("latency", load, plan.warmupSeconds(), LATENCY_BYTES);
        passed &= report.path("passed").asBoolean();
        ObjectNode latency = json.putObject("latency");
        latency.put("subscribers", load.subscribers());
        latency.put("publicationsPerSecond", load.rate());
        latency.put("payloadBytes", LATENCY_BYTES);
        latency.set("counts", report.path("counts"));
        latency.set("faults", report.path("faults"));
        latency.set("micros", report.path("latenciesMicros"));
        ObjectNode percentiles = latency.putObject("percentileMillis");
        percentiles.set("delivery", Percentiles.read(folder.resolve("latency.hgrm")));
        percentiles.set("first", Percentiles.read(folder.resolve("latency-first.hgrm")));
        percentiles.set("last", Percentiles.read(folder.resolve("latency-last.hgrm")));
    }
}
