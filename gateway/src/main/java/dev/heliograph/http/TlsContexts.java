package dev.heliograph.http;

import dev.heliograph.config.TlsConfig;
import dev.heliograph.config.TlsIdentity;
import dev.heliograph.config.TlsIdentityException;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key that new TLS connections get, replaced when their files change; running connections keep theirs. Any thread, but for {@link #onTick}.
 */
public final class TlsContexts implements AutoCloseable {
    /** How often {@link #onTick} is to be called. A change is taken over at the second call that finds it, so that none is that is half written. */
    public static final long TICK_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
    private static final double MILLIS_PER_SECOND = 1e3;

    private final TlsConfig config;
    private final TlsContextMaker maker;
    private final Metrics metrics;
    private final InstantSource clock;
    private final TlsTickets tickets;
    private SslContext current;
    private volatile Instant expires;
    /** What was in the files when they were last used, or found to be of no use. */
    private TlsFiles judged;
    /** What the last look found, if that was something else. */
    private @Nullable TlsFiles changing;

    private TlsContexts(TlsConfig config, SslProvider provider, Metrics metrics, InstantSource clock)
            throws IOException {
        this.config = config;
        this.maker = new TlsContextMaker(provider, config.minVersion());
        this.metrics = metrics;
        this.clock = clock;
        this.tickets = new TlsTickets(new SecureRandom(), clock);
        this.judged = TlsFiles.read(config);
        try {
            TlsIdentity identity = judged.identity(config);
            this.current = maker.make(identity, tickets);
            this.expires = identity.expires();
            describe(identity);
        } catch (TlsIdentityException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        }
    }

    /**
     * BoringSSL where it can be had, else the JDK's TLS.
     *
     * @throws IOException naming the setting, if certificate or key cannot be used
     */
    public static TlsContexts open(TlsConfig config, Metrics metrics, InstantSource clock) throws IOException {
        boolean boring = OpenSsl.isAvailable();
        if (boring) {
            LOG.info("TLS by {}", OpenSsl.versionString());
        } else {
            LOG.info(
                    "TLS by the JDK, as BoringSSL cannot be had here: {}",
                    String.valueOf(OpenSsl.unavailabilityCause()));
        }
        return open(config, boring ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK, metrics, clock);
    }

    static TlsContexts open(TlsConfig config, SslProvider provider, Metrics metrics, InstantSource clock)
            throws IOException {
        return new TlsContexts(config, provider, metrics, clock);
    }

    /** For one new connection. */
    synchronized SslHandler newHandler(ByteBufAllocator allocator) {
        return current.newHandler(allocator);
    }

    /** Until the first of the certificates in use ends; negative: it has. */
    public double expirySeconds() {
        return (double) Duration.between(clock.instant(), expires).toMillis() / MILLIS_PER_SECOND;
    }

    /** Takes over changed files and renews the tickets' keys. Called by one thread at a time; may block for as long as a file takes to be read. */
    public void onTick() {
        renewTickets();
        look();
    }

    private void renewTickets() {
        if (tickets.renew()) {
            synchronized (this) {
                tickets.installIn(current);
            }
        }
    }

    private void look() {
        TlsFiles found = TlsFiles.read(config);
        if (found.equals(judged)) {
            changing = null;
        } else if (found.equals(changing)) {
            judged = found;
            changing = null;
            takeOver(found);
        } else {
            changing = found;
        }
    }

    private void takeOver(TlsFiles files) {
        try {
            TlsIdentity identity = files.identity(config);
            replace(maker.make(identity, tickets));
            expires = identity.expires();
            metrics.increment(Count.TLS_RELOADS);
            describe(identity);
        } catch (TlsIdentityException | SSLException unusable) {
            metrics.increment(Count.TLS_RELOADS_FAILED);
            LOG.error("certificate or key changed and cannot be used, the old ones stay: {}", unusable.getMessage());
        }
    }

    /** Connections hold the old one for as long as they need it. */
    private synchronized void replace(SslContext fresh) {
        ReferenceCountUtil.release(current);
        current = fresh;
    }

    private void describe(TlsIdentity identity) {
        Instant now = clock.instant();
        if (now.isAfter(identity.expires())) {
            LOG.warn("the TLS certificate in use has expired at {}: {}", identity.expires(), identity.subject());
        } else if (now.isBefore(identity.begins())) {
            LOG.warn("the TLS certificate in use is not valid before {}: {}", identity.begins(), identity.subject());
        } else {
            LOG.info("TLS certificate in use: {}, valid until {}", identity.subject(), identity.expires());
        }
    }

    /** After the last connection's end. */
    @Override
    public synchronized void close() {
        ReferenceCountUtil.release(current);
    }
}
