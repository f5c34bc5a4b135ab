package dev.heliograph.egress;

import dev.heliograph.http.TestCertificate;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLSocket;

/** Both ends of TLS over two sockets that are connected to each other, their handshake done: an engine without its socket, and the JDK's client. */
final class TlsEnds implements AutoCloseable {
    private static final TestCertificate CERTIFICATE = TestCertificate.ec();
    private static final int BUFFER_BYTES = 32 * 1024;

    private final SslContext context;
    private final ReferenceCountedOpenSslEngine engine;
    private final SSLSocket peer;

    TlsEnds(io.netty.channel.unix.Socket ours, Socket theirs) throws IOException {
        context = SslContextBuilder.forServer(pem(CERTIFICATE.chainPem()), pem(CERTIFICATE.keyPem()))
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .build();
        ((OpenSslSessionContext) context.sessionContext())
                .setTicketKeys(new OpenSslSessionTicketKey(new byte[16], new byte[16], new byte[16]));
        engine = (ReferenceCountedOpenSslEngine)
                context.newHandler(UnpooledByteBufAllocator.DEFAULT).engine();
        peer = (SSLSocket)
                CERTIFICATE.client().getSocketFactory().createSocket(theirs, "127.0.0.1", theirs.getPort(), true);
        Thread client = Thread.ofPlatform().start(() -> {
            try {
                peer.startHandshake();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        shakeHands(ours);
        try {
            client.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static InputStream pem(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void shakeHands(io.netty.channel.unix.Socket socket) throws IOException {
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
        ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
        ByteBuffer nothing = ByteBuffer.allocateDirect(BUFFER_BYTES);
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> {
                    engine.wrap(nothing.clear().limit(0), out.clear());
                    out.flip();
                    while (out.hasRemaining()) {
                        out.position(out.position() + socket.send(out, out.position(), out.limit()));
                    }
                }
                default -> {
                    int before = in.remaining();
                    engine.unwrap(in, nothing.clear());
                    if (in.remaining() == before && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                        in.compact();
                        in.position(in.position() + Math.max(0, socket.recv(in, in.position(), in.limit())));
                        in.flip();
                    }
                }
            }
        }
    }

    ReferenceCountedOpenSslEngine engine() {
        return engine;
    }

    SSLSocket peer() {
        return peer;
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
