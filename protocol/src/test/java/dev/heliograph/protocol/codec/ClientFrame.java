package dev.heliograph.protocol.codec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One frame as a client puts it on the wire, right or wrong in every field. */
final class ClientFrame {
    static final int FIN = 0x80;
    static final int RSV1 = 0x40;
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int KEY = 0xB7_01_9C_5E;

    /** FIN, RSV and opcode. */
    private final int start;

    private final byte[] payload;
    private final int key;
    private final boolean masked;
    /** Bits that the length is written in: 7, 16 or 64, or 0 for the shortest form. */
    private final int form;

    private ClientFrame(int start, byte[] payload, int key, boolean masked, int form) {
        this.start = start;
        this.payload = payload;
        this.key = key;
        this.masked = masked;
        this.form = form;
    }

    static ClientFrame of(int start, byte[] payload) {
        return new ClientFrame(start, payload, KEY, true, 0);
    }

    static ClientFrame of(int start, String payload) {
        return of(start, payload.getBytes(StandardCharsets.UTF_8));
    }

    static ClientFrame text(String payload) {
        return of(FIN | TEXT, payload);
    }

    /** A message whose payload is compressed already. */
    static ClientFrame compressed(byte[] payload) {
        return of(FIN | RSV1 | TEXT, payload);
    }

    static ClientFrame ping(String payload) {
        return of(FIN | PING, payload);
    }

    static ClientFrame close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return of(
                FIN | CLOSE,
                ByteBuffer.allocate(2 + text.length)
                        .putShort((short) code)
                        .put(text)
                        .array());
    }

    ClientFrame withStart(int other) {
        return new ClientFrame(other, payload, key, masked, form);
    }

    ClientFrame withPayload(byte[] other) {
        return new ClientFrame(start, other, key, masked, form);
    }

    ClientFrame withKey(int other) {
        return new ClientFrame(start, payload, other, masked, form);
    }

    ClientFrame unmasked() {
        return new ClientFrame(start, payload, key, false, form);
    }

    ClientFrame withForm(int other) {
        return new ClientFrame(start, payload, key, masked, other);
    }

    int start() {
        return start;
    }

    byte[] payload() {
        return payload;
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
        out.put((byte) start);
        putLength(out);
        if (masked) {
            out.putInt(key);
        }
        for (int i = 0; i < payload.length; i++) {
            out.put((byte) (masked ? payload[i] ^ (key >>> (24 - 8 * (i % 4))) : payload[i]));
        }
        byte[] whole = new byte[out.position()];
        out.flip().get(whole);
        return whole;
    }

    private void putLength(ByteBuffer out) {
        int shortest = payload.length < 126 ? 7 : payload.length < 65_536 ? 16 : 64;
        int mask = masked ? 0x80 : 0;
        switch (form == 0 ? shortest : form) {
            case 7 -> out.put((byte) (mask | payload.length));
            case 16 -> out.put((byte) (mask | 126)).putShort((short) payload.length);
            default -> out.put((byte) (mask | 127)).putLong(payload.length);
        }
    }

    static byte[] stream(ClientFrame... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ClientFrame frame : frames) {
            out.writeBytes(frame.bytes());
        }
        return out.toByteArray();
    }
}
