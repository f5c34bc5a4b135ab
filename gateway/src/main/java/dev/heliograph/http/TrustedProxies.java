package dev.heliograph.http;

import dev.heliograph.config.AddressLiteral;
import dev.heliograph.config.Network;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is believed about where a connection or a request comes from: peers within these networks, and nobody else. Immutable; any thread.
 *
 * @param networks where proxies are that say it truly
 * @param speakProxyProtocol whether their connections begin with a header of the PROXY protocol
 */
public record TrustedProxies(List<Network> networks, boolean speakProxyProtocol) {
    /** There are none: a client's address is that of its socket. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of(), false);

    /** More than any chain of proxies has. */
    private static final int HOPS_MAX = 32;

    private static final int PORT_DIGITS_MAX = 5;

    public TrustedProxies {
        networks = List.copyOf(networks);
    }

    boolean trusts(InetAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The client's address: the right-most in {@code X-Forwarded-For} that is no trusted proxy's. Each proxy has put there whom it got the request from, and what is
     * left of the first that is not trusted may be made up. Where something else than an address stands, the last proxy that is known counts.
     *
     * @param peer who the request has come from, directly
     * @param forwardedFor the header's fields, in order
     */
    InetAddress client(InetAddress peer, List<String> forwardedFor) {
        InetAddress client = peer;
        int hops = 0;
        for (int field = forwardedFor.size() - 1; field >= 0; field--) {
            String[] entries = forwardedFor.get(field).split(",", -1);
            for (int i = entries.length - 1; i >= 0; i--) {
                if (++hops > HOPS_MAX || !trusts(client)) {
                    return client;
                }
                InetAddress before = address(entries[i].strip());
                if (before == null) {
                    return client;
                }
                client = before;
            }
        }
        return client;
    }

    /** Some proxies write the port too: {@code 192.0.2.1:443}, {@code [2001:db8::1]:443}. */
    private static @Nullable InetAddress address(String entry) {
        if (entry.startsWith("[")) {
            int end = entry.indexOf(']');
            boolean whole = end > 0 && (end == entry.length() - 1 || isPort(entry, end + 1));
            String within = whole ? entry.substring(1, end) : "";
            return within.indexOf(':') < 0 ? null : AddressLiteral.parse(within);
        }
        int colon = entry.indexOf(':');
        boolean hasPort = colon > 0 && entry.indexOf('.') > 0 && isPort(entry, colon);
        return AddressLiteral.parse(hasPort ? entry.substring(0, colon) : entry);
    }

    private static boolean isPort(String text, int colon) {
        int digits = text.length() - colon - 1;
        return text.charAt(colon) == ':'
                && digits > 0
                && digits <= PORT_DIGITS_MAX
                && text.chars().skip(colon + 1L).allMatch(c -> c >= '0' && c <= '9');
    }
}
