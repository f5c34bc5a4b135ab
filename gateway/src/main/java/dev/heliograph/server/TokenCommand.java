package dev.heliograph.server;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.TokenMint;
import dev.heliograph.config.Config;
import dev.heliograph.config.ConfigException;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.server.CliErrors.UsageException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code token}: a JWT for trying things out. Prints the token and nothing else. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        description = "Print a token, signed with a workspace's shared secret.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  heliograph token --user alice --grant 'subscribe:private-*'",
            "  heliograph token --user alice --name Alice --ttl 15m \\",
            "        --grant 'subscribe,history:private-prod-*' --grant 'presence:*'",
            "  TOKEN=$(heliograph token --user ci --grant 'publish:*' --workspace acme)",
            "",
            "In patterns * stands for any run of characters and {sub} for the user; all",
            "else is literal."
        })
final class TokenCommand implements Callable<Integer> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,6})([smhd])");
    private static final int DAYS_MAX = 366;

    private final Clock clock;

    @Mixin
    private final ConfigSource source;

    @Option(names = "--user", required = true, paramLabel = "U", description = "Whom the token is for: its sub claim.")
    private String user = "";

    @Option(names = "--name", paramLabel = "N", description = "The name that presence shows.")
    private @Nullable String name;

    @Option(
            names = "--grant",
            paramLabel = "OPS:PATTERN",
            description =
                    "What it allows: operations (subscribe publish presence history control admin), a colon, a channel pattern. Repeatable.")
    private List<String> grants = List.of();

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "How long it is good: a number with s, m, h or d. Default: ${DEFAULT-VALUE}.")
    private String timeToLive = "1h";

    @Option(
            names = "--workspace",
            paramLabel = "W",
            description = "Its workspace. Needed if the configuration has several.")
    private @Nullable String workspace;

    @Option(
            names = "--kid",
            paramLabel = "K",
            description = "The key that signs. Default: the workspace's first shared secret.")
    private @Nullable String keyId;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    TokenCommand(Map<String, String> environment, Clock clock) {
        this.source = new ConfigSource(environment);
        this.clock = clock;
    }

    @Override
    public Integer call() throws ConfigException {
        var request = new TokenMint.Request(user, name, parseGrants(grants), parseTime(timeToLive));
        if (user.isBlank()) {
            throw new UsageException("--user: is empty; expected the user's id");
        }
        Config config = source.load().config();
        WorkspaceConfig tenant = Workspaces.choose(config, workspace);
        spec.commandLine().getOut().println(mint(tenant).mint(request));
        return 0;
    }

    private TokenMint mint(WorkspaceConfig tenant) {
        try {
            return new TokenMint(tenant, keyId, clock, () -> UUID.randomUUID().toString());
        } catch (IllegalArgumentException impossible) {
            throw new UsageException(String.valueOf(impossible.getMessage()));
        }
    }

    static Map<Operation, List<String>> parseGrants(List<String> grants) {
        Map<Operation, List<String>> parsed = new EnumMap<>(Operation.class);
        for (String grant : grants) {
            int colon = grant.indexOf(':');
            if (colon <= 0 || colon == grant.length() - 1) {
                throw new UsageException("--grant: '" + grant
                        + "' is no grant; expected operations, a colon, a pattern: subscribe:private-*");
            }
            for (String operation : grant.substring(0, colon).split(",", -1)) {
                parsed.computeIfAbsent(parseOperation(operation), any -> new ArrayList<>())
                        .add(grant.substring(colon + 1));
            }
        }
        return parsed;
    }

    private static Operation parseOperation(String name) {
        return Arrays.stream(Operation.values())
                .filter(operation -> operation.name().toLowerCase(Locale.ROOT).equals(name.strip()))
                .findFirst()
                .orElseThrow(() -> new UsageException("--grant: '" + name
                        + "' is no operation; expected subscribe, publish, presence, history, control or admin"));
    }

    static Duration parseTime(String text) {
        Matcher time = TIME.matcher(text);
        if (time.matches()) {
            long number = Long.parseLong(time.group(1));
            Duration parsed = switch (time.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
            if (parsed.isPositive() && parsed.compareTo(Duration.ofDays(DAYS_MAX)) <= 0) {
                return parsed;
            }
        }
        throw new UsageException(
                "--ttl: '" + text + "' is no time; expected a number with s, m, h or d, from 1s to 366d");
    }
}
