package dev.heliograph.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Writes an answer as one buffer, so that the kernel is called once for it, and refuses header fields that would end its head early. */
final class ResponseEncoder {
    private static final int HEAD_CHARS = 256;
    private static final byte[] NONE = new byte[0];

    private ResponseEncoder() {}

    /**
     * @param connection the {@code Connection} field's value; empty for none
     * @param bodyless whether the client asked for no more than the head
     * @throws IllegalArgumentException if a header of the handler's is no header
     */
    static ByteBuf whole(ByteBufAllocator allocator, Response response, String connection, boolean bodyless) {
        byte[] head = head(response, connection, hasLength(response.status()));
        byte[] body = bodyless || !hasLength(response.status()) ? NONE : response.body();
        return allocator
                .directBuffer(head.length + body.length)
                .writeBytes(head)
                .writeBytes(body);
    }

    /** The head of an answer whose body goes on until the connection ends. */
    static ByteBuf open(ByteBufAllocator allocator, Response response) {
        byte[] head = head(response, "close", false);
        return allocator.directBuffer(head.length).writeBytes(head);
    }

    /** The head alone. */
    static ByteBuf head(ByteBufAllocator allocator, Response response, String connection) {
        return whole(allocator, response, connection, true);
    }

    private static byte[] head(Response response, String connection, boolean length) {
        var out = new StringBuilder(HEAD_CHARS);
        HttpResponseStatus status = HttpResponseStatus.valueOf(response.status());
        out.append("HTTP/1.1 ").append(response.status()).append(' ').append(status.reasonPhrase());
        response.headers().forEach((name, value) -> field(out, name, value));
        if (length) {
            out.append("\r\nContent-Length: ").append(response.body().length);
        }
        String tokens = response.headers().containsKey("Upgrade") ? withUpgrade(connection) : connection;
        if (!tokens.isEmpty()) {
            out.append("\r\nConnection: ").append(tokens);
        }
        return out.append("\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** RFC 9110 §8.6: these have none. */
    private static boolean hasLength(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    private static String withUpgrade(String connection) {
        return connection.isEmpty() ? "Upgrade" : connection + ", Upgrade";
    }

    private static void field(StringBuilder out, String name, String value) {
        if (!isName(name)) {
            throw new IllegalArgumentException("a header's name is not a token: " + name);
        }
        if (!isLine(value)) {
            throw new IllegalArgumentException("the value of header " + name + " is not one line of ASCII");
        }
        out.append("\r\n").append(name).append(": ").append(value);
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
