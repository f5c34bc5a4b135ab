package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.Endpoint;
import dev.heliograph.loadtest.Report;
import dev.heliograph.loadtest.Stamp;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.io.Console;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: many subscribers, one publisher, and the truth about what came of it. Exit code 0, 1 (something was lost, repeated or misplaced) or 2. */
@Command(
        name = "swarm",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "Thousands of subscribers in one process; publishes on schedule and counts and times what arrives.",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0  everything came to everybody, once and in order",
            "  1  something was lost, repeated or misplaced, or a connection was",
            "  2  the run could not be done"
        })
public final class Swarm implements Callable<Integer> {
    private static final int PROGRESS_MS = 1_000;

    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--url",
            defaultValue = "${env:HELIOGRAPH_URL}",
            required = true,
            description = "The gateway, or HELIOGRAPH_URL.")
    @SuppressWarnings("NullAway.Init")
    private URI url;

    @Option(
            names = "--token",
            defaultValue = "${env:HELIOGRAPH_TOKEN}",
            required = true,
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "A token that may subscribe and publish, or HELIOGRAPH_TOKEN.")
    @SuppressWarnings("NullAway.Init")
    private String token;

    @Option(
            names = "--channel",
            defaultValue = "${env:HELIOGRAPH_CHANNEL}",
            required = true,
            description = "The channel, or HELIOGRAPH_CHANNEL.")
    @SuppressWarnings("NullAway.Init")
    private String channel;

    @Option(names = "--connections", description = "Subscribers, up to 19000.")
    private int connections = 1_000;

    @Option(names = "--rate", description = "Publications a second.")
    private double rate = 20;

    @Option(names = "--seconds", description = "How long to publish, timed.")
    private int seconds = 10;

    @Option(names = "--warmup", description = "Seconds before that, counted but not timed.")
    private int warmup = 5;

    @Option(names = "--size", description = "Bytes of a publication's data.")
    private int size = 128;

    @Option(names = "--connecting", description = "Subscribers that connect at the same time.")
    private int connecting = 256;

    @Option(names = "--connect-seconds", description = "How long all of them may take.")
    private int connectSeconds = 60;

    @Option(names = "--drain-seconds", description = "How long the last deliveries may take.")
    private int drainSeconds = 10;

    @Option(
            names = "--sources",
            split = ",",
            description =
                    "Local addresses to connect from, in turn, e.g. 127.0.0.2,127.0.0.3: one address has about 28000 ports.")
    private List<InetAddress> sources = new ArrayList<>();

    @Option(names = "--out", description = "Folder for swarm.json, swarm.hgrm, swarm-first.hgrm and swarm-last.hgrm.")
    private Path out = Path.of("target", "loadtest");

    @Option(names = "--name", description = "Name of those files; several processes beside each other need several.")
    private String name = "swarm";

    Swarm(Clock clock) {
        this.clock = clock;
    }

    public static void main(String[] arguments) {
        System.exit(commandLine(Clock.systemUTC()).execute(arguments));
    }

    static CommandLine commandLine(Clock clock) {
        return new CommandLine(new Swarm(clock));
    }

    @Override
    public Integer call() throws Exception {
        Endpoint endpoint;
        Plan plan;
        try {
            endpoint = Endpoint.of(url, token);
            plan = plan();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        if (!Epoll.isAvailable()) {
            spec.commandLine().getErr().println("swarm: needs Linux with epoll: " + Epoll.unavailabilityCause());
            return ExitCode.USAGE;
        }
        String startedAt = clock.instant().toString();
        Crowd.Outcome outcome;
        try {
            outcome = drive(plan, endpoint);
        } catch (ExecutionException e) {
            spec.commandLine()
                    .getErr()
                    .println("swarm: " + Objects.requireNonNull(e.getCause()).getMessage());
            return ExitCode.USAGE;
        }
        var report = new Report(
                name, startedAt, settings(plan), outcome.counts(), outcome.latenciesMicros(), outcome.faults());
        report.write(out);
        spec.commandLine().getOut().print(report.text());
        spec.commandLine().getOut().flush();
        return outcome.faults().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private Plan plan() {
        return new Plan(
                channel,
                connections,
                rate,
                warmup,
                seconds,
                size,
                new Plan.Connecting(connecting, connectSeconds, sources),
                drainSeconds);
    }

    private Map<String, Object> settings(Plan plan) {
        Map<String, Object> settings = plan.settings();
        settings.put("url", url.toString());
        return settings;
    }

    private Crowd.Outcome drive(Plan plan, Endpoint endpoint) throws InterruptedException, ExecutionException {
        try (var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())) {
            IoEventLoop loop = group.next();
            var crowd = new Crowd(plan, endpoint, Stamp.run(name, clock.millis()), loop, System::nanoTime);
            var line = new ProgressLine(spec.commandLine().getErr(), isTerminal());
            Future<?> progress = loop.scheduleAtFixedRate(
                    () -> line.show(crowd.progress()), PROGRESS_MS, PROGRESS_MS, TimeUnit.MILLISECONDS);
            try {
                return crowd.run().get();
            } finally {
                progress.cancel(false);
                loop.submit(line::end).await();
                group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
            }
        }
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
