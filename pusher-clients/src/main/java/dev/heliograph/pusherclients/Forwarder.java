package dev.heliograph.pusherclients;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network between a client and the gateway, which can fail. Any thread. */
final class Forwarder implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final AtomicInteger gone = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    Forwarder(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("forwarder").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Resets all connections, on both sides. */
    void reset() {
        for (Socket socket : Set.copyOf(sockets)) {
            end(socket, true);
        }
    }

    /** Resets all connections, and lets nobody come back. */
    void cut() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
    }

    @Override
    public void close() {
        cut();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                join(client);
            } catch (IOException e) {
                gone.incrementAndGet(); // closed, or the gateway is away
            }
        }
    }

    private void join(Socket client) throws IOException {
        try {
            Socket gateway = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(gateway);
            client.setTcpNoDelay(true);
            gateway.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pump(client, gateway));
            Thread.ofVirtual().start(() -> pump(gateway, client));
            if (server.isClosed()) {
                reset(); // it came in while the others were cut
            }
        } catch (IOException e) {
            end(client, true);
            throw e;
        }
    }

    private void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
            end(to, false);
        } catch (IOException e) {
            end(to, true);
        }
        end(from, false);
    }

    private void end(Socket socket, boolean reset) {
        sockets.remove(socket);
        try {
            if (reset && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (IOException e) {
            gone.incrementAndGet(); // it is gone already
        }
    }
}
