package dev.heliograph.loadtest.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code heliograph bench}. Exit code 0, 1 (events were lost) or 2 (it could not be done). */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Starts the packaged gateway on a core of its own and measures, in two to three minutes: fan-out against the kernel's limit, ingest, latency,",
            "and memory per connection. Prints one table; leaves bench.json and the histograms in loadtest/target/bench."
        },
        footer = {
            "",
            "Run it on a machine that does nothing else; docs/BENCHMARKS.md says what the figures mean.",
            "Exit codes: 0 done, 1 the gateway lost or repeated something, 2 it could not be done."
        })
public final class Bench implements Callable<Integer> {
    /** How much, if not the standard. */
    private static final class Size {
        @Option(names = "--quick", description = "Under a minute: rough figures.")
        private boolean quick;

        @Option(names = "--full", description = "Half an hour: medians of 5, all sizes up to 15000 subscribers.")
        private boolean full;

        @Option(
                names = "--report",
                description =
                        "Measures nothing: makes charts in docs/img and tables in docs/BENCHMARKS.md out of docs/benchmarks/*.json.")
        private boolean report;
    }

    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @ArgGroup
    private Size size = new Size();

    @Option(names = "--root", hidden = true, description = "The project's folder.")
    private Path root = Path.of("");

    @Option(names = "--out", description = "Folder of the results. Default: loadtest/target/bench.")
    private Path out = Path.of("loadtest", "target", "bench");

    Bench(Clock clock) {
        this.clock = clock;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench(Clock.systemUTC())).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter print = spec.commandLine().getOut();
        PrintWriter progress = spec.commandLine().getErr();
        Path project = root.toAbsolutePath().normalize();
        try {
            if (size.report) {
                BenchReport.write(project, print);
                return ExitCode.OK;
            }
            return measure(project, print, progress);
        } catch (IOException e) {
            progress.println("bench: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    private int measure(Path project, PrintWriter print, PrintWriter progress)
            throws IOException, InterruptedException {
        var run = new BenchRun(project, project.resolve(out), clock, line -> {
            progress.println("bench: " + line);
            progress.flush();
        });
        BenchPlan plan = size.quick ? BenchPlan.quick() : size.full ? BenchPlan.full() : BenchPlan.standard();
        BenchResult result = run.measure(plan);
        print.print(BenchTable.text(result.json()));
        print.println("\nWritten: " + project.relativize(project.resolve(out)) + "/bench.json, latency*.hgrm");
        print.flush();
        return result.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
