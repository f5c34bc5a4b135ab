package dev.heliograph.http;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys that seal session tickets: a new one every twelve hours, its predecessor still opens tickets for as long. They live in memory only, so a restart ends
 * all tickets; a new certificate does not. One thread.
 */
final class TlsTickets {
    static final Duration KEY_LIFE = Duration.ofHours(12);

    private final SecureRandom random;
    private final InstantSource clock;
    private byte[] sealing;
    private byte @Nullable [] opening;
    private Instant renewed;

    TlsTickets(SecureRandom random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
        this.sealing = key();
        this.renewed = clock.instant();
    }

    private byte[] key() {
        byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
        random.nextBytes(key);
        return key;
    }

    /** Whether there is a new key, to be installed. */
    boolean renew() {
        Instant now = clock.instant();
        if (now.isBefore(renewed.plus(KEY_LIFE))) {
            return false;
        }
        opening = sealing;
        sealing = key();
        renewed = now;
        return true;
    }

    /** The JDK's TLS makes and renews keys of its own. */
    void installIn(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            OpenSslSessionTicketKey first = ticketKey(sealing);
            if (opening == null) {
                sessions.setTicketKeys(first);
            } else {
                sessions.setTicketKeys(first, ticketKey(opening));
            }
        }
    }

    private static OpenSslSessionTicketKey ticketKey(byte[] key) {
        int hmac = OpenSslSessionTicketKey.NAME_SIZE;
        int aes = hmac + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
        return new OpenSslSessionTicketKey(
                Arrays.copyOfRange(key, 0, hmac),
                Arrays.copyOfRange(key, hmac, aes),
                Arrays.copyOfRange(key, aes, key.length));
    }
}
