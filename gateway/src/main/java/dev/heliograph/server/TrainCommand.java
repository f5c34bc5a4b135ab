package dev.heliograph.server;

import dev.heliograph.config.ConfigException;
import dev.heliograph.training.Rehearsal;
import dev.heliograph.training.Venue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code train}: a gateway of its own, on free ports of the loopback and with secrets made for it, lives through a busy day in a few seconds. The launcher and
 * the container image run it with {@code -XX:AOTCacheOutput}, so that the JVM has seen what a gateway loads and what becomes hot in it.
 */
@Command(
        name = "train",
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Live through a busy day, for the JVM's start-up cache (-XX:AOTCacheOutput=FILE).")
final class TrainCommand implements Callable<Integer> {
    /** Nothing of the environment: what is learned is the same wherever it is learned. */
    private static final Map<String, String> SETTINGS = Map.of(
            "HELIOGRAPH_SERVER_PORT",
            "0",
            "HELIOGRAPH_ADMIN_PORT",
            "0",
            // Its subscribers count what they get.
            "HELIOGRAPH_WORKSPACES_DEMO_PUSHER_SUBSCRIPTION_COUNT",
            "false",
            // The rehearsal's producer is one, and in a hurry.
            "HELIOGRAPH_WORKSPACES_DEMO_ENVIRONMENTS_PROD_SOURCES_SHOP_RATE_PER_SECOND",
            "1000000",
            "HELIOGRAPH_WORKSPACES_DEMO_ENVIRONMENTS_PROD_SOURCES_SHOP_BURST",
            "1000000");

    private final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    TrainCommand(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, ConfigException {
        Main.commandLine(Map.of(), clock); // the other commands are to be known, too
        Logging.rehearse();
        Path home = Files.createTempDirectory("heliograph-training-");
        try (Demo demo = Demo.start(home, SETTINGS, List.of(), clock)) {
            long deliveries = new Rehearsal(venue(demo.access()), System::nanoTime).run();
            spec.commandLine().getOut().println(deliveries + " deliveries");
        } finally {
            delete(home);
        }
        return 0;
    }

    private static Venue venue(DemoAccess access) {
        String webhookSecret = access.source().webhookSecrets().getFirst().reveal();
        return new Venue(
                access.address(),
                access.admin(),
                new Venue.Passes(access.token(), access.adminToken().reveal(), access.writeKey(), webhookSecret),
                access.place().channel(),
                access.webhookPath(),
                new Venue.App(
                        access.app().appId(),
                        access.app().keys().getFirst().key(),
                        access.app().keys().getFirst().secret().reveal()));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
