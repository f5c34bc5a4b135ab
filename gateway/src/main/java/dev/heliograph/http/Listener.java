package dev.heliograph.http;

import dev.heliograph.config.ServerConfig;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens, and whether it speaks TLS there.
 *
 * @param name stands in logs and error references
 * @param port 0 picks a free one
 * @param tls the owner's to close, after the server; null: plain HTTP
 * @param proxies who is believed about clients' addresses
 */
public record Listener(
        String name, String host, int port, @Nullable TlsContexts tls, TrustedProxies proxies) {
    /** As the settings have it. */
    public static Listener of(String name, ServerConfig server, @Nullable TlsContexts tls) {
        var proxies = new TrustedProxies(server.trustedProxies(), server.proxyProtocol());
        return new Listener(name, server.host(), server.port(), tls, proxies);
    }

    /** Without proxies. */
    public Listener(String name, String host, int port, @Nullable TlsContexts tls) {
        this(name, host, port, tls, TrustedProxies.NONE);
    }

    /** Plain HTTP. */
    public Listener(String name, String host, int port) {
        this(name, host, port, null);
    }
}
