package dev.heliograph.blackbox;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A bare socket after a WebSocket upgrade, for writing what no proper client would write. One thread. */
final class RawWebSocket implements AutoCloseable {
    /** The connection ended without a Close frame. */
    static final int NO_CLOSE_FRAME = 1006;

    private static final int TIMEOUT_MS = 20_000;
    private static final int NARROW_BYTES = 4_096;
    private static final int CLOSE = 8;
    private static final int TEXT = 1;
    private static final int SWITCHING = 101;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = socket.getOutputStream();
    }

    static RawWebSocket open(Demo demo) throws IOException {
        return open(connect(new Socket(), of(demo)), demo);
    }

    /** One for which the kernel holds little that it has not read. */
    static RawWebSocket openNarrow(Demo demo) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(NARROW_BYTES);
        return open(connect(socket, of(demo)), demo);
    }

    /** From one address to another, which may be that of a proxy, with more headers. */
    static RawWebSocket open(Demo demo, String from, InetSocketAddress to, String... headers) throws IOException {
        return open(connect(boundTo(from), to), demo, headers);
    }

    private static RawWebSocket open(RawWebSocket raw, Demo demo, String... headers) throws IOException {
        String head = raw.upgrade(demo, headers);
        if (status(head) != SWITCHING) {
            raw.close();
            throw new IOException("the upgrade was answered with " + head);
        }
        return raw;
    }

    /** What an upgrade is answered with; the connection is closed then. */
    static int statusOf(Demo demo, String from, InetSocketAddress to, String... headers) throws IOException {
        try (RawWebSocket raw = connect(boundTo(from), to)) {
            return status(raw.upgrade(demo, headers));
        }
    }

    private static InetSocketAddress of(Demo demo) {
        return new InetSocketAddress(demo.ws().getHost(), demo.ws().getPort());
    }

    private static Socket boundTo(String from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        return socket;
    }

    private static RawWebSocket connect(Socket socket, InetSocketAddress to) throws IOException {
        socket.connect(to, TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        return new RawWebSocket(socket);
    }

    void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** As one masked text frame; the mask is 0. */
    void say(String text) throws IOException {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 8);
        frame.put((byte) 0x81);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.putInt(0).put(payload);
        write(Arrays.copyOf(frame.array(), frame.position()));
    }

    /** Reads on to the end of the connection and returns the code of the Close frame before it. */
    int readToClose() throws IOException {
        int code = NO_CLOSE_FRAME;
        try {
            while (true) {
                Frame frame = readFrame();
                if (frame.opcode == CLOSE) {
                    code = ((frame.payload[0] & 0xff) << 8) | (frame.payload[1] & 0xff);
                }
            }
        } catch (EOFException | SocketException e) {
            return code; // a reset after our surplus bytes is an end, too
        }
    }

    /** The next text message whose type is {@code type}. */
    String readMessage(String type) throws IOException {
        while (true) {
            Frame frame = readFrame();
            String text = new String(frame.payload, StandardCharsets.UTF_8);
            if (frame.opcode == TEXT && text.contains("\"type\":\"" + type + "\"")) {
                return text;
            }
            if (frame.opcode == CLOSE) {
                throw new EOFException("closed while waiting for " + type);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Frame readFrame() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        return new Frame(opcode, in.readNBytes((int) length));
    }

    /** The head of the answer. */
    private String upgrade(Demo demo, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(
                "GET " + demo.ws().getPath() + " HTTP/1.1\r\nHost: " + demo.ws().getAuthority()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " + demo.token()
                        + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    private static int status(String head) throws IOException {
        if (!head.toLowerCase(Locale.ROOT).startsWith("http/1.1 ")) {
            throw new IOException("not an answer: " + head);
        }
        return Integer.parseInt(head.substring("http/1.1 ".length(), "http/1.1 101".length()));
    }

    private record Frame(int opcode, byte[] payload) {}
}
