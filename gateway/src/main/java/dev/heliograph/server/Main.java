package dev.heliograph.server;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration. */
@Command(
        name = "heliograph",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = "A self-hosted realtime gateway.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    private static final List<String> COMMANDS = List.of("demo", "start", "config", "token", "version", "train");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine line = commandLine(System.getenv(), Clock.systemUTC(), arguments)
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(line.execute(arguments));
    }

    /**
     * For these arguments. Where they begin with a command's name, the others are left out: picocli takes some ten milliseconds to read the annotations of
     * each, which a gateway's start would wait for.
     */
    static CommandLine commandLine(Map<String, String> environment, Clock clock, String... arguments) {
        var errors = new CliErrors();
        var line = new CommandLine(new Main());
        boolean named = arguments.length > 0 && COMMANDS.contains(arguments[0]);
        for (String name : named ? List.of(arguments[0]) : COMMANDS) {
            line.addSubcommand(name, command(name, environment, clock));
        }
        return line.setParameterExceptionHandler(errors).setExecutionExceptionHandler(errors);
    }

    /** No table of constructors: the JVM archives lambdas, and fails over those that make what extends a class as old as picocli's. */
    private static Object command(String name, Map<String, String> environment, Clock clock) {
        return switch (name) {
            case "demo" -> new DemoCommand(environment, clock);
            case "start" -> new StartCommand(environment, clock);
            case "config" -> ConfigCommand.create(environment);
            case "token" -> new TokenCommand(environment, clock);
            case "version" -> new VersionCommand();
            case "train" -> new TrainCommand(clock);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
