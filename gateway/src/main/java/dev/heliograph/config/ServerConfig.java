package dev.heliograph.config;

/**
 * Where clients and producers connect.
 *
 * @param port 0 picks a free one
 * @param transport which of the kernel's interfaces the event loops use
 * @param eventLoops how many; 0 means one per core
 * @param node this gateway's name in {@code connected} and in logs; empty means a random one
 */
public record ServerConfig(String host, int port, Transport transport, int eventLoops, String node) {
    public static final ServerConfig DEFAULT = new ServerConfig("127.0.0.1", 8080, Transport.AUTO, 0, "");

    /** How sockets are polled. */
    public enum Transport {
        /** epoll where it can be had, else NIO. */
        AUTO,
        EPOLL,
        NIO
    }
}
