package dev.heliograph.protocol.codec;

import static dev.heliograph.protocol.codec.ClientFrame.BINARY;
import static dev.heliograph.protocol.codec.ClientFrame.CONTINUATION;
import static dev.heliograph.protocol.codec.ClientFrame.FIN;
import static dev.heliograph.protocol.codec.ClientFrame.PING;
import static dev.heliograph.protocol.codec.ClientFrame.PONG;
import static dev.heliograph.protocol.codec.ClientFrame.TEXT;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes up what clients send: mostly a few valid messages, whole or in fragments, often with one or more faults in them. */
final class RandomClient {
    private static final String[] CHARACTERS = {
        "a", "{\"k\":1}", "ü", "я", "€", "日", "\uFFFD", "🚀", "\0", "plain ascii text "
    };
    private static final int[] CLOSE_CODES = {
        0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 1016, 2999, 3000, 4000, 4999, 5000, 65_535
    };

    private final Random random;
    private final int frameBytes;

    /** Frames are usually shorter than {@code frameBytes}, and sometimes a little longer. */
    RandomClient(Random random, int frameBytes) {
        this.random = random;
        this.frameBytes = frameBytes;
    }

    byte[] stream() {
        List<ClientFrame> frames = new ArrayList<>();
        int messages = 1 + random.nextInt(5);
        for (int i = 0; i < messages; i++) {
            addMessage(frames);
        }
        if (random.nextInt(4) == 0) {
            frames.add(ClientFrame.close(CLOSE_CODES[random.nextInt(CLOSE_CODES.length)], text(random.nextInt(40))));
        }
        frames.replaceAll(frame -> frame.withKey(random.nextInt(8) == 0 ? 0 : random.nextInt()));
        if (random.nextBoolean()) {
            return ClientFrame.stream(frames.toArray(ClientFrame[]::new));
        }
        for (int faults = random.nextInt(3); faults > 0; faults--) {
            breakOne(frames);
        }
        byte[] bytes = ClientFrame.stream(frames.toArray(ClientFrame[]::new));
        return random.nextBoolean() ? bytes : damaged(bytes);
    }

    private void addMessage(List<ClientFrame> frames) {
        addControls(frames);
        byte[] text = text(length()).getBytes(StandardCharsets.UTF_8);
        int fragments = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1;
        int from = 0;
        for (int i = 1; i <= fragments; i++) {
            int to = i == fragments ? text.length : from + random.nextInt(text.length - from + 1);
            int start = (i == 1 ? TEXT : CONTINUATION) | (i == fragments ? FIN : 0);
            frames.add(ClientFrame.of(start, Arrays.copyOfRange(text, from, to)));
            from = to;
            if (i < fragments) {
                addControls(frames);
            }
        }
    }

    private void addControls(List<ClientFrame> frames) {
        while (random.nextInt(4) == 0) {
            byte[] payload = new byte[random.nextInt(8) == 0 ? 125 : random.nextInt(12)];
            random.nextBytes(payload);
            frames.add(ClientFrame.of(FIN | (random.nextBoolean() ? PING : PONG), payload));
        }
    }

    private int length() {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> 120 + random.nextInt(12);
            case 2 -> frameBytes - 4 + random.nextInt(6);
            case 3 -> random.nextInt(frameBytes);
            default -> random.nextInt(60);
        };
    }

    private String text(int bytes) {
        StringBuilder text = new StringBuilder();
        boolean ascii = random.nextInt(3) == 0;
        for (int size = 0; size < bytes; ) {
            String more = ascii ? "x" : CHARACTERS[random.nextInt(CHARACTERS.length)];
            text.append(more);
            size += more.getBytes(StandardCharsets.UTF_8).length;
        }
        return text.toString();
    }

    private void breakOne(List<ClientFrame> frames) {
        int at = random.nextInt(frames.size());
        ClientFrame frame = frames.get(at);
        switch (random.nextInt(10)) {
            case 0 -> frames.set(at, frame.withStart(frame.start() | (0x10 << random.nextInt(3))));
            case 1 -> frames.set(at, frame.withStart((frame.start() & 0xF0) | random.nextInt(16)));
            case 2 -> frames.set(at, frame.withStart(frame.start() ^ FIN));
            case 3 -> frames.set(at, frame.unmasked());
            case 4 -> frames.set(at, frame.withForm(random.nextBoolean() ? 16 : 64));
            case 5 -> frames.set(at, frame.withStart((frame.start() & FIN) | BINARY));
            case 6 -> frames.add(at, frame);
            case 7 -> frames.add(at, ClientFrame.of(FIN | CONTINUATION, "stray"));
            default -> frames.set(at, frame.withPayload(damaged(frame.payload())));
        }
    }

    private byte[] damaged(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[1];
        }
        byte[] copy = bytes.clone();
        int at = random.nextInt(copy.length);
        switch (random.nextInt(5)) {
            case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> copy[at] = (byte) random.nextInt();
            case 2 -> System.arraycopy(copy, at, copy, 0, copy.length - at);
            case 3 -> copy = Arrays.copyOf(copy, at);
            default -> copy = Arrays.copyOf(copy, copy.length + 1 + random.nextInt(4));
        }
        return copy;
    }

    /** The stream with its last frame made whole, so that every decoder can judge all of it; a length that is refused has no payload. */
    static byte[] completed(byte[] stream, int frameBytesMax) {
        byte[] whole = stream;
        int at = 0;
        while (at < whole.length) {
            if (at + 1 == whole.length) {
                whole = Arrays.copyOf(whole, at + 2);
                whole[at + 1] = (byte) 0x80;
            }
            int form = whole[at + 1] & 0x7F;
            int lengthBytes = form == 126 ? 2 : form == 127 ? 8 : 0;
            whole = atLeast(whole, at + 2 + lengthBytes);
            ByteBuffer header = ByteBuffer.wrap(whole);
            long length = form == 126 ? header.getChar(at + 2) : form == 127 ? header.getLong(at + 2) : form;
            int payload = length < 0 || length > frameBytesMax ? 0 : (int) length;
            at += 2 + lengthBytes + (whole[at + 1] < 0 ? 4 : 0) + payload;
            whole = atLeast(whole, at);
        }
        return whole;
    }

    private static byte[] atLeast(byte[] bytes, int length) {
        return bytes.length < length ? Arrays.copyOf(bytes, length) : bytes;
    }
}
