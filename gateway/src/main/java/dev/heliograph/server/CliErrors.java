package dev.heliograph.server;

import dev.heliograph.config.ConfigException;
import java.io.PrintWriter;
import java.net.BindException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Errors of commands as lines on stderr: one for each thing that is wrong, no stack traces for what the user did. */
final class CliErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
    /** What went wrong is the user's to mend; its message is the whole answer. */
    static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(String.valueOf(problem.getMessage()).lines().findFirst().orElse("wrong usage"));
        UnmatchedArgumentException.printSuggestions(problem, err);
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult result) throws Exception {
        if (problem instanceof ConfigException || problem instanceof UsageException) {
            command.getErr().println(problem.getMessage());
            return ExitCode.USAGE;
        }
        if (problem instanceof BindException) {
            command.getErr()
                    .println(problem.getMessage()
                            + "; expected a port that no other process has (a demo that still runs?)");
            return ExitCode.SOFTWARE;
        }
        throw problem;
    }
}
