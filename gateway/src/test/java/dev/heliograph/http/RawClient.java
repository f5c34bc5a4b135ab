package dev.heliograph.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A socket that sends what it is told, byte by byte, and reads answers as strictly as they are written. One thread. */
final class RawClient implements AutoCloseable {
    private static final int GIVE_UP_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    RawClient(InetSocketAddress server) throws IOException {
        this(new Socket(server.getAddress(), server.getPort()));
    }

    RawClient(Socket connected) throws IOException {
        this.socket = connected;
        socket.setSoTimeout(GIVE_UP_MS);
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
    }

    /** One answer as it came. */
    record Answer(int status, String head, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The value of that header; empty if there is none. */
        String header(String name) {
            for (String line : head.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ": ")) {
                    return line.substring(name.length() + 2);
                }
            }
            return "";
        }
    }

    /** A text block's lines with CR LF between. */
    static String crlf(String block) {
        return block.replace("\n", "\r\n");
    }

    RawClient send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** One byte, unless the server has closed already. */
    void sendUnlessClosed(char latin1) {
        try {
            socket.getOutputStream().write(latin1);
        } catch (IOException closed) {
            // what it answered before is still to be read
        }
    }

    RawClient endSending() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    Answer read() throws IOException {
        return readAnswerTo("GET");
    }

    Answer readAnswerTo(String method) throws IOException {
        String head = readHead();
        if (head.isEmpty()) {
            throw new IOException("closed without an answer");
        }
        int status = Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
        var bare = new Answer(status, head, new byte[0]);
        String length = bare.header("Content-Length");
        boolean bodyless = method.equals("HEAD") || length.isEmpty();
        return bodyless ? bare : new Answer(status, head, in.readNBytes(Integer.parseInt(length)));
    }

    private String readHead() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return head.size() == 0 ? "" : fail(head);
            }
            head.write(b);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return text.startsWith("HTTP/1.1 ") ? text : fail(head);
    }

    private static String fail(ByteArrayOutputStream head) throws IOException {
        throw new IOException("not an answer: " + head.toString(StandardCharsets.ISO_8859_1));
    }

    /** Every answer until the server closes. */
    List<Answer> readToEnd() throws IOException {
        var answers = new ArrayList<Answer>();
        readToEnd(answers);
        return answers;
    }

    /** The same for a client that went on sending behind its last request: the server may close upon that by a reset, behind its answers. */
    List<Answer> readToEndOrReset() throws IOException {
        var answers = new ArrayList<Answer>();
        try {
            readToEnd(answers);
        } catch (SocketException reset) {
            return answers;
        }
        return answers;
    }

    private void readToEnd(List<Answer> answers) throws IOException {
        for (String head = readHead(); !head.isEmpty(); head = readHead()) {
            int status = Integer.parseInt(head.substring(9, 12));
            var bare = new Answer(status, head, new byte[0]);
            String length = bare.header("Content-Length");
            answers.add(length.isEmpty() ? bare : new Answer(status, head, in.readNBytes(Integer.parseInt(length))));
        }
    }

    /** The next bytes, whatever they are. */
    byte[] readBytes(int n) throws IOException {
        return in.readNBytes(n);
    }

    /** How many bytes came until the server closed, in whatever way. */
    int readToClose() {
        int read = 0;
        try {
            while (in.read() >= 0) {
                read++;
            }
        } catch (SocketTimeoutException stillOpen) {
            throw new AssertionError(stillOpen);
        } catch (IOException reset) {
            // closed too
        }
        return read;
    }

    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    /** Ends with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
