package dev.heliograph.server;

import dev.heliograph.config.Config;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code start}: runs a gateway until SIGTERM, or until its operator drains it. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = "Start a gateway; SIGTERM or SIGINT stops it. Its operator's listener has a console at /console.",
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
        Config config = source.load().config();
        Gateway gateway = Gateway.start(config, clock);
        Logger log = LoggerFactory.getLogger(StartCommand.class);
        log.info("ready: {} (clients and producers), {} (operator)", at(gateway.address()), at(gateway.adminAddress()));
        if (config.page().enabled()) {
            String scheme = config.server().tls() == null ? "http" : "https";
            log.info("live page: {}://{}/ (asks for a token: 'heliograph token')", scheme, at(gateway.address()));
        }
        var signals = new AtomicInteger();
        Runnable onSignal = () -> {
            if (signals.getAndIncrement() == 0) {
                log.info("stopping; a second signal stops at once");
                gateway.drain().begin();
            } else {
                gateway.drain().hurry();
            }
        };
        if (Signals.on("TERM", onSignal) && Signals.on("INT", onSignal)) {
            stop(gateway, log);
        } else {
            RunningGateway.untilSignal(() -> {
                onSignal.run();
                stop(gateway, log);
            });
        }
        return 0;
    }

    /** Waits for the end of the drain, whoever has begun it. */
    private static void stop(Gateway gateway, Logger log) {
        gateway.drain().done().join();
        gateway.close();
        log.info("stopped");
    }

    private static String at(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }
}
