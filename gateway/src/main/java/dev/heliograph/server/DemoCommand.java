package dev.heliograph.server;

import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
            "  heliograph demo --no-traffic --property plan",
            "                                        for a graph and events of your own",
            "  heliograph demo --json --port 0       for scripts: one line of JSON when ready"
        })
final class DemoCommand implements Callable<Integer> {
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

    @Option(
            names = "--property",
            paramLabel = "NAME",
            description = "A property of your events that the page may show and filter by. Repeatable.")
    private List<String> properties = List.of();

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
        Demo demo = Demo.start(home, settings(), properties, clock);
        DemoAccess access = demo.access();
        PrintWriter out = spec.commandLine().getOut();
        out.println(machine ? access.json() : access.text());
        out.flush();
        Thread traffic = quiet ? null : startTraffic(access);
        RunningGateway.untilSignal(() -> {
            if (traffic != null) {
                traffic.interrupt();
            }
            demo.close();
        });
        return 0;
    }

    /** The ports that were asked for; other variables of the environment hold as for any gateway. */
    private Map<String, String> settings() {
        var settings = new HashMap<>(environment);
        settings.put("HELIOGRAPH_SERVER_PORT", Integer.toString(port));
        settings.putIfAbsent("HELIOGRAPH_ADMIN_PORT", Integer.toString(port == 0 ? 0 : port + 1));
        return settings;
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
