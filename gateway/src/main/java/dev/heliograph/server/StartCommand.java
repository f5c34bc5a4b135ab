package dev.heliograph.server;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code start}: runs a gateway until SIGTERM. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = "Start a gateway; SIGTERM or SIGINT stops it.",
        footerHeading = "%nExamples:%n",
        footer = {"  heliograph start --config /etc/heliograph.yaml", "  HELIOGRAPH_SERVER_PORT=9000 heliograph start"})
final class StartCommand implements Callable<Integer> {
    private final Clock clock;

    @Mixin
    private final ConfigSource source;

    StartCommand(Map<String, String> environment, Clock clock) {
        this.source = new ConfigSource(environment);
        this.clock = clock;
    }

    @Override
    public Integer call() throws Exception {
        Gateway gateway = Gateway.start(source.load().config(), clock);
        Logger log = LoggerFactory.getLogger(StartCommand.class);
        log.info("ready: {} (clients and producers), {} (operator)", at(gateway.address()), at(gateway.adminAddress()));
        RunningGateway.untilSignal(() -> {
            log.info("stopping");
            gateway.close();
            log.info("stopped");
        });
        return 0;
    }

    private static String at(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
