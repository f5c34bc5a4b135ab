package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.Endpoint;
import dev.heliograph.loadtest.Report;
import dev.heliograph.loadtest.Stamp;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
                "Thousands of subscribers in one process, or more in several; publishes on schedule and counts and times what arrives.",
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0  everything came to everybody, once and in order",
            "  1  something was lost, repeated or misplaced, or a connection was",
            "  2  the run could not be done"
        })
public final class Swarm implements Callable<Integer> {
    private static final int PROGRESS_MS = 1_000;
    private static final int PROCESSES_MAX = 64;

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

    @Option(names = "--connections", description = "Subscribers, up to 19000 for each process.")
    private int connections = 1_000;

    @Option(names = "--processes", description = "Processes that share them; the first publishes.")
    private int processes = 1;

    @Option(names = "--part-of", hidden = true, description = "The mark of a run that several processes hold.")
    private @Nullable String partOf;

    @Option(names = "--publishes", hidden = true, description = "Whether this part of the run has the publisher.")
    private boolean publishes;

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

    @Option(names = "--name", description = "Name of those files.")
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
        try {
            if (partOf != null) {
                drive(plan, new Part(publishes, this::askWhenToBegin), endpoint, partOf)
                        .write(partFile(name));
                return ExitCode.OK;
            }
            return run(plan, endpoint);
        } catch (ExecutionException e) {
            return cannot(Objects.requireNonNull(e.getCause()).getMessage());
        } catch (IllegalStateException e) {
            return cannot(e.getMessage());
        }
    }

    private int cannot(@Nullable String why) {
        spec.commandLine().getErr().println("swarm: " + why);
        return ExitCode.USAGE;
    }

    private int run(Plan plan, Endpoint endpoint) throws IOException, InterruptedException, ExecutionException {
        String startedAt = clock.instant().toString();
        String run = Stamp.run(name, clock.millis());
        Outcome outcome = processes > 1
                ? driveAll(run)
                : drive(plan, new Part(true, begin -> begin.accept(System.nanoTime())), endpoint, run);
        var report = new Report(
                name,
                startedAt,
                settings(plan),
                outcome.counts(),
                outcome.scoreboard().latenciesMicros(),
                outcome.faults());
        report.write(out);
        spec.commandLine().getOut().print(report.text());
        spec.commandLine().getOut().flush();
        return outcome.faults().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** This is a part: the process that started it says when to begin. */
    private void askWhenToBegin(LongConsumer begin) {
        spec.commandLine().getOut().println(Processes.READY);
        spec.commandLine().getOut().flush();
        Thread.ofVirtual().start(() -> {
            try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
                String line = in.readLine();
                if (line != null) { // else who started it is gone, and will end it
                    begin.accept(Long.parseLong(line));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Path partFile(String partName) {
        return out.resolve(partName + ".part");
    }

    private Outcome driveAll(String run) throws IOException, InterruptedException {
        Files.createDirectories(out);
        var line = new ProgressLine(spec.commandLine().getErr(), isTerminal());
        try (var all = new Processes();
                var timer = Executors.newSingleThreadScheduledExecutor()) {
            for (int i = 0; i < processes; i++) {
                int share = connections / processes + (i < connections % processes ? 1 : 0);
                all.start(partCommand(run, name + "-part-" + i, share, i == 0), partFile(name + "-part-" + i));
            }
            timer.scheduleAtFixedRate(() -> line.show(all.progress()), PROGRESS_MS, PROGRESS_MS, TimeUnit.MILLISECONDS);
            try {
                return all.run(System::nanoTime);
            } finally {
                timer.shutdownNow();
                line.end();
            }
        }
    }

    /** How a part of this run is started: as this process was, with the same options but its share. */
    private List<String> partCommand(String run, String partName, int share, boolean publisher) {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Swarm.class.getName()));
        command.addAll(List.of("--part-of", run, "--name", partName, "--out", out.toString()));
        command.addAll(List.of("--url", url.toString(), "--token", token, "--channel", channel));
        command.addAll(List.of("--connections", Integer.toString(share), "--rate", Double.toString(rate)));
        command.addAll(List.of("--warmup", Integer.toString(warmup), "--seconds", Integer.toString(seconds)));
        command.addAll(List.of("--size", Integer.toString(size), "--connecting", Integer.toString(connecting)));
        command.addAll(List.of("--connect-seconds", Integer.toString(connectSeconds)));
        command.addAll(List.of("--drain-seconds", Integer.toString(drainSeconds)));
        if (!sources.isEmpty()) {
            command.addAll(List.of(
                    "--sources",
                    sources.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(","))));
        }
        if (publisher) {
            command.add("--publishes");
        }
        return command;
    }

    private Plan plan() {
        if (processes < 1 || processes > Math.min(connections, PROCESSES_MAX)) {
            throw new IllegalArgumentException("--processes " + processes + ": expected 1 to "
                    + Math.min(connections, PROCESSES_MAX) + ", each with a subscriber");
        }
        return new Plan(
                channel,
                Math.ceilDiv(connections, processes),
                rate,
                warmup,
                seconds,
                size,
                new Plan.Connecting(connecting, connectSeconds, sources),
                drainSeconds);
    }

    private Map<String, Object> settings(Plan plan) {
        Map<String, Object> settings = plan.settings();
        settings.put("connections", connections);
        settings.put("processes", processes);
        settings.put("url", url.toString());
        return settings;
    }

    private Outcome drive(Plan plan, Part part, Endpoint endpoint, String run)
            throws InterruptedException, ExecutionException {
        try (var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())) {
            IoEventLoop loop = group.next();
            var crowd = new Crowd(plan, part, endpoint, run, loop, System::nanoTime);
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
