package dev.heliograph.server;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
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
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine line = commandLine(System.getenv(), Clock.systemUTC())
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(line.execute(arguments));
    }

    static CommandLine commandLine(Map<String, String> environment, Clock clock) {
        var errors = new CliErrors();
        return new CommandLine(new Main())
                .addSubcommand(ConfigCommand.create(environment))
                .addSubcommand(new TokenCommand(environment, clock))
                .addSubcommand(new VersionCommand())
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
