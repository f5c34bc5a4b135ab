package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StaticFilesTest {
    private final StaticFiles files =
            new StaticFiles(StaticFilesTest.class.getClassLoader(), "static-files-test/", "/", "default-src 'self'");

    private Response get(String path, Map<String, List<String>> headers) {
        var answer = new AtomicReference<Response>();
        InetAddress client = InetAddress.getLoopbackAddress();
        files.handle(new Request("GET", path, Map.of(), headers, new byte[0], client, 0), answer::set);
        return answer.get();
    }

    private Response get(String path) {
        return get(path, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8, no-cache",
        "/index.html, text/html; charset=utf-8, no-cache",
        "/style.css, text/css; charset=utf-8, no-cache",
        "/assets/app-1a2b3c.js, text/javascript; charset=utf-8, 'public, max-age=31536000, immutable'"
    })
    void file_hasItsTypeAndAge(String path, String type, String age) {
        Response answer = get(path);
        assertEquals(200, answer.status());
        assertEquals(type, answer.headers().get("Content-Type"));
        assertEquals(age, answer.headers().get("Cache-Control"));
    }

    @Test
    void everyFile_guardsThePage() {
        Map<String, String> headers = get("/").headers();
        assertEquals("default-src 'self'", headers.get("Content-Security-Policy"));
        assertEquals("nosniff", headers.get("X-Content-Type-Options"));
        assertEquals("no-referrer", headers.get("Referrer-Policy"));
        assertEquals("same-origin", headers.get("Cross-Origin-Opener-Policy"));
        assertEquals("DENY", headers.get("X-Frame-Options"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets",
                "/assets/",
                "/hidden.class",
                "/nowhere.html",
                "/../logback.xml.txt",
                "/assets/../style.css",
                "/assets/..%2fstyle.css",
                "/..\\style.css",
                "//style.css",
                "/./style.css",
                "/.style.css",
                "/assets/app-1a2b3c.js.gz",
                "/dev/heliograph/http/StaticFiles.class",
                "/style.css/"
            })
    void whatIsNoFileOfTheFolder_isNotFound(String path) {
        assertEquals(404, get(path).status());
    }

    @Test
    void gzipSibling_isSentToWhoTakesIt() throws Exception {
        String path = "/assets/app-1a2b3c.js";
        Response plain = get(path);
        Response gzip = get(path, Map.of("accept-encoding", List.of("br, GZIP;q=0.5")));
        assertEquals("gzip", gzip.headers().get("Content-Encoding"));
        assertEquals("Accept-Encoding", gzip.headers().get("Vary"));
        assertEquals("Accept-Encoding", plain.headers().get("Vary"));
        try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(gzip.body()))) {
            assertEquals(text(plain.body()), text(unzipped.readAllBytes()));
        }
        assertFalse(get(path, Map.of("accept-encoding", List.of("gzip;q=0")))
                .headers()
                .containsKey("Content-Encoding"));
        assertFalse(
                get("/", Map.of("accept-encoding", List.of("gzip"))).headers().containsKey("Content-Encoding"));
    }

    @ParameterizedTest
    @CsvSource({"TAG, 304", "W/TAG, 304", "'\"other\", TAG', 304", "*, 304", "\"other\", 200"})
    void fileThatTheBrowserHas_isNotSentAgain(String pattern, int status) {
        String tag = get("/").headers().getOrDefault("ETag", "");
        Response answer = get("/", Map.of("if-none-match", List.of(pattern.replace("TAG", tag))));
        assertEquals(status, answer.status());
        assertEquals(status == 304, answer.body().length == 0);
        assertEquals(tag, answer.headers().get("ETag"));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
