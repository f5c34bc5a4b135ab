package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A WebSocket client that sends whatever bytes it is told and is strict about what it gets: server frames are whole and unmasked, texts are UTF-8, and after a
 * Close comes nothing but the end. Every read gives up after a while. One thread.
 */
public final class WsClient implements AutoCloseable {
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xA;
    public static final int FIN = 0x80;
    public static final int RSV1 = 0x40;
    /** A Close without a payload. */
    public static final int NO_CODE = 1005;

    private static final int GIVE_UP_MS = 20_000;
    private static final byte[] MASK = {0x12, (byte) 0xA5, 0x00, (byte) 0xFF};
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The rest of the empty block that every compressed message ends with. */
    private static final byte[] TAIL = {0, 0, -1, -1};

    private final Socket socket;
    private final DataInputStream in;
    /** Whether permessage-deflate was agreed. */
    private boolean deflates;

    private int compressedFrames;

    /** One frame of the gateway, decompressed. */
    public record Frame(int opcode, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** How a connection ended: the texts but pings that came before the one Close, and the Close. */
    public record End(List<JsonNode> texts, int code, String reason) {}

    /** The head of the gateway's answer to an upgrade. */
    public record Head(int status, String text) {
        /** The value of that header; empty if there is none. */
        public String header(String name) {
            for (String line : text.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ": ")) {
                    return line.substring(name.length() + 2);
                }
            }
            return "";
        }
    }

    private WsClient(InetSocketAddress address, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(GIVE_UP_MS);
        socket.setTcpNoDelay(true);
        socket.connect(address);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    private WsClient(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(GIVE_UP_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** One over a socket that is connected, with TLS for example, and on which nothing has been said. */
    public static WsClient over(Socket connected) throws IOException {
        return new WsClient(connected);
    }

    /** A connection on which nothing has been said. */
    public static WsClient bare(TestGateway gateway) throws IOException {
        return new WsClient(gateway.address(), 0);
    }

    /** An upgraded connection. */
    public static WsClient open(TestGateway gateway, String target, String... headers) throws IOException {
        return upgraded(new WsClient(gateway.address(), 0), target, headers);
    }

    /** A WebSocket with a gateway of another process. */
    public static WsClient open(InetSocketAddress gateway, String target, String... headers) throws IOException {
        return upgraded(new WsClient(gateway, 0), target, headers);
    }

    /** One whose kernel takes little that it does not read. */
    public static WsClient openNarrow(TestGateway gateway, String target, String... headers) throws IOException {
        return upgraded(new WsClient(gateway.address(), 65_536), target, headers);
    }

    /** The same connection, upgraded. */
    public static WsClient upgraded(WsClient client, String target, String... headers) throws IOException {
        client.sendBytes(request(target, headers).getBytes(StandardCharsets.ISO_8859_1));
        Head head = client.readHead();
        assertEquals(101, head.status(), head::text);
        client.deflates = head.header("Sec-WebSocket-Extensions").startsWith("permessage-deflate");
        return client;
    }

    /** An upgrade request that is as it should be, with these headers added. */
    public static String request(String target, String... headers) {
        var request = new StringBuilder("""
                GET %s HTTP/1.1
                Host: gateway.test
                Connection: keep-alive, Upgrade
                Upgrade: websocket
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                """.formatted(target));
        for (String header : headers) {
            request.append(header).append('\n');
        }
        return request.append('\n').toString().replace("\n", "\r\n");
    }

    /** The head of an HTTP answer. */
    public Head readHead() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(in.readUnsignedByte());
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return new Head(Integer.parseInt(text.substring(9, 12)), text);
    }

    public WsClient sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Each byte in a segment of its own, as far as the kernel lets it. */
    public WsClient sendByteByByte(byte[] bytes) throws IOException {
        for (byte b : bytes) {
            socket.getOutputStream().write(b);
        }
        return this;
    }

    /** A whole text message. */
    public WsClient send(String text) throws IOException {
        return sendBytes(frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A whole text message, compressed. */
    public WsClient sendCompressed(String text) throws IOException {
        return sendBytes(frame(FIN | RSV1 | TEXT, deflated(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** The payload of a compressed message. */
    public static byte[] deflated(byte[] text) {
        var deflater = new Deflater(9, true);
        byte[] out = new byte[text.length + 1_000];
        deflater.setInput(text);
        int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(out, length - TAIL.length);
    }

    /** Several text messages in one segment. */
    public WsClient sendTogether(String... texts) throws IOException {
        var all = new ByteArrayOutputStream();
        for (String text : texts) {
            all.write(frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8)));
        }
        return sendBytes(all.toByteArray());
    }

    /** A masked frame; {@code start} is FIN, RSV and opcode. */
    public static byte[] frame(int start, byte[] payload) {
        byte[] masked = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            masked[i] = (byte) (payload[i] ^ MASK[i & 3]);
        }
        var frame = new ByteArrayOutputStream(payload.length + 14);
        frame.writeBytes(header(start, payload.length));
        frame.writeBytes(masked);
        return frame.toByteArray();
    }

    /** A frame that breaks the rule that clients mask. */
    public static byte[] unmasked(int start, byte[] payload) {
        var frame = new ByteArrayOutputStream();
        frame.write(start);
        writeLength(frame, 0, payload.length);
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /** The header of a frame whose payload does not follow. */
    public static byte[] header(int start, long length) {
        var frame = new ByteArrayOutputStream();
        frame.write(start);
        writeLength(frame, 0x80, length);
        frame.writeBytes(MASK);
        return frame.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream frame, int mask, long length) {
        if (Long.compareUnsigned(length, 126) < 0) {
            frame.write(mask | (int) length);
            return;
        }
        int bytes = Long.compareUnsigned(length, 0xFFFF) <= 0 ? 2 : 8;
        frame.write(mask | (bytes == 2 ? 126 : 127));
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            frame.write((int) (length >>> shift));
        }
    }

    /** A Close with that code. */
    public static byte[] close(int code) {
        return frame(FIN | CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }

    /** The next frame, whatever it is. */
    public Frame readFrame() throws IOException {
        int start = in.readUnsignedByte();
        boolean compressed = deflates && start == (FIN | RSV1 | TEXT);
        if (!compressed) {
            assertEquals(FIN, start & 0xF0, "the gateway sends whole frames, compressed only where that was agreed");
        }
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        if (length < 0 || (start == (FIN | TEXT) && length > 16 << 20)) {
            fail("a masked frame, or one of " + length + " bytes, from the gateway");
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("the connection ended within a frame");
        }
        compressedFrames += compressed ? 1 : 0;
        return new Frame(start & 0xF, compressed ? inflated(payload) : payload);
    }

    private static byte[] inflated(byte[] payload) {
        var inflater = new Inflater(true);
        byte[] text = new byte[1 << 20];
        try {
            inflater.setInput(payload);
            int length = inflater.inflate(text);
            inflater.setInput(TAIL);
            assertEquals(0, inflater.inflate(text, length, text.length - length), "no whole message");
            return Arrays.copyOf(text, length);
        } catch (DataFormatException e) {
            throw new AssertionError("a message that cannot be inflated", e);
        } finally {
            inflater.end();
        }
    }

    /** How many of the frames that were read came compressed. */
    public int compressedFrames() {
        return compressedFrames;
    }

    /** The next text message but pings, which come when they come; fails if a Close comes instead. */
    public JsonNode read() throws IOException {
        Frame frame = readFrame();
        while (frame.opcode() == PING || (frame.opcode() == TEXT && isPing(json(frame)))) {
            frame = readFrame();
        }
        return text(frame);
    }

    private static JsonNode text(Frame frame) throws IOException {
        if (frame.opcode() != TEXT) {
            fail("a text was expected, but there came opcode " + frame.opcode() + ", " + describe(frame));
        }
        return json(frame);
    }

    private static String describe(Frame frame) {
        return frame.opcode() == CLOSE ? code(frame) + " " + reason(frame) : frame.text();
    }

    private static JsonNode json(Frame frame) throws IOException {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(frame.payload()));
        } catch (CharacterCodingException e) {
            fail("a text that is no UTF-8: " + frame.text());
        }
        return JSON.readTree(frame.payload());
    }

    /** The next text message, which has that type. */
    public JsonNode expect(String type) throws IOException {
        JsonNode message = type.equals("ping") ? text(readFrame()) : read();
        assertEquals(type, message.path("type").asText(), message::toString);
        return message;
    }

    private static boolean isPing(JsonNode message) {
        return message.path("type").asText().equals("ping");
    }

    /** Reads up to the Close, and makes sure that nothing follows it but the end of the stream. */
    public End readToClose() throws IOException {
        var texts = new ArrayList<JsonNode>();
        Frame frame = readFrame();
        while (frame.opcode() != CLOSE) {
            if (frame.opcode() == TEXT && !isPing(json(frame))) {
                texts.add(json(frame));
            }
            frame = readFrame();
        }
        assertEquals(-1, in.read(), "something follows the Close");
        return new End(texts, code(frame), reason(frame));
    }

    private static int code(Frame close) {
        byte[] payload = close.payload();
        return payload.length == 0 ? NO_CODE : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
    }

    private static String reason(Frame close) {
        return close.payload().length <= 2
                ? ""
                : new String(close.payload(), 2, close.payload().length - 2, StandardCharsets.UTF_8);
    }

    /** Everything up to the end, as HTTP has it. */
    public String readRest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Whether that was all. */
    public boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    /** Ends its sending and goes on reading. */
    public void endSending() throws IOException {
        socket.shutdownOutput();
    }

    /** Goes away with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Subscribes and returns the answer. */
    public JsonNode subscribe(String channel) throws IOException {
        send("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\"}");
        return expect("subscribed");
    }

    /** Publishes and returns the offset. */
    public long publish(String channel, String data) throws IOException {
        send("{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"requestId\":\"p\",\"payload\":{\"data\":" + data
                + "}}");
        return expect("published").at("/payload/position/offset").asLong();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
