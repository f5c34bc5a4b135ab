package dev.heliograph.http;

import dev.heliograph.config.TlsConfig;
import dev.heliograph.config.TlsIdentity;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProtocols;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Makes server contexts: one certificate whatever name the client asks for, ephemeral keys and authenticated ciphers only, HTTP/1.1 only, tickets. Any thread.
 */
final class TlsContextMaker {
    /** TLS 1.3's own, then those of 1.2 with forward secrecy. ChaCha20 is for clients without AES instructions. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
    /** Of clients that take no tickets. */
    private static final int SESSIONS_MAX = 4_096;

    private static final long SESSION_SECONDS = TlsTickets.KEY_LIFE.toSeconds();

    private final SslProvider provider;
    private final List<String> versions;

    TlsContextMaker(SslProvider provider, TlsConfig.Version minVersion) {
        this.provider = provider;
        this.versions = switch (minVersion) {
            case TLS_1_2 -> List.of(SslProtocols.TLS_v1_3, SslProtocols.TLS_v1_2);
            case TLS_1_3 -> List.of(SslProtocols.TLS_v1_3);
        };
    }

    /** @return the caller's to release */
    SslContext make(TlsIdentity identity, TlsTickets tickets) throws SSLException {
        SslContext context = SslContextBuilder.forServer(
                        identity.key(), identity.chain().toArray(X509Certificate[]::new))
                .sslProvider(provider)
                .protocols(versions)
                .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .sessionCacheSize(SESSIONS_MAX)
                .sessionTimeout(SESSION_SECONDS)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1))
                .build();
        tickets.installIn(context);
        return context;
    }
}
