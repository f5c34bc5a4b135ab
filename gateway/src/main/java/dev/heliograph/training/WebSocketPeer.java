package dev.heliograph.training;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The client's end of one WebSocket (RFC 6455), of what a gateway sends: whole frames. Waits for each, ten seconds at most. One thread.
 */
final class WebSocketPeer implements AutoCloseable {
    private static final int FIN_TEXT = 0x81;
    private static final int FIN_CLOSE = 0x88;
    private static final int OPCODE = 0x0F;
    private static final int TEXT = 0x1;
    private static final int MASKED = 0x80;
    private static final int IN_16_BITS = 126;
    private static final int IN_64_BITS = 127;
    private static final byte[] MASK = {0x12, (byte) 0xA5, 0x3C, (byte) 0xFF};

    private final Socket socket;
    private final DataInputStream in;

    /** @param in of the socket, read up to the end of the upgrade's answer */
    WebSocketPeer(Socket socket, DataInputStream in) {
        this.socket = socket;
        this.in = in;
    }

    /** Sends text messages, all in one write. */
    void send(String... texts) throws IOException {
        var frames = new ByteArrayOutputStream();
        for (String text : texts) {
            frame(FIN_TEXT, text.getBytes(StandardCharsets.UTF_8), frames);
        }
        frames.writeTo(socket.getOutputStream());
    }

    private static void frame(int start, byte[] payload, ByteArrayOutputStream to) {
        to.write(start);
        if (payload.length < IN_16_BITS) {
            to.write(MASKED | payload.length);
        } else {
            to.write(MASKED | IN_16_BITS);
            to.write(payload.length >> 8);
            to.write(payload.length);
        }
        to.writeBytes(MASK);
        for (int i = 0; i < payload.length; i++) {
            to.write(payload[i] ^ MASK[i & 3]);
        }
    }

    /** The next text message of that type of the native protocol; those before it are passed over. */
    String await(String type) throws IOException {
        return awaitPart("\"type\":\"" + type + "\"");
    }

    /** The next text message that contains that; those before it are passed over. */
    String awaitPart(String part) throws IOException {
        while (true) {
            int opcode = in.readUnsignedByte() & OPCODE;
            String message = new String(in.readNBytes(length()), StandardCharsets.UTF_8);
            if (opcode == TEXT && message.contains(part)) {
                return message;
            }
        }
    }

    /** Passes over so many text messages. */
    void skip(int messages) throws IOException {
        for (int left = messages; left > 0; ) {
            int opcode = in.readUnsignedByte() & OPCODE;
            in.skipNBytes(length());
            if (opcode == TEXT) {
                left--;
            }
        }
    }

    private int length() throws IOException {
        int length = in.readUnsignedByte();
        return switch (length) {
            case IN_16_BITS -> in.readUnsignedShort();
            case IN_64_BITS -> Math.toIntExact(in.readLong());
            default -> length;
        };
    }

    /** Says goodbye, waits for the answer, and ends the connection. */
    void leave() throws IOException {
        var goodbye = new ByteArrayOutputStream();
        frame(FIN_CLOSE, new byte[] {0x03, (byte) 0xE8}, goodbye);
        goodbye.writeTo(socket.getOutputStream());
        while (in.read() >= 0) {
            in.skipNBytes(in.available());
        }
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
