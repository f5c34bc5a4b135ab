package dev.heliograph.server;

import dev.heliograph.channel.Channels;
import dev.heliograph.config.Config;
import dev.heliograph.config.ConfigException;
import dev.heliograph.config.ConfigLoader;
import dev.heliograph.config.Setting;
import dev.heliograph.config.WorkspaceConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code config}: prints, checks and explains configurations. Reads only; starts nothing. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        description = "Print, check and explain configurations.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  heliograph config default > heliograph.yaml",
            "  heliograph config check --config heliograph.yaml",
            "  heliograph config explain private-prod-segment-events --config heliograph.yaml"
        })
final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private ConfigCommand() {}

    /** The command with its subcommands. */
    static CommandLine create(Map<String, String> environment) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new Default())
                .addSubcommand(new Check(environment))
                .addSubcommand(new Explain(environment));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: default, check or explain");
    }

    /** {@code config default}. */
    @Command(
            name = "default",
            mixinStandardHelpOptions = true,
            versionProvider = VersionCommand.class,
            description =
                    "Print the annotated configuration: every key with its unit, its default, and why one would change it.")
    static final class Default implements Callable<Integer> {
        private static final String RESOURCE = "/heliograph.yaml";

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            try (InputStream file = Default.class.getResourceAsStream(RESOURCE)) {
                if (file == null) {
                    throw new IOException(RESOURCE + " is missing from this build");
                }
                spec.commandLine().getOut().print(new String(file.readAllBytes(), StandardCharsets.UTF_8));
                spec.commandLine().getOut().flush();
                return 0;
            }
        }
    }

    /** {@code config check}. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            versionProvider = VersionCommand.class,
            description = "Print everything that is wrong with a configuration (exit code 2), or what would run.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  heliograph config check",
                "  HELIOGRAPH_SERVER_PORT=9000 heliograph config check --config heliograph.yaml"
            })
    static final class Check implements Callable<Integer> {
        @Mixin
        private final ConfigSource source;

        @Option(names = "--all", description = "Also the settings that nobody set, with their defaults.")
        private boolean all;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        Check(Map<String, String> environment) {
            this.source = new ConfigSource(environment);
        }

        @Override
        public Integer call() throws ConfigException {
            ConfigLoader.Loaded loaded = source.load();
            PrintWriter out = spec.commandLine().getOut();
            for (Setting setting : loaded.settings()) {
                if (all || !setting.from().equals("default")) {
                    out.println(setting.key() + ": " + setting.value() + "   # " + setting.from());
                }
            }
            out.println(source.file() + " is good: " + summary(loaded.config()));
            return 0;
        }

        private static String summary(Config config) {
            int sources = config.workspaces().values().stream()
                    .flatMap(workspace -> workspace.environments().values().stream())
                    .mapToInt(environment -> environment.sources().size())
                    .sum();
            return "clients at " + config.server().host() + ":"
                    + config.server().port() + ", operators at "
                    + config.admin().host() + ":" + config.admin().port() + "; workspaces: "
                    + config.workspaces().size() + ", sources: " + sources;
        }
    }

    /** {@code config explain}. */
    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            versionProvider = VersionCommand.class,
            description = "Say what a channel is, which rules it gets and from where, and who may subscribe to it.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  heliograph config explain private-prod-segment-events",
                "  heliograph config explain entity:Task --workspace acme"
            })
    static final class Explain implements Callable<Integer> {
        @Mixin
        private final ConfigSource source;

        @Parameters(paramLabel = "CHANNEL", description = "The channel's name.")
        private String channel = "";

        @Option(
                names = "--workspace",
                paramLabel = "W",
                description = "Its workspace. Needed if the configuration has several.")
        private @Nullable String workspace;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        Explain(Map<String, String> environment) {
            this.source = new ConfigSource(environment);
        }

        @Override
        public Integer call() throws ConfigException {
            Config config = source.load().config();
            WorkspaceConfig tenant = Workspaces.choose(config, workspace);
            PrintWriter out = spec.commandLine().getOut();
            new ChannelExplanation(
                            tenant,
                            new Channels(config.workspaces(), config.limits().channelRatePerSecond()),
                            channel)
                    .lines()
                    .forEach(out::println);
            return 0;
        }
    }
}
