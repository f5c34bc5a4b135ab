package dev.heliograph.server;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.TokenMint;
import dev.heliograph.config.Config;
import dev.heliograph.config.ConfigLoader;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: a gateway with a sample workspace, a page that shows its events, and people who make some. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Start a gateway with a sample workspace, a live page and traffic. Needs no configuration.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  heliograph demo                       then open the page it names",
            "  heliograph demo --rate 200            more traffic",
            "  heliograph demo --json --port 0       for scripts: one line of JSON when ready"
        })
final class DemoCommand implements Callable<Integer> {
    private static final String WORKSPACE = "demo";
    private static final String ENVIRONMENT = "prod";
    private static final String SOURCE = "shop";
    private static final Duration TOKEN_LIFE = Duration.ofHours(12);

    private final Map<String, String> environment;
    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "Port of the gateway; the operator's is the next, or HELIOGRAPH_ADMIN_PORT. 0: free ones. Default: 8080.")
    private int port = 8080;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Events per second that the traffic makes. Default: ${DEFAULT-VALUE}.")
    private double rate = 20;

    @Option(names = "--no-traffic", description = "Make no traffic.")
    private boolean quiet;

    @Option(names = "--json", description = "Print one line of JSON when ready, and nothing else.")
    private boolean machine;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Where the demo's secrets lie. Default: ${DEFAULT-VALUE}.")
    private Path home = Path.of(System.getProperty("heliograph.home", ".heliograph"));

    DemoCommand(Map<String, String> environment, Clock clock) {
        this.environment = Map.copyOf(environment);
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        if (System.getProperty(Logging.FORMAT) == null) {
            System.setProperty(Logging.FORMAT, Logging.TEXT);
        }
        Config config = config(DemoHome.in(home));
        Gateway gateway = Gateway.start(config, clock);
        DemoAccess access = access(config, gateway);
        PrintWriter out = spec.commandLine().getOut();
        out.println(machine ? access.json() : access.text());
        out.flush();
        Thread traffic = quiet ? null : startTraffic(access);
        RunningGateway.untilSignal(() -> {
            if (traffic != null) {
                traffic.interrupt();
            }
            gateway.close();
        });
        return 0;
    }

    /** The demo's file with the ports that were asked for; other variables of the environment hold as for any gateway. */
    private Config config(DemoHome demo) throws Exception {
        var overrides = new HashMap<>(environment);
        overrides.put("HELIOGRAPH_SERVER_PORT", Integer.toString(port));
        overrides.putIfAbsent("HELIOGRAPH_ADMIN_PORT", Integer.toString(port == 0 ? 0 : port + 1));
        return ConfigLoader.load(demo.config(), overrides).config();
    }

    private DemoAccess access(Config config, Gateway gateway) {
        WorkspaceConfig workspace = Objects.requireNonNull(config.workspaces().get(WORKSPACE));
        SourceConfig source = Objects.requireNonNull(
                Objects.requireNonNull(workspace.environments().get(ENVIRONMENT))
                        .sources()
                        .get(SOURCE));
        var mint = new TokenMint(workspace, null, clock, () -> UUID.randomUUID().toString());
        return new DemoAccess(
                gateway.address(),
                gateway.adminAddress(),
                config.admin().token(),
                mint.mint(new TokenMint.Request("demo", "Demo", everything(), TOKEN_LIFE)),
                source,
                new DemoAccess.Place(WORKSPACE, "private-" + ENVIRONMENT + "-segment-events"));
    }

    private static Map<Operation, List<String>> everything() {
        var grants = new EnumMap<Operation, List<String>>(Operation.class);
        Arrays.stream(Operation.values())
                .filter(operation -> operation != Operation.ADMIN)
                .forEach(operation -> grants.put(operation, List.of("*")));
        return grants;
    }

    private Thread startTraffic(DemoAccess access) {
        URI gateway = URI.create(access.url());
        return Thread.ofPlatform()
                .daemon()
                .name("traffic")
                .start(() -> new Traffic(
                                Funnel.sample(DemoCommand.class.getClassLoader()),
                                gateway,
                                access.writeKey(),
                                rate,
                                new SplittableRandom())
                        .run());
    }
}
