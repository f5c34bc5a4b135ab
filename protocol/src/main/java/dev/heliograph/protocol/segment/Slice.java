package dev.heliograph.protocol.segment;

import java.nio.charset.StandardCharsets;

/**
 * A part of a request's body, not copied: one JSON value that a parser has found well formed.
 *
 * @param body only to be read
 * @param from first byte of the value
 * @param to byte behind the value
 */
public record Slice(byte[] body, int from, int to) {
    public int length() {
        return to - from;
    }

    @Override
    public String toString() {
        return new String(body, from, length(), StandardCharsets.UTF_8);
    }
}
