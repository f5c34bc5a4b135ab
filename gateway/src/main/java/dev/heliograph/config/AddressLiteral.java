package dev.heliograph.config;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An IP address as text. Nothing is looked up, and nothing but the one common form of each kind is read. Pure. */
public final class AddressLiteral {
    private static final int LENGTH_MAX = 45;
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile("(" + OCTET + "\\.){3}" + OCTET);
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private AddressLiteral() {}

    /** Null: it is none. An IPv4 address within IPv6, {@code ::ffff:192.0.2.1}, is that IPv4 address. */
    public static @Nullable InetAddress parse(String text) {
        if (text.length() > LENGTH_MAX
                || !(IPV4.matcher(text).matches() || IPV6.matcher(text).matches())) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
