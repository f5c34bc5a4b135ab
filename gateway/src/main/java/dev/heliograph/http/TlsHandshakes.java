package dev.heliograph.http;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.metrics.TlsFailure;
import dev.heliograph.metrics.TlsHandshakeKind;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** What the TLS handshakes of one listener share: how many may be under way, and the count of how they ended. Any thread. */
final class TlsHandshakes {
    /** How long the last words of a connection may take to leave. */
    private static final long LAST_WORDS_MS = 1_000;

    private final TlsContexts contexts;
    private final LimitsConfig limits;
    private final Metrics metrics;
    private final AtomicInteger underWay = new AtomicInteger();

    TlsHandshakes(TlsContexts contexts, LimitsConfig limits, Metrics metrics) {
        this.contexts = contexts;
        this.limits = limits;
        this.metrics = metrics;
    }

    long timeoutMs() {
        return limits.headersTimeoutMs();
    }

    /** Takes a place; false: there is none. */
    boolean begin() {
        if (underWay.incrementAndGet() <= limits.handshakesMax()) {
            return true;
        }
        underWay.decrementAndGet();
        return false;
    }

    /** Gives the place back. */
    void end() {
        underWay.decrementAndGet();
    }

    int underWay() {
        return underWay.get();
    }

    /** Its own timeout is off: the connection has one from its opening. */
    SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = contexts.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(LAST_WORDS_MS);
        return handler;
    }

    void succeeded(SSLEngine engine, long beganAtMs) {
        metrics.increment(
                Count.TLS_HANDSHAKES, isResumed(engine, beganAtMs) ? TlsHandshakeKind.RESUMED : TlsHandshakeKind.FULL);
    }

    /** The JDK does not say it, but a session that was resumed is older than its connection. */
    private static boolean isResumed(SSLEngine engine, long beganAtMs) {
        return engine instanceof ReferenceCountedOpenSslEngine boring
                ? SSL.isSessionReused(boring.sslPointer())
                : engine.getSession().getCreationTime() < beganAtMs;
    }

    void failed(TlsFailure reason) {
        metrics.increment(Count.TLS_HANDSHAKES_FAILED, reason);
    }

    void failed(Throwable cause) {
        failed(reason(cause));
    }

    /** From the words of BoringSSL and of the JDK: neither has types or codes for them. */
    private static TlsFailure reason(Throwable cause) {
        if (cause instanceof ClosedChannelException || !(cause instanceof SSLException)) {
            return TlsFailure.GONE;
        }
        String words = String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT);
        if (words.contains("_ALERT_") || words.contains("FATAL ALERT")) {
            return TlsFailure.ALERT;
        }
        if (words.contains("UNSUPPORTED_PROTOCOL")
                || words.contains("PROTOCOL TLS")
                || words.contains("PROTOCOL VERSION")) {
            return TlsFailure.VERSION;
        }
        boolean nothingInCommon = words.contains("NO_SHARED_")
                || words.contains("NO_COMMON_")
                || words.contains("WRONG_CURVE")
                || words.contains("IN COMMON");
        return nothingInCommon ? TlsFailure.CIPHER : TlsFailure.PROTOCOL;
    }
}
