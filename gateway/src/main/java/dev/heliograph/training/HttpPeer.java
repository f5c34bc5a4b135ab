package dev.heliograph.training;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The client's end of one kept-alive HTTP/1.1 connection, of what a gateway speaks: answers whose length is in their head. Waits for each answer, ten seconds
 * at most. One thread.
 */
final class HttpPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;
    private static final int READ_BYTES = 16_384;
    private static final int HEAD_BYTES_MAX = 16_384;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d+)\r\n", Pattern.CASE_INSENSITIVE);

    private final Socket socket;
    private final DataInputStream in;

    /** An answer; its body as ISO 8859-1, byte by byte. */
    record Answer(int status, String head, String body) {}

    private HttpPeer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), READ_BYTES));
    }

    static HttpPeer connect(InetSocketAddress gateway) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(gateway, TIMEOUT_MS);
            return new HttpPeer(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    Answer get(String path, String... headers) throws IOException {
        return ask("GET", path, new byte[0], headers);
    }

    /** @param headers lines without their ends */
    Answer ask(String method, String path, byte[] body, String... headers) throws IOException {
        send(method, path, body, headers);
        String head = readHead();
        int status = status(head);
        Matcher length = LENGTH.matcher(head);
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304 || !length.find();
        byte[] content = bodiless ? new byte[0] : in.readNBytes(Integer.parseInt(length.group(1)));
        return new Answer(status, head, new String(content, StandardCharsets.ISO_8859_1));
    }

    /** Makes it a WebSocket's; nothing else is to be asked of it then. */
    WebSocketPeer upgrade(String path, String... headers) throws IOException {
        var all = new String[headers.length + 4];
        System.arraycopy(headers, 0, all, 4, headers.length);
        all[0] = "Connection: Upgrade";
        all[1] = "Upgrade: websocket";
        all[2] = "Sec-WebSocket-Version: 13";
        all[3] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        send("GET", path, new byte[0], all);
        String head = readHead();
        if (status(head) != 101) {
            throw new IOException(
                    "the upgrade was answered " + head.lines().findFirst().orElse(""));
        }
        return new WebSocketPeer(socket, in);
    }

    private void send(String method, String path, byte[] body, String... headers) throws IOException {
        var head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (body.length > 0) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        socket.getOutputStream().write(whole);
    }

    private String readHead() throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            if (head.length() == HEAD_BYTES_MAX) {
                throw new IOException("the head of an answer does not end");
            }
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    private static int status(String head) throws IOException {
        Matcher status = STATUS.matcher(head);
        if (!status.lookingAt()) {
            throw new IOException("not an answer in HTTP/1.1: " + head);
        }
        return Integer.parseInt(status.group(1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
