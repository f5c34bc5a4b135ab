package dev.heliograph.loadtest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Subscribers that read the answer to their subscription and then nothing more, with a receive buffer so small that what is
 * sent to them soon waits at the gateway. Plain {@code ws} only. Any thread; its methods block.
 */
final class StalledClients implements AutoCloseable {
    private static final int RECEIVE_BYTES = 4 * 1024;
    private static final int ANSWER_MS = 10_000;
    private static final int QUIET_MS = 1_000;
    private static final int CHUNK_BYTES = 8 * 1024;

    private final Dialect dialect;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    StalledClients(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Lets so many more join; returns when all of them are subscribed. */
    void join(int count) {
        for (int i = 0; i < count; i++) {
            try {
                sockets.add(subscribe());
            } catch (IOException e) {
                throw new UncheckedIOException("stalled client " + sockets.size() + " could not join", e);
            }
        }
    }

    private Socket subscribe() throws IOException {
        var socket = new Socket();
        try {
            socket.setReceiveBufferSize(RECEIVE_BYTES);
            socket.setSoTimeout(ANSWER_MS);
            Endpoint endpoint = dialect.endpoint();
            socket.connect(endpoint.address(), ANSWER_MS);
            socket.getOutputStream().write(endpoint.upgrade());
            String greeted = readPast(socket.getInputStream(), dialect.greeting());
            socket.getOutputStream().write(subscribeFrame(greeted));
            readPast(socket.getInputStream(), dialect.subscribed());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private byte[] subscribeFrame(String greeted) {
        return Frames.encode(Frames.TEXT, dialect.subscription(greeted).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the end of what came: some kilobytes, the wanted text among them. */
    private static String readPast(InputStream in, String wanted) throws IOException {
        var seen = new StringBuilder();
        byte[] chunk = new byte[CHUNK_BYTES];
        while (seen.indexOf(wanted) < 0) {
            int read = in.read(chunk);
            if (read < 0) {
                throw new EOFException("expected " + wanted + ", came " + seen);
            }
            seen.delete(0, Math.max(0, seen.length() - CHUNK_BYTES));
            seen.append(new String(chunk, 0, read, StandardCharsets.ISO_8859_1));
        }
        return seen.toString();
    }

    /** Reads at last: how many were told of a loss, or closed. */
    int countHarmed() {
        return (int) sockets.stream().filter(StalledClients::isHarmed).count();
    }

    private static boolean isHarmed(Socket socket) {
        try {
            socket.setSoTimeout(QUIET_MS);
            readPast(socket.getInputStream(), "\"type\":\"lost\"");
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        sockets.clear();
    }
}
