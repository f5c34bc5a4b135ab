package dev.heliograph.server;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.TokenMint;
import dev.heliograph.config.Config;
import dev.heliograph.config.ConfigException;
import dev.heliograph.config.ConfigLoader;
import dev.heliograph.config.SourceConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;

/** A gateway with the sample workspace, and what lets one in. */
record Demo(Gateway gateway, DemoAccess access) implements AutoCloseable {
    private static final String WORKSPACE = "demo";
    private static final String ENVIRONMENT = "prod";
    private static final String SOURCE = "shop";
    private static final String PROPERTIES =
            "HELIOGRAPH_WORKSPACES_DEMO_ENVIRONMENTS_PROD_SOURCES_SHOP_PRIVACY_PROPERTIES";
    private static final Duration TOKEN_LIFE = Duration.ofHours(12);

    /**
     * Starts it.
     *
     * @param home where its secrets lie; those that are missing are made
     * @param settings over those of its file, as variables of the environment
     * @param properties of events that are shown besides those of the sample
     */
    static Demo start(Path home, Map<String, String> settings, List<String> properties, Clock clock)
            throws IOException, ConfigException {
        Path file = DemoHome.in(home).config();
        Config config = ConfigLoader.load(file, settings).config();
        if (!properties.isEmpty()) {
            config = ConfigLoader.load(file, showing(properties, shop(config), settings))
                    .config();
        }
        Gateway gateway = Gateway.start(config, clock);
        return new Demo(gateway, access(config, gateway, clock));
    }

    private static Map<String, String> showing(
            List<String> properties, SourceConfig shop, Map<String, String> settings) {
        var shown = new TreeSet<>(shop.privacy().properties());
        shown.addAll(properties);
        var more = new HashMap<>(settings);
        more.put(PROPERTIES, String.join(",", shown));
        return more;
    }

    private static SourceConfig shop(Config config) {
        WorkspaceConfig workspace = Objects.requireNonNull(config.workspaces().get(WORKSPACE));
        return Objects.requireNonNull(
                Objects.requireNonNull(workspace.environments().get(ENVIRONMENT))
                        .sources()
                        .get(SOURCE));
    }

    private static DemoAccess access(Config config, Gateway gateway, Clock clock) {
        WorkspaceConfig workspace = Objects.requireNonNull(config.workspaces().get(WORKSPACE));
        var mint = new TokenMint(workspace, null, clock, () -> UUID.randomUUID().toString());
        return new DemoAccess(
                config.server().tls() != null,
                gateway.address(),
                gateway.adminAddress(),
                config.admin().token(),
                mint.mint(new TokenMint.Request("demo", "Demo", everything(), TOKEN_LIFE)),
                shop(config),
                Objects.requireNonNull(workspace.pusher()),
                new DemoAccess.Place(WORKSPACE, "private-" + ENVIRONMENT + "-segment-events"));
    }

    private static Map<Operation, List<String>> everything() {
        var grants = new EnumMap<Operation, List<String>>(Operation.class);
        Arrays.stream(Operation.values())
                .filter(operation -> operation != Operation.ADMIN)
                .forEach(operation -> grants.put(operation, List.of("*")));
        return grants;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
