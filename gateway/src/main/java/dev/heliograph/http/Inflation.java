package dev.heliograph.http;

import dev.heliograph.metrics.HttpRefusal;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Undoes gzip (RFC 1952, any number of members) and deflate (RFC 1950, or raw RFC 1951 as some clients send it), and stops as soon as more than the
 * bound has come out: what it holds never exceeds the bound by more than one chunk. One body, one thread.
 */
final class Inflation {
    private static final int CHUNK_BYTES = 8_192;
    private static final int GZIP_TRAILER_BYTES = 8;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FLAGS_RESERVED = 0xe0;

    private final byte[] in;
    private final BodyLimits limits;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int position;

    private Inflation(byte[] in, BodyLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    static byte[] inflate(ContentEncoding encoding, byte[] body, BodyLimits limits) throws Refused {
        if (encoding == ContentEncoding.IDENTITY || body.length == 0) {
            return body;
        }
        var inflation = new Inflation(body, limits);
        if (encoding == ContentEncoding.GZIP) {
            inflation.gzip();
        } else {
            inflation.deflate();
        }
        return inflation.out.toByteArray();
    }

    private void deflate() throws Refused {
        Inflater inflater = new Inflater(!looksLikeZlib());
        try {
            stream(inflater, new CRC32());
        } finally {
            inflater.end();
        }
        if (position != in.length) {
            throw corrupt();
        }
    }

    private boolean looksLikeZlib() {
        return in.length >= 2 && (in[0] & 0x0f) == 8 && (((in[0] & 0xff) << 8) | (in[1] & 0xff)) % 31 == 0;
    }

    private void gzip() throws Refused {
        Inflater inflater = new Inflater(true);
        try {
            do {
                inflater.reset();
                gzipHeader();
                var crc = new CRC32();
                stream(inflater, crc);
                gzipTrailer(crc.getValue(), inflater.getBytesWritten());
            } while (position < in.length);
        } finally {
            inflater.end();
        }
    }

    private void stream(Inflater inflater, CRC32 crc) throws Refused {
        inflater.setInput(in, position, in.length - position);
        try {
            while (!inflater.finished()) {
                int n = inflater.inflate(chunk);
                if (n == 0 && !inflater.finished()) {
                    throw corrupt();
                }
                crc.update(chunk, 0, n);
                keep(n);
            }
        } catch (DataFormatException broken) {
            throw corrupt();
        }
        position = in.length - inflater.getRemaining();
    }

    private void keep(int n) throws Refused {
        if (out.size() + n > limits.inflatedBytesMax()) {
            throw Body.tooLarge(
                    limits, "the body is larger than " + limits.inflatedBytesMax() + " bytes when it is decompressed");
        }
        out.write(chunk, 0, n);
    }

    private void gzipHeader() throws Refused {
        if (next() != 0x1f || next() != 0x8b || next() != 8) {
            throw corrupt();
        }
        int flags = next();
        if ((flags & FLAGS_RESERVED) != 0) {
            throw corrupt();
        }
        skip(6);
        if ((flags & FLAG_EXTRA) != 0) {
            skip(next() | (next() << 8));
        }
        if ((flags & FLAG_NAME) != 0) {
            skipZeroEnded();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipZeroEnded();
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            skip(2);
        }
    }

    private void gzipTrailer(long crc, long length) throws Refused {
        if (in.length - position < GZIP_TRAILER_BYTES
                || littleEndian() != crc
                || littleEndian() != (length & 0xffff_ffffL)) {
            throw corrupt();
        }
    }

    private long littleEndian() throws Refused {
        return next() | (next() << 8) | (next() << 16) | ((long) next() << 24);
    }

    private int next() throws Refused {
        if (position >= in.length) {
            throw corrupt();
        }
        return in[position++] & 0xff;
    }

    private void skip(int bytes) throws Refused {
        if (in.length - position < bytes) {
            throw corrupt();
        }
        position += bytes;
    }

    private void skipZeroEnded() throws Refused {
        while (next() != 0) {
            // the name's own bytes are of no use
        }
    }

    private static Refused corrupt() {
        return new Refused(
                HttpRefusal.CORRUPT,
                Errors.json(400, "bad_encoding", "the body is not whole and valid in its Content-Encoding"));
    }
}
