package dev.heliograph.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Writes an answer's head, and refuses header fields that would end it early. */
final class ResponseEncoder {
    private static final int HEAD_BYTES = 256;

    private ResponseEncoder() {}

    /**
     * @param connection the {@code Connection} field's value; empty for none
     * @throws IllegalArgumentException if a header of the handler's is no header
     */
    static ByteBuf head(ByteBufAllocator allocator, Response response, String connection) {
        ByteBuf out = allocator.buffer(HEAD_BYTES);
        try {
            statusLine(out, response.status());
            fields(out, response.headers());
            if (hasLength(response.status())) {
                field(out, "Content-Length", Integer.toString(response.body().length));
            }
            String tokens = response.headers().containsKey("Upgrade") ? withUpgrade(connection) : connection;
            if (!tokens.isEmpty()) {
                field(out, "Connection", tokens);
            }
            ByteBufUtil.writeAscii(out, "\r\n");
            return out;
        } catch (IllegalArgumentException bad) {
            out.release();
            throw bad;
        }
    }

    /** RFC 9110 §8.6: these have none. */
    static boolean hasLength(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    private static String withUpgrade(String connection) {
        return connection.isEmpty() ? "Upgrade" : connection + ", Upgrade";
    }

    private static void statusLine(ByteBuf out, int status) {
        HttpResponseStatus known = HttpResponseStatus.valueOf(status);
        ByteBufUtil.writeAscii(out, "HTTP/1.1 " + status + " " + known.reasonPhrase() + "\r\n");
    }

    private static void fields(ByteBuf out, Map<String, String> headers) {
        headers.forEach((name, value) -> field(out, name, value));
    }

    private static void field(ByteBuf out, String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(ResponseEncoder::isNameCharacter)) {
            throw new IllegalArgumentException("a header's name is not a token: " + name);
        }
        if (!value.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t')) {
            throw new IllegalArgumentException("the value of header " + name + " is not one line of ASCII");
        }
        ByteBufUtil.writeAscii(out, name);
        ByteBufUtil.writeAscii(out, ": ");
        ByteBufUtil.writeAscii(out, value);
        ByteBufUtil.writeAscii(out, "\r\n");
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
