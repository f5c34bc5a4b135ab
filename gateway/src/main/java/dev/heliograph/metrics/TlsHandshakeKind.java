package dev.heliograph.metrics;

import java.util.Locale;

/** How a TLS handshake was made. */
public enum TlsHandshakeKind implements Label {
    /** With the certificate and a signature. */
    FULL,
    /** By a ticket or a session of before: cheap. */
    RESUMED;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String key() {
        return "kind";
    }
}
