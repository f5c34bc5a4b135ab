package dev.heliograph.server;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code version}: what runs here. */
@Command(
        name = "version",
        mixinStandardHelpOptions = true,
        description = "Print the gateway's and Java's version, and whether the start-up cache is in use.")
final class VersionCommand implements Runnable, IVersionProvider {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(line());
    }

    @Override
    public String[] getVersion() {
        return new String[] {line()};
    }

    private static String line() {
        return "heliograph " + Version.current() + ", Java " + Runtime.version() + ", start-up cache "
                + (StartUpCache.isInUse() ? "in use" : "not in use");
    }
}
