package dev.heliograph.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** What TLS clients say first. */
final class ClientHellos {
    private static final int RANDOM_BYTES = 32;

    private ClientHellos() {}

    /** Of a client that speaks all versions there are today. */
    static byte[] tls13() {
        try {
            SSLEngine client = SSLContext.getDefault().createSSLEngine();
            client.setUseClientMode(true);
            ByteBuffer out = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
            client.wrap(ByteBuffer.allocate(0), out);
            byte[] hello = new byte[out.flip().remaining()];
            out.get(hello);
            return hello;
        } catch (GeneralSecurityException | SSLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Of a client that speaks nothing newer than TLS 1.1 (RFC 4346 §7.4.1.2). */
    static byte[] tls11() {
        var hello = new ByteArrayOutputStream();
        hello.writeBytes(new byte[] {3, 2});
        hello.writeBytes(new byte[RANDOM_BYTES]);
        hello.write(0); // no session
        hello.writeBytes(new byte[] {0, 4, (byte) 0xC0, 0x09, 0, 0x2F}); // two ciphers
        hello.writeBytes(new byte[] {1, 0}); // no compression
        byte[] body = hello.toByteArray();
        var record = new ByteArrayOutputStream();
        record.writeBytes(new byte[] {0x16, 3, 1, 0, (byte) (body.length + 4)});
        record.writeBytes(new byte[] {1, 0, 0, (byte) body.length});
        record.writeBytes(body);
        return record.toByteArray();
    }
}
