package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.TestGateway;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads an event stream as the HTML standard has it, and keeps the last id as a browser does. Every read gives up after a while. One thread. */
final class SseClient implements AutoCloseable {
    private static final int GIVE_UP_MS = 20_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Socket socket;
    private final InputStream in;
    private final String head;
    private String lastId = "";
    private int retryMs = -1;

    /** @param name {@code message} if the stream gives none */
    record Event(String name, String data) {
        JsonNode json() throws IOException {
            return JSON.readTree(data);
        }
    }

    private SseClient(Socket unconnected, TestGateway gateway, int receiveBufferBytes, String target, String... headers)
            throws IOException {
        socket = unconnected;
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(GIVE_UP_MS);
        socket.connect(gateway.address());
        var request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: gateway.test\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        in = new BufferedInputStream(socket.getInputStream());
        head = readHead();
    }

    /** A stream that is accepted. */
    static SseClient open(TestGateway gateway, String target, String... headers) throws IOException {
        return accepted(new SseClient(new Socket(), gateway, 0, target, headers));
    }

    /** One whose kernel takes little that it does not read. */
    static SseClient openNarrow(TestGateway gateway, String target, String... headers) throws IOException {
        return openNarrow(new Socket(), gateway, target, headers);
    }

    /** The same over a socket that is not connected yet, with TLS for example. */
    static SseClient openNarrow(Socket unconnected, TestGateway gateway, String target, String... headers)
            throws IOException {
        return accepted(new SseClient(unconnected, gateway, 65_536, target, headers));
    }

    private static SseClient accepted(SseClient client) throws IOException {
        assertTrue(client.head.startsWith("HTTP/1.1 200 "), () -> client.head + client.rest());
        return client;
    }

    private String rest() {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String readHead() throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException(bytes.toString(StandardCharsets.ISO_8859_1));
            }
            bytes.write(b);
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** The value of that header of the answer; empty if there is none. */
    String header(String name) {
        for (String line : head.split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ": ")) {
                return line.substring(name.length() + 2);
            }
        }
        return "";
    }

    String head() {
        return head;
    }

    String lastId() {
        return lastId;
    }

    /** What the stream has said last about coming back; -1: nothing. */
    int retryMs() {
        return retryMs;
    }

    /** The next event that is dispatched. */
    Event read() throws IOException {
        Event event = readOrEnd();
        if (event == null) {
            throw new EOFException("the stream has ended");
        }
        return event;
    }

    /** The next event that is not a word about being slow. */
    Event readPastDegraded() throws IOException {
        Event event = read();
        return event.name().equals("degraded") ? read() : event;
    }

    /** The same; null at the end of the stream, where a block that is not whole is dropped. */
    @Nullable
    Event readOrEnd() throws IOException {
        return read(false);
    }

    /** Reads on until there is an id without an event. */
    void awaitId() throws IOException {
        assertEquals(null, read(true));
    }

    /** Reads a comment, which comes next. */
    void awaitComment() throws IOException {
        String line = line();
        assertTrue(line != null && line.startsWith(":"), () -> "no comment: " + line);
        assertEquals("", line());
    }

    private @Nullable Event read(boolean toId) throws IOException {
        String id = lastId;
        String name = "message";
        List<String> data = new ArrayList<>();
        long giveUp = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GIVE_UP_MS);
        for (String line = line(); line != null; line = line()) {
            assertTrue(System.nanoTime() - giveUp < 0, "nothing but a pulse came");
            if (line.isEmpty()) {
                boolean moved = !id.equals(lastId);
                lastId = id;
                if (toId && moved && data.isEmpty()) {
                    return null;
                }
                if (!data.isEmpty()) {
                    return new Event(name, String.join("\n", data));
                }
                name = "message";
            } else if (!line.startsWith(":")) {
                int colon = line.indexOf(": ");
                assertTrue(colon > 0, "no field: " + line);
                String value = line.substring(colon + 2);
                switch (line.substring(0, colon)) {
                    case "id" -> id = value;
                    case "event" -> name = value;
                    case "data" -> data.add(value);
                    case "retry" -> retryMs = Integer.parseInt(value);
                    default -> throw new AssertionError("unknown field: " + line);
                }
            }
        }
        return null;
    }

    private @Nullable String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            assertTrue(b != '\r', "the gateway ends lines by LF alone");
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** The next event, which has that name. */
    JsonNode expect(String name) throws IOException {
        Event event = read();
        assertEquals(name, event.name(), event::data);
        return event.json();
    }

    /** Reads what begins every stream, and returns what is said about its channels. */
    JsonNode begin() throws IOException {
        expect("connected");
        return expect("subscribed").path("payload");
    }

    /** Goes away with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
