package dev.heliograph.http;

import dev.heliograph.config.AddressLiteral;
import dev.heliograph.metrics.ProxyFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says at the beginning of a connection about whom it is for. Pure. Source: HAProxy, "The PROXY protocol", versions 1 and 2.
 *
 * <pre>
 *  version 1:  PROXY TCP4|TCP6 source destination port port CR LF   |   PROXY UNKNOWN … CR LF       at most 107 bytes
 *  version 2:  signature (12) | version 2, command (1) | family, transport (1) | length (2) | addresses, ports, TLVs (length)
 * </pre>
 */
sealed interface ProxyHeader {
    /** Longest of version 1, its end included. */
    int LINE_BYTES_MAX = 107;
    /** Longest of version 2 behind the first 16 bytes: addresses, and what proxies add of TLS and of theirs. */
    int BLOCK_BYTES_MAX = 4_096;

    /** It is not here whole. */
    record Unfinished() implements ProxyHeader {}

    /** @param client whom the connection is for; null: the proxy does not know, or speaks for itself */
    record Whole(int length, @Nullable InetAddress client) implements ProxyHeader {}

    /** It is none, or not as it should be. */
    record Broken(ProxyFailure reason) implements ProxyHeader {}

    /** Looks at the readable bytes and takes none. */
    static ProxyHeader read(ByteBuf in) {
        int length = in.readableBytes();
        if (length == 0) {
            return new Unfinished();
        }
        boolean binary = in.getByte(in.readerIndex()) == Form.SIGNATURE[0];
        byte[] opening = binary ? Form.SIGNATURE : Form.WORD;
        int known = Math.min(length, opening.length);
        if (!ByteBufUtil.equals(in, in.readerIndex(), Form.buffer(opening), 0, known)) {
            return new Broken(ProxyFailure.MISSING);
        }
        if (length < opening.length) {
            return new Unfinished();
        }
        return binary ? Form.block(in) : Form.line(in);
    }

    /** How the two versions are written. */
    final class Form {
        private static final byte[] WORD = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
        };
        private static final int FIXED_BYTES = 16;
        private static final int LOCAL = 0x20;
        private static final int PROXY = 0x21;
        private static final int TCP_IPV4 = 0x11;
        private static final int TCP_IPV6 = 0x21;
        private static final int UNIX_STREAM = 0x31;
        private static final int UNSPECIFIED = 0x00;
        private static final int IPV4_BYTES = 4;
        private static final int IPV6_BYTES = 16;
        private static final int PORTS_BYTES = 4;
        private static final int UNIX_BYTES = 216;
        private static final int WORDS = 6;
        private static final int PORT_MAX = 65_535;
        private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");

        private Form() {}

        private static ByteBuf buffer(byte[] bytes) {
            return io.netty.buffer.Unpooled.wrappedBuffer(bytes);
        }

        private static ProxyHeader line(ByteBuf in) {
            int within = Math.min(in.readableBytes(), LINE_BYTES_MAX);
            int end = in.indexOf(in.readerIndex(), in.readerIndex() + within, (byte) '\n');
            if (end < 0) {
                return within == LINE_BYTES_MAX ? new Broken(ProxyFailure.TOO_LARGE) : new Unfinished();
            }
            if (in.getByte(end - 1) != '\r') {
                return malformed();
            }
            int length = end + 1 - in.readerIndex();
            return line(in.toString(in.readerIndex(), length - 2, StandardCharsets.ISO_8859_1), length);
        }

        private static ProxyHeader line(String text, int length) {
            String[] words = text.split(" ", -1);
            if (words[1].equals("UNKNOWN")) {
                return new Whole(length, null);
            }
            boolean ipv4 = words[1].equals("TCP4");
            if (words.length != WORDS || !(ipv4 || words[1].equals("TCP6"))) {
                return malformed();
            }
            InetAddress source = address(words[2], ipv4);
            boolean sound = source != null && address(words[3], ipv4) != null && isPort(words[4]) && isPort(words[5]);
            return sound ? new Whole(length, source) : malformed();
        }

        private static @Nullable InetAddress address(String text, boolean ipv4) {
            InetAddress address = AddressLiteral.parse(text);
            return address != null && ipv4 == (text.indexOf(':') < 0) ? address : null;
        }

        private static boolean isPort(String text) {
            return PORT.matcher(text).matches() && Integer.parseInt(text) <= PORT_MAX;
        }

        private static ProxyHeader block(ByteBuf in) {
            if (in.readableBytes() < FIXED_BYTES) {
                return new Unfinished();
            }
            int at = in.readerIndex() + SIGNATURE.length;
            int command = in.getUnsignedByte(at);
            int family = in.getUnsignedByte(at + 1);
            int length = in.getUnsignedShort(at + 2);
            if ((command != LOCAL && command != PROXY) || length < addressBytes(family, command)) {
                return malformed();
            }
            if (length > BLOCK_BYTES_MAX) {
                return new Broken(ProxyFailure.TOO_LARGE);
            }
            if (in.readableBytes() < FIXED_BYTES + length) {
                return new Unfinished();
            }
            return new Whole(FIXED_BYTES + length, command == LOCAL ? null : source(in, family));
        }

        /** More than there can be, of a family that no stream has. What stands behind {@code LOCAL} is not looked at. */
        private static int addressBytes(int family, int command) {
            return command == LOCAL
                    ? 0
                    : switch (family) {
                        case UNSPECIFIED -> 0;
                        case TCP_IPV4 -> 2 * IPV4_BYTES + PORTS_BYTES;
                        case TCP_IPV6 -> 2 * IPV6_BYTES + PORTS_BYTES;
                        case UNIX_STREAM -> UNIX_BYTES;
                        default -> Integer.MAX_VALUE;
                    };
        }

        private static @Nullable InetAddress source(ByteBuf in, int family) {
            if (family != TCP_IPV4 && family != TCP_IPV6) {
                return null;
            }
            var bytes = new byte[family == TCP_IPV4 ? IPV4_BYTES : IPV6_BYTES];
            in.getBytes(in.readerIndex() + FIXED_BYTES, bytes);
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private static ProxyHeader malformed() {
            return new Broken(ProxyFailure.MALFORMED);
        }
    }
}
