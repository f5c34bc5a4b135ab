package dev.heliograph.streaming;

import dev.heliograph.protocol.message.JsonBytes;
import java.nio.charset.StandardCharsets;

/** One block of an event stream being put together, its ids first. Source: the HTML standard, "Server-sent events". One thread. */
final class EventWriter {
    private static final int OTHER_BYTES = 128;

    private final JsonBytes out;

    /** @param dataBytes that are expected */
    EventWriter(int dataBytes) {
        this.out = new JsonBytes(dataBytes + OTHER_BYTES);
    }

    EventWriter id(String entry) {
        out.raw("id: ").raw(entry).raw('\n');
        return this;
    }

    EventWriter retry(int ms) {
        out.raw("retry: ").number(ms).raw('\n');
        return this;
    }

    EventWriter comment(String ascii) {
        out.raw(": ").raw(ascii).raw('\n');
        return this;
    }

    EventWriter event(String name) {
        out.raw("event: ").raw(oneLine(name.getBytes(StandardCharsets.UTF_8))).raw('\n');
        return this;
    }

    EventWriter data(byte[] json) {
        out.raw("data: ").raw(oneLine(json)).raw('\n');
        return this;
    }

    EventWriter data(String json) {
        return data(json.getBytes(StandardCharsets.UTF_8));
    }

    byte[] end() {
        return out.raw('\n').toBytes();
    }

    /** Line breaks end a field. Within JSON they can only stand between its parts, where a space does as well. */
    private static byte[] oneLine(byte[] text) {
        if (!isBroken(text)) {
            return text;
        }
        byte[] line = text.clone();
        for (int i = 0; i < line.length; i++) {
            if (isBreak(line[i])) {
                line[i] = ' ';
            }
        }
        return line;
    }

    private static boolean isBroken(byte[] text) {
        for (byte b : text) {
            if (isBreak(b)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBreak(byte b) {
        return b == '\n' || b == '\r';
    }
}
