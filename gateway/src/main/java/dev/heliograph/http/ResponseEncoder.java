package dev.heliograph.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/** Writes an answer as one buffer, so that the kernel is called once for it, and refuses header fields that would end its head early. */
final class ResponseEncoder {
    private static final int HEAD_BYTES = 256;

    private ResponseEncoder() {}

    /**
     * @param connection the {@code Connection} field's value; empty for none
     * @param bodyless whether the client asked for no more than the head
     * @throws IllegalArgumentException if a header of the handler's is no header
     */
    static ByteBuf whole(ByteBufAllocator allocator, Response response, String connection, boolean bodyless) {
        boolean head = bodyless || !hasLength(response.status());
        ByteBuf out = allocator.directBuffer(HEAD_BYTES + (head ? 0 : response.body().length));
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
            return head ? out : out.writeBytes(response.body());
        } catch (IllegalArgumentException bad) {
            out.release();
            throw bad;
        }
    }

    /** The head alone. */
    static ByteBuf head(ByteBufAllocator allocator, Response response, String connection) {
        return whole(allocator, response, connection, true);
    }

    /** RFC 9110 §8.6: these have none. */
    private static boolean hasLength(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    private static String withUpgrade(String connection) {
        return connection.isEmpty() ? "Upgrade" : connection + ", Upgrade";
    }

    private static void statusLine(ByteBuf out, int status) {
        HttpResponseStatus known = HttpResponseStatus.valueOf(status);
        ByteBufUtil.writeAscii(out, "HTTP/1.1 ");
        ByteBufUtil.writeAscii(out, known.codeAsText());
        ByteBufUtil.writeAscii(out, " ");
        ByteBufUtil.writeAscii(out, known.reasonPhrase());
        ByteBufUtil.writeAscii(out, "\r\n");
    }

    private static void fields(ByteBuf out, Map<String, String> headers) {
        headers.forEach((name, value) -> field(out, name, value));
    }

    private static void field(ByteBuf out, String name, String value) {
        if (!isName(name)) {
            throw new IllegalArgumentException("a header's name is not a token: " + name);
        }
        if (!isLine(value)) {
            throw new IllegalArgumentException("the value of header " + name + " is not one line of ASCII");
        }
        ByteBufUtil.writeAscii(out, name);
        ByteBufUtil.writeAscii(out, ": ");
        ByteBufUtil.writeAscii(out, value);
        ByteBufUtil.writeAscii(out, "\r\n");
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && c != '-' && c != '_') {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isLine(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' || c >= 0x7f) && c != '\t') {
                return false;
            }
        }
        return true;
    }
}
