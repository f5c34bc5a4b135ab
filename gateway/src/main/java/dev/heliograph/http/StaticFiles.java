package dev.heliograph.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
    private final Map<String, HeldFile> files = new ConcurrentHashMap<>();

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

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        respond.accept(answer(request));
    }

    private Response answer(Request request) {
        if (!request.path().startsWith(prefix)) {
            return notFound();
        }
        String rest = request.path().substring(prefix.length());
        HeldFile file = file(rest.isEmpty() ? INDEX : rest);
        return file == null ? notFound() : guarded(file.answer(request));
    }

    private static Response notFound() {
        return Errors.json(404, "not_found", "there is no such file");
    }

    private @Nullable HeldFile file(String name) {
        HeldFile known = files.get(name);
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
        var file = new HeldFile(plain, bytes(name + ".gz"), type, name.startsWith("assets/"));
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
