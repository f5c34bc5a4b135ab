package dev.heliograph.metrics;

import java.util.Locale;

/** Why a TLS handshake came to nothing. */
public enum TlsFailure implements Label {
    /** What came first was no TLS, most likely HTTP. */
    PLAINTEXT,
    /** It did not end in time. */
    TIMEOUT,
    /** Too many were under way. */
    BUSY,
    /** The client went away in the middle. */
    GONE,
    /** The client said no: it does not trust the certificate, or does not like what was chosen. */
    ALERT,
    /** Client and gateway have no version of TLS in common. */
    VERSION,
    /** Client and gateway have no cipher or curve in common. */
    CIPHER,
    /** What the client sent is no TLS as its grammar has it. */
    PROTOCOL;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
