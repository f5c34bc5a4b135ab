package dev.heliograph.http;

import static dev.heliograph.http.RawClient.crlf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.http.Route.Match;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpRouterTest {
    private static final Cors ANY =
            Cors.any(List.of("authorization", "content-type", "x-retry-count"), List.of("Retry-After"), 86_400);
    private static final Cors LISTED = Cors.origins(
            (origin, _) -> origin.equals("https://app.example.com"), List.of("authorization"), List.of(), 600);

    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(LimitsConfig.DEFAULT);
        add(Route.post("/v1/batch", TestServer.SMALL, says("batch"))
                .matching(Match.SLASH_OR_NOT)
                .with(ANY));
        add(Route.get("/v1/projects/", says("projects")).matching(Match.BELOW).with(ANY));
        add(Route.get("/v1/projects/mine", says("mine")));
        add(Route.get("/publications", says("list")).with(LISTED));
        add(Route.post("/publications", TestServer.SMALL, says("publish")).with(LISTED));
        add(Route.get("/", says("page")).matching(Match.FALLBACK));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void add(Route route) {
        server.router.add(route);
    }

    private static Handler says(String text) {
        return (request, respond) -> respond.accept(Response.text(200, text));
    }

    private RawClient.Answer ask(String head) throws IOException {
        try (var client = server.connect()) {
            return client.send(crlf(head + "\n\n")).read();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/batch, 200, batch",
        "POST, /v1/batch/, 200, batch",
        "GET, /v1/projects/k/settings, 200, projects",
        "GET, /v1/projects/mine, 200, mine",
        "GET, /hello, 200, hello",
        "GET, /, 200, page",
        "GET, /any/where.js, 200, page",
        "GET, /hello/, 200, page",
        "GET, /publications, 200, list",
        "POST, /publications, 200, publish",
        "GET, /v1/batch, 405, ",
        "POST, /v1/projects/k/settings, 405, ",
        "POST, /v2/batch, 404, ",
        "POST, /, 404, ",
        "OPTIONS, /nowhere, 404, "
    })
    void request_findsItsRoute(String method, String path, int status, String says) throws IOException {
        RawClient.Answer answer = ask(method + " " + path + " HTTP/1.1\nHost: a");
        assertEquals(status, answer.status());
        if (status == 200) {
            assertEquals(says, answer.text());
        }
    }

    @Test
    void sameMethodAndPathTwice_isAnError() {
        assertThrows(IllegalArgumentException.class, () -> add(Route.get("/hello", says("again"))));
        assertThrows(
                IllegalArgumentException.class, () -> Route.get("/x", says("x")).matching(Match.BELOW));
        assertThrows(IllegalArgumentException.class, () -> Route.get("x", says("x")));
    }

    @Test
    void preflight_forAllOrigins_allowsWhatSdksSend() throws IOException {
        assertEquals(crlf("""
                HTTP/1.1 204 No Content
                Access-Control-Allow-Methods: POST, OPTIONS
                Access-Control-Max-Age: 86400
                Access-Control-Allow-Headers: authorization, content-type, x-retry-count
                Access-Control-Allow-Origin: *
                Access-Control-Expose-Headers: Retry-After

                """), ask("""
                OPTIONS /v1/batch HTTP/1.1
                Host: a
                Origin: https://shop.example.com
                Access-Control-Request-Method: POST
                Access-Control-Request-Headers: authorization,content-type""").head());
    }

    @Test
    void answersForAllOrigins_areReadable_alsoWhenTheServerRefusesItself() throws IOException {
        RawClient.Answer handled = ask("POST /v1/batch HTTP/1.1\nHost: a\nOrigin: https://x.example.com");
        assertEquals("*", handled.header("Access-Control-Allow-Origin"));
        assertEquals("Retry-After", handled.header("Access-Control-Expose-Headers"));
        RawClient.Answer refused =
                ask("POST /v1/batch HTTP/1.1\nHost: a\nOrigin: https://x.example.com\nContent-Length: 5000");
        assertEquals(413, refused.status());
        assertEquals("*", refused.header("Access-Control-Allow-Origin"));
        assertEquals("*", ask("GET /v1/batch HTTP/1.1\nHost: a").header("Access-Control-Allow-Origin"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, 200",
        "https://app.example.com:8443, 403",
        "http://app.example.com, 403",
        "https://app.example.com., 403",
        "https://APP.example.com, 403",
        "https://app.example.com.evil.com, 403",
        "https://evil-app.example.com, 403",
        "https://user@app.example.com, 403",
        "null, 403"
    })
    void listedOrigins_areExact(String origin, int status) throws IOException {
        RawClient.Answer answer = ask("POST /publications HTTP/1.1\nHost: a\nOrigin: " + origin);
        assertEquals(status, answer.status());
        assertEquals(status == 200 ? origin : "", answer.header("Access-Control-Allow-Origin"));
        assertEquals("Origin", answer.header("Vary"));
    }

    @Test
    void requestWithoutOrigin_isNotAPage_andPasses() throws IOException {
        RawClient.Answer answer = ask("POST /publications HTTP/1.1\nHost: a");
        assertEquals(200, answer.status());
        assertEquals("", answer.header("Access-Control-Allow-Origin"));
    }

    @Test
    void preflight_ofAnUnlistedOrigin_isRefused_ofAListedOneNamesTheMethods() throws IOException {
        String preflight = "OPTIONS /publications HTTP/1.1\nHost: a\nAccess-Control-Request-Method: POST\nOrigin: ";
        assertEquals(403, ask(preflight + "https://evil.example.com").status());
        RawClient.Answer answer = ask(preflight + "https://app.example.com");
        assertEquals(204, answer.status());
        assertEquals("GET, HEAD, POST, OPTIONS", answer.header("Access-Control-Allow-Methods"));
        assertEquals("authorization", answer.header("Access-Control-Allow-Headers"));
    }

    @Test
    void plainOptions_namesTheMethods() throws IOException {
        RawClient.Answer answer = ask("OPTIONS /hello HTTP/1.1\nHost: a");
        assertEquals(204, answer.status());
        assertEquals("GET, HEAD, OPTIONS", answer.header("Allow"));
    }
}
