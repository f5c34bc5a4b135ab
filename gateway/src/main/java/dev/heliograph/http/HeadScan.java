package dev.heliograph.http;

import dev.heliograph.metrics.HttpRefusal;
import io.netty.buffer.ByteBuf;

/**
 * Looks at a request's head as it came over the wire, before Netty's decoder, which joins folded lines and takes any white space between the parts
 * of the first line. What passes here has one reading: lines that end with CR LF, no control bytes, exactly two spaces in the first line (RFC 9112
 * §2.2, §3, §5.2). Event loop.
 */
final class HeadScan {
    static final int LINE_BYTES_MAX = 16_384;
    static final int FIELDS_BYTES_MAX = 16_384;
    static final int FIELDS_MAX = 100;

    private int scanned;
    private int lineStart;
    private int firstLineBytes;
    private int lines;

    /** @return whether the head is whole; {@code in} is not moved */
    boolean isWhole(ByteBuf in) throws Refused {
        int base = in.readerIndex();
        if (scanned == 0 && !isUpper(in.getByte(base))) {
            throw Refused.malformed("a request begins with a method in upper case");
        }
        for (int lf = nextLine(in, base); lf >= 0; lf = nextLine(in, base)) {
            int length = lf - 1 - (base + lineStart);
            if (length < 0 || in.getByte(lf - 1) != '\r') {
                throw Refused.malformed("a line of the head does not end with CR LF");
            }
            scanned = lf + 1 - base;
            if (length == 0) {
                return true;
            }
            onLine(in, base + lineStart, length);
            lineStart = scanned;
        }
        scanned = in.readableBytes();
        checkSizes();
        return false;
    }

    private int nextLine(ByteBuf in, int base) {
        return in.indexOf(base + scanned, in.writerIndex(), (byte) '\n');
    }

    private void onLine(ByteBuf in, int start, int length) throws Refused {
        if (lines++ == 0) {
            firstLineBytes = length;
            checkSizes();
            checkRequestLine(in, start, start + length);
            return;
        }
        checkSizes();
        if (lines > FIELDS_MAX + 1) {
            throw Refused.malformed("more than " + FIELDS_MAX + " header fields");
        }
        checkField(in, start, start + length);
    }

    private void checkSizes() throws Refused {
        int first = lines == 0 ? scanned : firstLineBytes;
        if (first > LINE_BYTES_MAX) {
            throw tooLarge(414, "the request line is longer than " + LINE_BYTES_MAX + " bytes");
        }
        if (scanned - first > FIELDS_BYTES_MAX) {
            throw tooLarge(431, "the header fields are longer than " + FIELDS_BYTES_MAX + " bytes");
        }
    }

    private static Refused tooLarge(int status, String message) {
        return new Refused(HttpRefusal.HEAD_TOO_LARGE, Errors.json(status, "head_too_large", message));
    }

    private static void checkRequestLine(ByteBuf in, int start, int end) throws Refused {
        int spaces = 0;
        for (int i = start; i < end; i++) {
            byte b = in.getByte(i);
            if (b == ' ') {
                spaces++;
            } else if (b < 0x21 || b == 0x7f) {
                throw Refused.malformed("the request line holds a byte that is not visible ASCII");
            }
        }
        if (spaces != 2) {
            throw Refused.malformed("the request line is not method, target and version with one space between");
        }
        if (!isVersion(in, start, end)) {
            throw Refused.malformed("the version is neither HTTP/1.1 nor HTTP/1.0");
        }
    }

    private static boolean isVersion(ByteBuf in, int start, int end) {
        String tail = " HTTP/1.";
        if (end - start <= tail.length()) {
            return false;
        }
        for (int i = 0; i < tail.length(); i++) {
            if (in.getByte(end - 1 - tail.length() + i) != tail.charAt(i)) {
                return false;
            }
        }
        byte minor = in.getByte(end - 1);
        return minor == '0' || minor == '1';
    }

    private static void checkField(ByteBuf in, int start, int end) throws Refused {
        byte first = in.getByte(start);
        if (first == ' ' || first == '\t') {
            throw Refused.malformed("a header field is folded over two lines");
        }
        if (in.forEachByte(start, end - start, HeadScan::mayStandInField) >= 0) {
            throw Refused.malformed("a header field holds a control byte");
        }
    }

    private static boolean mayStandInField(byte b) {
        return b >= 0x20 ? b != 0x7f : b < 0 || b == '\t';
    }

    private static boolean isUpper(byte b) {
        return b >= 'A' && b <= 'Z';
    }
}
