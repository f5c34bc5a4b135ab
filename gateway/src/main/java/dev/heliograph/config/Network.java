package dev.heliograph.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin alike, e.g. {@code 10.0.0.0/8}.
 *
 * @param first the lowest of them
 * @param bits that they share
 */
public record Network(InetAddress first, int bits) {
    /** What one site gets at least, and changes its addresses in. Source: RFC 6177. */
    private static final int IPV6_SITE_BITS = 64;

    /** Null: it is no network, or the address has bits set behind those that it shares. An address alone is a network of one. */
    public static @Nullable Network parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = AddressLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            return null;
        }
        int length = address.getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? length : bits(text.substring(slash + 1));
        boolean whole = bits >= 0 && bits <= length && cut(address, bits).equals(address);
        return whole ? new Network(address, bits) : null;
    }

    private static int bits(String text) {
        return text.matches("0|[1-9]\\d{0,2}") ? Integer.parseInt(text) : -1;
    }

    /** What counts as one client's: an IPv4 address, or the /64 around an IPv6 address. */
    public static Network ofOneClient(InetAddress address) {
        int bits = address instanceof Inet6Address ? IPV6_SITE_BITS : address.getAddress().length * Byte.SIZE;
        return new Network(cut(address, bits), bits);
    }

    public boolean contains(InetAddress address) {
        return address.getAddress().length == first.getAddress().length
                && cut(address, bits).equals(first);
    }

    /** The address with its first bits only, and without a zone. */
    private static InetAddress cut(InetAddress address, int bits) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            bytes[i] &= (byte) (0xFF << (Byte.SIZE - kept));
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return first.getHostAddress() + "/" + bits;
    }
}
