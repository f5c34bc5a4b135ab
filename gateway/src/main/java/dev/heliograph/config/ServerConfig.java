package dev.heliograph.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where clients and producers connect.
 *
 * @param port 0 picks a free one
 * @param transport which of the kernel's interfaces the event loops use
 * @param eventLoops how many; 0 means one per core
 * @param spinUs how long an event loop looks for work, after it had some, before it sleeps
 * @param node this gateway's name in {@code connected} and in logs; empty means a random one
 * @param tls null: plain HTTP
 * @param drain how it stops
 * @param trustedProxies networks whose proxies are believed about the client's address
 * @param proxyProtocol whether connections from there begin with a header of the PROXY protocol
 */
public record ServerConfig(
        String host,
        int port,
        Transport transport,
        int eventLoops,
        int spinUs,
        String node,
        @Nullable TlsConfig tls,
        DrainConfig drain,
        List<Network> trustedProxies,
        boolean proxyProtocol) {
    public static final ServerConfig DEFAULT =
            new ServerConfig("127.0.0.1", 8080, Transport.AUTO, 0, 0, "", null, DrainConfig.DEFAULT, List.of(), false);

    public ServerConfig {
        trustedProxies = List.copyOf(trustedProxies);
    }

    static ServerConfig read(Section s) {
        var server = new ServerConfig(
                s.value("host", Names.HOST, DEFAULT.host()),
                s.value("port", Names.PORT, DEFAULT.port()),
                s.value("transport", ValueType.choice(Transport.class), DEFAULT.transport()),
                s.value("eventLoops", ValueType.integer(0, 1_024), DEFAULT.eventLoops()),
                s.value("spinUs", ValueType.integer(0, 10_000), DEFAULT.spinUs()),
                s.value("node", Names.NODE, DEFAULT.node()),
                s.section("tls", TlsConfig::read),
                s.section("drain", DrainConfig::read),
                s.values("trustedProxies", Names.NETWORK, DEFAULT.trustedProxies()),
                s.value("proxyProtocol", ValueType.flag(), DEFAULT.proxyProtocol()));
        if (server.proxyProtocol() && server.trustedProxies().isEmpty()) {
            s.report(
                    "proxyProtocol",
                    "is true without server.trustedProxies; expected the networks of those who speak it");
        }
        return server;
    }

    /** How sockets are polled. */
    public enum Transport {
        /** epoll where it can be had, else NIO. */
        AUTO,
        EPOLL,
        NIO
    }
}
