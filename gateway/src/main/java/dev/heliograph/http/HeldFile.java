package dev.heliograph.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A file in memory, for browsers: compressed for those who take that, and not sent again to those who have it. Immutable; any thread. */
public final class HeldFile implements Handler {
    private final byte[] plain;
    private final byte @Nullable [] gzip;
    private final String type;
    private final boolean hashed;
    private final String tag;

    /** @param hashed whether its name changes with what it holds */
    HeldFile(byte[] plain, byte @Nullable [] gzip, String type, boolean hashed) {
        this.plain = plain;
        this.gzip = gzip;
        this.type = type;
        this.hashed = hashed;
        this.tag = tag(plain);
    }

    /** @param type as in {@code Content-Type} */
    public static HeldFile of(String type, byte[] plain) {
        return new HeldFile(plain, compressed(plain), type, false);
    }

    private static byte[] compressed(byte[] plain) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes cannot be written to", e);
        }
        return bytes.toByteArray();
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        respond.accept(answer(request).with("X-Content-Type-Options", "nosniff"));
    }

    Response answer(Request request) {
        byte[] packed = acceptsGzip(request.header("accept-encoding")) ? gzip : null;
        var headers = new LinkedHashMap<String, String>();
        String quoted = "\"" + tag + (packed == null ? "" : "-gz") + "\"";
        headers.put("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("ETag", quoted);
        if (gzip != null) {
            headers.put("Vary", "Accept-Encoding");
        }
        if (matches(request.header("if-none-match"), quoted)) {
            return new Response(304, headers, new byte[0]);
        }
        headers.put("Content-Type", type);
        if (packed != null) {
            headers.put("Content-Encoding", "gzip");
        }
        return new Response(200, headers, packed == null ? plain : packed);
    }

    private static boolean acceptsGzip(@Nullable String accepted) {
        if (accepted == null) {
            return false;
        }
        for (String coding : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = coding.replace(" ", "").split(";", -1);
            if (parts[0].equals("gzip")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    /** RFC 9110 §13.1.2, compared weakly. */
    private static boolean matches(@Nullable String ifNoneMatch, String tag) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String candidate : ifNoneMatch.split(",", -1)) {
            String bare = candidate.strip();
            if (bare.equals("*") || bare.equals(tag) || bare.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }
}
