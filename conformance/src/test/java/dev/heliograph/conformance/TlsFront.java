package dev.heliograph.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Lets a client that has no TLS speak to a server that has: byte by byte and end by end. Two threads per connection. */
final class TlsFront implements AutoCloseable {
    private static final int BACKLOG = 50;

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final SSLContext trusting;

    TlsFront(InetSocketAddress server, SSLContext trusting) throws IOException {
        this.server = server;
        this.trusting = trusting;
        this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "ws://127.0.0.1:" + listener.getLocalPort() + "/";
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                join(listener.accept());
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void join(Socket client) throws IOException {
        client.setTcpNoDelay(true);
        var inner = (SSLSocket) trusting.getSocketFactory().createSocket(server.getHostString(), server.getPort());
        inner.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> pump(client, inner));
        Thread.ofVirtual().start(() -> pump(inner, client));
    }

    /** The end of one side is passed on; when a side fails, so does the other. */
    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException failed) {
            closeBoth(from, to);
        }
    }

    private static void closeBoth(Socket one, Socket other) {
        try (one;
                other) {
            one.setSoLinger(true, 0);
        } catch (IOException closed) {
            // what was to be brought about
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
