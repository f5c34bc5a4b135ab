package dev.heliograph.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two readers could take for different ones, and what else a hostile peer may send: each is answered once, and what stands behind it is
 * never taken for a request. Every row is followed by {@link #SMUGGLED}, which reaches its handler only where a row says that the connection lives on.
 */
final class HttpSmugglingTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n";
    private static final String POST = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final AtomicInteger SMUGGLED_HITS = new AtomicInteger();

    private static TestServer server;
    private static LeakWatch leaks;

    @BeforeAll
    static void start() throws Exception {
        leaks = new LeakWatch();
        server = new TestServer(LimitsConfig.DEFAULT);
        server.router.add(Route.get("/smuggled", (request, respond) -> {
            SMUGGLED_HITS.incrementAndGet();
            respond.accept(Response.text(200, "smuggled"));
        }));
        server.router.upgrade("/ws", upgrade -> upgrade.refuse(Response.text(403, "no")));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        assertEquals(List.of(), leaks.leaks());
        assertEquals(List.of(), leaks.failures());
        leaks.close();
    }

    /**
     * @param raw what is sent before the smuggled request
     * @param statuses of all answers, in order, until the server closes or the client has ended its sending
     */
    record Row(String name, String raw, List<Integer> statuses) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row bad(String name, String raw) {
        return new Row(name, raw, List.of(400));
    }

    private static Row one(String name, int status, String raw) {
        return new Row(name, raw, List.of(status));
    }

    /** A request that is right, so that the next one is a request too. */
    private static Row fine(String name, String raw) {
        return new Row(name, raw, List.of(200, 200));
    }

    private static String get(String target, String... fields) {
        var head = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: a\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    static Stream<Row> rows() {
        return Stream.of(
                        framing(),
                        transferEncodings(),
                        chunks(),
                        lines(),
                        hosts(),
                        targets(),
                        versions(),
                        sizes(),
                        upgrades())
                .flatMap(List::stream);
    }

    private static List<Row> framing() {
        return List.of(
                fine("no body", get("/hello")),
                fine("a length", POST + "Content-Length: 5\r\n\r\nabcde"),
                fine("a length with white space before it", POST + "Content-Length:   5\r\n\r\nabcde"),
                fine("one empty line before the request", "\r\n" + get("/hello")),
                bad("two empty lines before the request", "\r\n\r\n" + get("/hello")),
                bad("length and chunked", POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                bad("chunked and length", POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
                bad("two lengths that differ", POST + "Content-Length: 5\r\nContent-Length: 0\r\n\r\nabcde"),
                bad("two lengths that agree", POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"),
                bad("length list", POST + "Content-Length: 5,5\r\n\r\nabcde"),
                bad("length with plus", POST + "Content-Length: +5\r\n\r\nabcde"),
                bad("length with minus", POST + "Content-Length: -5\r\n\r\nabcde"),
                bad("length in hex", POST + "Content-Length: 0x5\r\n\r\nabcde"),
                bad("length of 20 digits", POST + "Content-Length: 99999999999999999999\r\n\r\nabcde"),
                bad("empty length", POST + "Content-Length:\r\n\r\nabcde"),
                bad("length with inner space", POST + "Content-Length: 5 5\r\n\r\nabcde"),
                one("length over the bound", 413, POST + "Content-Length: 1001\r\n\r\n"),
                one("length near 2^63", 413, POST + "Content-Length: 922337203685477580\r\n\r\n"),
                one("body where none is taken", 413, get("/hello", "Content-Length: 5") + "abcde"),
                one("body on an unknown path", 404, "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\n"),
                one("body with a wrong method", 405, "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 36\r\n\r\n"),
                one("unknown expectation", 417, POST + "Expect: 200-maybe\r\nContent-Length: 0\r\n\r\n"),
                fine("expectation without a body", get("/hello", "Expect: 100-continue")));
    }

    private static List<Row> transferEncodings() {
        return List.of(
                fine("chunked", CHUNKED + "3\r\nabc\r\n0\r\n\r\n"),
                fine("chunked in capitals", POST + "TRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
                bad("chunked twice in a list", POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                bad(
                        "chunked twice in two lines",
                        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                bad(
                        "identity on a second line",
                        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
                bad("identity", POST + "Transfer-Encoding: identity\r\n\r\n"),
                bad("gzip, chunked", POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                bad("xchunked", POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                bad("chunked with a vertical tab", POST + "Transfer-Encoding: chunked\u000b\r\n\r\n0\r\n\r\n"),
                bad("chunked with a parameter", POST + "Transfer-Encoding: Chunked ;q=1\r\n\r\n0\r\n\r\n"),
                bad("empty transfer encoding", POST + "Transfer-Encoding:\r\n\r\n"),
                bad("space before its colon", POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
                bad("chunked on 1.0", "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                bad(
                        "both on 1.0",
                        "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"));
    }

    private static List<Row> chunks() {
        return List.of(
                fine("chunk extension", CHUNKED + "3;a=b\r\nabc\r\n0\r\n\r\n"),
                bad("trailer", CHUNKED + "3\r\nabc\r\n0\r\nX: y\r\n\r\n"),
                bad("size with 0x", CHUNKED + "0x3\r\nabc\r\n0\r\n\r\n"),
                bad("size of 16 digits", CHUNKED + "ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
                bad("size of 8 digits", CHUNKED + "ffffffff\r\nabc\r\n0\r\n\r\n"),
                bad("negative size", CHUNKED + "-3\r\nabc\r\n0\r\n\r\n"),
                bad("size with plus", CHUNKED + "+3\r\nabc\r\n0\r\n\r\n"),
                bad("empty size", CHUNKED + "\r\nabc\r\n0\r\n\r\n"),
                bad("space before size", CHUNKED + " 3\r\nabc\r\n0\r\n\r\n"),
                bad("size with a vertical tab", CHUNKED + "3\u000b\r\nabc\r\n0\r\n\r\n"),
                bad("size ended by a bare LF", CHUNKED + "3\nabc\r\n0\r\n\r\n"),
                bad("size ended by a bare CR", CHUNKED + "3\rabc\r\n0\r\n\r\n"),
                bad("extension with a bare LF", CHUNKED + "3;a\nb\r\nabc\r\n0\r\n\r\n"),
                bad("data longer than its size", CHUNKED + "3\r\nabcd\r\n0\r\n\r\n"),
                bad("data ended by a bare LF", CHUNKED + "3\r\nabc\n0\r\n\r\n"),
                bad("extension of 64 KiB", CHUNKED + "3;" + "x".repeat(65_536) + "\r\nabc\r\n0\r\n\r\n"),
                bad("folded trailer", CHUNKED + "3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n"),
                bad("trailer without colon", CHUNKED + "3\r\nabc\r\n0\r\nfoo bar\r\n\r\n"),
                bad("trailers of 64 KiB", CHUNKED + "3\r\nabc\r\n0\r\nX: " + "x".repeat(65_536) + "\r\n\r\n"),
                bad("missing last CR LF", CHUNKED + "3\r\nabc\r\n0\r\n"),
                one("chunks over the bound", 413, CHUNKED + "3e9\r\n" + "x".repeat(1_001) + "\r\n0\r\n\r\n"));
    }

    private static List<Row> lines() {
        return List.of(
                bad("folded field", get("/hello", "X: 1", " 2")),
                bad("folded with a tab", get("/hello", "X: 1", "\tContent-Length: 36")),
                bad("white space before the first field", "GET /hello HTTP/1.1\r\n Host: a\r\n\r\n"),
                bad("space before a colon", get("/hello", "X : 1")),
                bad("field without a colon", get("/hello", "foo")),
                bad("field without a name", get("/hello", ": 1")),
                bad("name with a parenthesis", get("/hello", "X(Y): 1")),
                bad("bare LF everywhere", "GET /hello HTTP/1.1\nHost: a\n\n"),
                bad("bare LF after a field", "GET /hello HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"),
                bad("bare CR in a field", get("/hello", "X: 1\rContent-Length: 36")),
                bad("CR CR LF", "GET /hello HTTP/1.1\r\r\nHost: a\r\n\r\n"),
                bad("NUL in a field", get("/hello", "X: a\u0000b")),
                bad("DEL in a field", get("/hello", "X: a\u007fb")),
                bad("NUL before the request", "\u0000" + get("/hello")),
                bad("control bytes before the request", "\u0001\u001f" + get("/hello")),
                bad("space before the request", " " + get("/hello")),
                bad("a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"));
    }

    private static List<Row> hosts() {
        return List.of(
                fine("absolute target of the same host", "GET http://a/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("no host", "GET /hello HTTP/1.1\r\n\r\n"),
                bad("two hosts", get("/hello", "Host: b")),
                bad("the same host twice", get("/hello", "Host: a")),
                bad("empty host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"),
                bad("host list", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n"),
                bad("host with a path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                bad("host with user information", "GET /hello HTTP/1.1\r\nHost: u@a\r\n\r\n"),
                bad("absolute target of another host", "GET http://evil/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("absolute target of another port", "GET http://a:1/hello HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("absolute target without host", "GET http:///hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    private static List<Row> targets() {
        return List.of(
                fine("escaped letter", get("/h%65llo?a=%2e%2e&b=//")),
                bad("dot segments", get("/x/../hello")),
                bad("escaped dot segments", get("/x/%2e%2e/hello")),
                bad("half escaped dot segments", get("/x/.%2E/hello")),
                bad("dot segment at the end", get("/hello/..")),
                bad("single dot", get("/./hello")),
                bad("empty segment", get("//hello")),
                bad("escaped slash", get("/x%2fhello")),
                bad("backslash", get("/x\\hello")),
                bad("escaped backslash", get("/x%5Chello")),
                bad("escaped NUL", get("/hello%00")),
                bad("escaped line feed", get("/hello%0d%0aX:%201")),
                bad("broken escape", get("/hello%4")),
                bad("overlong UTF-8", get("/hello%c0%ae")),
                bad("fragment", get("/hello#x")),
                bad("control byte in the target", get("/hel\u0001lo")),
                bad("byte over 127 in the target", get("/hel\u00e9lo")),
                bad("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("authority", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"),
                bad("relative path", get("hello")),
                bad("other scheme", get("file:///hello")),
                one("unknown path behind an escape of an escape", 404, get("/x%252e%252e", "Connection: close")));
    }

    private static List<Row> versions() {
        return List.of(
                bad("HTTP/0.9", "GET /hello\r\n\r\n"),
                bad("HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: a\r\n\r\n"),
                bad("HTTP/2.0", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n"),
                bad("HTTP/01.1", "GET /hello HTTP/01.1\r\nHost: a\r\n\r\n"),
                bad("http/1.1", "GET /hello http/1.1\r\nHost: a\r\n\r\n"),
                bad("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                bad("lower-case method", "get /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("method with a slash", "G/T /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("tab between", "GET\t/hello\tHTTP/1.1\r\nHost: a\r\n\r\n"),
                bad("space at the end", "GET /hello HTTP/1.1 \r\nHost: a\r\n\r\n"),
                bad("short first line", "G  \r\nHost: a\r\n\r\n"),
                one("HTTP/1.0 ends by itself", 200, "GET /hello HTTP/1.0\r\n\r\n"));
    }

    private static List<Row> sizes() {
        var fields = new ArrayList<String>();
        for (int i = 0; i < 200; i++) {
            fields.add("X-" + i + ": y");
        }
        String[] hundred = fields.subList(0, 99).toArray(String[]::new);
        return List.of(
                fine("100 fields", get("/hello", hundred)),
                bad("200 fields", get("/hello", fields.toArray(String[]::new))),
                fine("token of 8 KiB", get("/hello?token=" + "x".repeat(8_192))),
                one("line over 16 KiB", 414, get("/hello?token=" + "x".repeat(16_384))),
                fine("field of 9 KiB", get("/hello", "X: " + "x".repeat(9_216))),
                one("field over 16 KiB", 431, get("/hello", "X: " + "x".repeat(16_384))),
                one("endless line", 414, "GET /" + "x".repeat(100_000)));
    }

    private static List<Row> upgrades() {
        String ws = "Upgrade: websocket";
        return List.of(
                one("request behind an upgrade", 403, get("/ws", ws, "Connection: Upgrade")),
                one("upgrade to two protocols", 403, get("/ws", "Upgrade: websocket, h2c", "Connection: Upgrade")),
                bad("upgrade and close", get("/ws", ws, "Connection: close, Upgrade")),
                bad("upgrade not named by Connection", get("/ws", ws)),
                bad("upgrade with a body", get("/ws", ws, "Connection: Upgrade", "Content-Length: 5") + "abcde"),
                one("plain request there", 426, get("/ws", "Connection: close")),
                one(
                        "upgrade on HTTP/1.0",
                        426,
                        "GET /ws HTTP/1.0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
                one(
                        "upgrade by POST",
                        426,
                        "POST /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n"),
                fine(
                        "h2c is not spoken",
                        get(
                                "/hello",
                                "Upgrade: h2c",
                                "Connection: Upgrade, HTTP2-Settings",
                                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")),
                bad("dot segments to a path", get("/ws/../smuggled")));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void request_isAnsweredAsItsRowSays_andNothingBehindItIsTakenForARequest(Row row) throws Exception {
        int before = SMUGGLED_HITS.get();
        try (RawClient client = server.connect()) {
            client.send(row.raw() + SMUGGLED).endSending();
            List<RawClient.Answer> answers = client.readToEnd();
            assertEquals(
                    row.statuses(),
                    answers.stream().map(RawClient.Answer::status).toList());
            RawClient.Answer last = answers.getLast();
            boolean livesOn = row.statuses().size() == 2;
            assertTrue(livesOn || last.header("Connection").startsWith("close"), last.head());
            assertEquals(livesOn ? 1 : 0, SMUGGLED_HITS.get() - before);
        }
    }

    static Stream<Row> shortRows() {
        return rows().filter(row -> row.raw().length() < 400);
    }

    @ParameterizedTest
    @MethodSource("shortRows")
    void requestInSingleBytes_isAnsweredTheSame(Row row) throws Exception {
        int before = SMUGGLED_HITS.get();
        try (RawClient client = server.connect()) {
            for (char c : (row.raw() + SMUGGLED).toCharArray()) {
                client.sendUnlessClosed(c);
            }
            client.endSending();
            assertEquals(
                    row.statuses(),
                    client.readToEndOrReset().stream()
                            .map(RawClient.Answer::status)
                            .toList());
            assertEquals(row.statuses().size() == 2 ? 1 : 0, SMUGGLED_HITS.get() - before);
        }
    }

    @Test
    void table_isAsLongAsTheReferenceAsksFor() {
        assertTrue(rows().count() >= 45);
    }
}
