package dev.heliograph.loadtest;

import java.nio.charset.StandardCharsets;

/**
 * Reads of a message that brings an event what a load test needs: its offset, where the protocol has one, and in a publication of this run the stamp.
 * It holds the message read last and builds no tree: a driver reads millions of them. Confined to one thread.
 */
public final class EventReader {
    private static final byte[] EVENT = bytes("\"type\":\"event\"");
    private static final byte[] OFFSET = bytes("\"offset\":");
    /** The type stands in the first few fields of the envelope. */
    private static final int TYPE_WITHIN = 64;

    private final byte[] mark;
    private final boolean positions;
    private long offset;
    private long number;
    private long sentMicros;
    private long letters;

    public EventReader(String run) {
        this(run, true);
    }

    /** Of Pusher's protocol, which knows no positions: only this run's events are told from other messages. */
    public static EventReader withoutPositions(String run) {
        return new EventReader(run, false);
    }

    private EventReader(String run, boolean positions) {
        this.mark = bytes("\"" + run + "-");
        this.positions = positions;
    }

    /** Reads a message; false if it brings no event. */
    public boolean read(byte[] message, int from, int to) {
        if (!positions) {
            offset = Ledger.ANYWHERE;
            readStamp(message, from, to);
            return isOurs();
        }
        if (find(EVENT, message, from, Math.min(to, from + TYPE_WITHIN)) < 0) {
            return false;
        }
        offset = offset(message, from, to);
        readStamp(message, from, to);
        return true;
    }

    private void readStamp(byte[] message, int from, int to) {
        int at = find(mark, message, from, to);
        number = -1;
        if (at >= 0) {
            int dash = readLetters(message, at + mark.length, to);
            number = letters;
            readLetters(message, dash + 1, to);
            sentMicros = letters;
        }
    }

    public boolean read(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return read(bytes, 0, bytes.length);
    }

    /** The publication's offset in its channel; {@link Ledger#ANYWHERE} where there is none. */
    public long offset() {
        return offset;
    }

    /** Whether the publication is one of this run. */
    public boolean isOurs() {
        return number >= 0;
    }

    public long number() {
        return number;
    }

    public long sentMicros() {
        return sentMicros;
    }

    /** Where the letters end. */
    private int readLetters(byte[] message, int from, int to) {
        letters = 0;
        int at = from;
        for (; at < to && message[at] >= 'a' && message[at] <= 'j'; at++) {
            letters = letters * 10 + message[at] - 'a';
        }
        return at;
    }

    /** From the end: the position is the envelope's last field, and data may hold anything. */
    private static long offset(byte[] message, int from, int to) {
        for (int at = to - OFFSET.length; at >= from; at--) {
            if (matches(OFFSET, message, at)) {
                long offset = 0;
                for (int i = at + OFFSET.length; i < to && message[i] >= '0' && message[i] <= '9'; i++) {
                    offset = offset * 10 + message[i] - '0';
                }
                return offset;
            }
        }
        throw new IllegalArgumentException(
                "an event without offset: " + new String(message, from, to - from, StandardCharsets.UTF_8));
    }

    private static int find(byte[] wanted, byte[] message, int from, int to) {
        for (int at = from; at <= to - wanted.length; at++) {
            if (matches(wanted, message, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean matches(byte[] wanted, byte[] message, int at) {
        for (int i = 0; i < wanted.length; i++) {
            if (message[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
