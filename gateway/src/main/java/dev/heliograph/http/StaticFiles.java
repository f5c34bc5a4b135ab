package dev.heliograph.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of the class path below a folder, for browsers: each is read once, when first asked for, with its {@code .gz} sibling. Only names with a known
 * ending are looked up, so neither a folder nor a class is ever one of them; what is kept is bounded by what the class path holds. Any thread.
 */
public final class StaticFiles implements Handler {
    private static final Pattern NAME =
            Pattern.compile("(?:[A-Za-z0-9_@-][A-Za-z0-9_@.-]*/)*[A-Za-z0-9_@-][A-Za-z0-9_@.-]*");
    private static final String INDEX = "index.html";
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("webp", "image/webp"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("wasm", "application/wasm"));

    private final ClassLoader classPath;
    private final String folder;
    private final String prefix;
    private final String contentSecurityPolicy;
    private final Map<String, StaticFile> files = new ConcurrentHashMap<>();

    /**
     * @param folder in the class path; ends with a slash, begins without
     * @param prefix of the request paths that are served; ends with a slash
     */
    public StaticFiles(ClassLoader classPath, String folder, String prefix, String contentSecurityPolicy) {
        if (!folder.endsWith("/") || folder.startsWith("/") || !prefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "folder " + folder + " and prefix " + prefix + ": expected a slash at their ends");
        }
        this.classPath = classPath;
        this.folder = folder;
        this.prefix = prefix;
        this.contentSecurityPolicy = contentSecurityPolicy;
    }

    /** One file with what it is told apart by. */
    private record StaticFile(byte[] plain, byte @Nullable [] gzip, String type, boolean hashed, String tag) {}

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        respond.accept(answer(request));
    }

    private Response answer(Request request) {
        if (!request.path().startsWith(prefix)) {
            return notFound();
        }
        String rest = request.path().substring(prefix.length());
        StaticFile file = file(rest.isEmpty() ? INDEX : rest);
        return file == null ? notFound() : guarded(answer(file, request));
    }

    private static Response notFound() {
        return Errors.json(404, "not_found", "there is no such file");
    }

    private @Nullable StaticFile file(String name) {
        StaticFile known = files.get(name);
        if (known != null) {
            return known;
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (type == null || !NAME.matcher(name).matches()) {
            return null;
        }
        byte[] plain = bytes(name);
        if (plain == null) {
            return null;
        }
        var file = new StaticFile(plain, bytes(name + ".gz"), type, name.startsWith("assets/"), tag(plain));
        files.put(name, file);
        return file;
    }

    private byte @Nullable [] bytes(String name) {
        try (InputStream in = classPath.getResourceAsStream(folder + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + folder + name, unreadable);
        }
    }

    private static String tag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every JDK has SHA-256", missing);
        }
    }

    private static Response answer(StaticFile file, Request request) {
        byte[] gzip = acceptsGzip(request.header("accept-encoding")) ? file.gzip() : null;
        var headers = new LinkedHashMap<String, String>();
        String tag = "\"" + file.tag() + (gzip == null ? "" : "-gz") + "\"";
        headers.put("Cache-Control", file.hashed() ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("ETag", tag);
        if (file.gzip() != null) {
            headers.put("Vary", "Accept-Encoding");
        }
        if (matches(request.header("if-none-match"), tag)) {
            return new Response(304, headers, new byte[0]);
        }
        headers.put("Content-Type", file.type());
        if (gzip != null) {
            headers.put("Content-Encoding", "gzip");
        }
        return new Response(200, headers, gzip == null ? file.plain() : gzip);
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

    private Response guarded(Response response) {
        var headers = new LinkedHashMap<>(response.headers());
        headers.put("Content-Security-Policy", contentSecurityPolicy);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("X-Frame-Options", "DENY");
        return new Response(response.status(), headers, response.body());
    }
}
