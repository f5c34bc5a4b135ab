package dev.heliograph.http;

import static dev.heliograph.http.RawClient.crlf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HttpRefusal;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class HttpBodyTest {
    private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final byte[] JSON = "{\"event\":\"Order Completed\"}".getBytes(StandardCharsets.UTF_8);
    private static final int MEGA = 1 << 20;

    private static TestServer server;
    private static LeakWatch watch;

    @BeforeAll
    static void start() throws Exception {
        watch = new LeakWatch();
        server = new TestServer(LimitsConfig.DEFAULT);
        var limits = new BodyLimits(MEGA, 4 * MEGA, reason -> Errors.json(400, "too_large", reason));
        server.router.add(Route.post(
                "/batch",
                limits,
                (request, respond) -> respond.accept(Response.text(200, Integer.toString(request.body().length)))));
        server.router.add(Route.post(
                "/plain",
                new BodyLimits(1_000, 0, reason -> Errors.json(413, "too_large", reason)),
                (request, respond) -> respond.accept(Response.text(200, "plain"))));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        assertEquals(0, server.http.bodyBytesHeld());
        assertEquals(List.of(), watch.leaks());
        assertEquals(List.of(), watch.failures());
        watch.close();
    }

    /** @param body as it goes over the wire */
    record Sent(String name, String encoding, byte[] body, int status) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sent> encoded() throws IOException {
        byte[] gzip = gzip(JSON);
        byte[] empty = gzip(new byte[0]);
        return Stream.of(
                new Sent("identity", "identity", JSON, 200),
                new Sent("gzip", "gzip", gzip, 200),
                new Sent("gzip in capitals", "GZIP", gzip, 200),
                new Sent("x-gzip", "x-gzip", gzip, 200),
                new Sent("gzip with all header fields", "gzip", gzipWithFields(), 200),
                new Sent("gzip of two members", "gzip", joined(gzip(first(JSON)), gzip(rest(JSON))), 200),
                new Sent("gzip with an empty member", "gzip", joined(gzip, empty), 200),
                new Sent("deflate as zlib", "deflate", deflate(JSON, false), 200),
                new Sent("deflate raw", "deflate", deflate(JSON, true), 200),
                new Sent("gzip cut in its data", "gzip", Arrays.copyOf(gzip, 15), 400),
                new Sent("gzip cut in its trailer", "gzip", Arrays.copyOf(gzip, gzip.length - 1), 400),
                new Sent("gzip cut in its header", "gzip", Arrays.copyOf(gzip, 5), 400),
                new Sent("gzip with a cut second member", "gzip", joined(gzip, Arrays.copyOf(gzip, 3)), 400),
                new Sent("gzip with something behind", "gzip", joined(gzip, JSON), 400),
                new Sent("gzip with a wrong check sum", "gzip", changed(gzip, gzip.length - 8), 400),
                new Sent("gzip with a wrong length", "gzip", changed(gzip, gzip.length - 4), 400),
                new Sent("gzip with reserved flags", "gzip", changed(gzip, 3), 400),
                new Sent("not gzip at all", "gzip", JSON, 400),
                new Sent("deflate cut", "deflate", Arrays.copyOf(deflate(JSON, false), 12), 400),
                new Sent("deflate with something behind", "deflate", joined(deflate(JSON, true), JSON), 400),
                new Sent("not deflate at all", "deflate", JSON, 400),
                new Sent("brotli", "br", JSON, 415),
                new Sent("two encodings", "gzip, gzip", gzip(gzip), 415),
                new Sent("empty encoding", "", JSON, 415));
    }

    @ParameterizedTest
    @MethodSource("encoded")
    void encodedBody_arrivesAsTheProducerMeantIt_orIsRefused(Sent sent) throws Exception {
        try (var client = server.connect()) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: " + sent.encoding()
                            + "\r\nContent-Length: " + sent.body().length + "\r\n\r\n")
                    .send(sent.body());
            RawClient.Answer answer = client.read();
            assertEquals(sent.status(), answer.status(), answer.text());
            if (sent.status() == 200) {
                assertEquals(text(JSON), answer.text());
            }
        }
    }

    @Test
    void compressedBody_whereNoneIsTaken_is415() throws Exception {
        try (var client = server.connect()) {
            client.send("POST /plain HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde");
            RawClient.Answer answer = client.read();
            assertEquals(415, answer.status());
            assertEquals("gzip, deflate", answer.header("Accept-Encoding"));
        }
    }

    @Test
    void gzipBomb_isRefusedInTheRoutesOwnWords_andItsConnectionLives() throws Exception {
        byte[] bomb = gzip(new byte[64 * MEGA]);
        assertTrue(bomb.length < 70_000, "64 KiB that become 64 MiB");
        double before = server.metrics.value(Count.HTTP_REFUSED, HttpRefusal.BODY_TOO_LARGE);
        try (var client = server.connect()) {
            client.send("POST /batch HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: " + bomb.length
                            + "\r\n\r\n")
                    .send(bomb);
            RawClient.Answer answer = client.read();
            assertEquals(400, answer.status());
            assertTrue(answer.text().contains("4194304 bytes when it is decompressed"), answer.text());
            assertEquals("hello", client.send(HELLO).read().text());
        }
        assertEquals(1, server.metrics.value(Count.HTTP_REFUSED, HttpRefusal.BODY_TOO_LARGE) - before);
    }

    @Test
    void inflation_ofABomb_allocatesInProportionToItsBound() throws Exception {
        byte[] bomb = gzip(new byte[64 * MEGA]);
        var limits = new BodyLimits(MEGA, MEGA, reason -> Response.text(413, reason));
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        assertThrows(Refused.class, () -> Inflation.inflate(ContentEncoding.GZIP, bomb, limits));
        assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 4 * MEGA);
    }

    @Test
    void inflatedBody_ofExactlyTheBound_passes_oneByteMoreDoesNot() throws Exception {
        var limits = new BodyLimits(MEGA, 10_000, reason -> Response.text(413, reason));
        assertEquals(10_000, Inflation.inflate(ContentEncoding.GZIP, gzip(new byte[10_000]), limits).length);
        byte[] more = gzip(new byte[10_001]);
        assertThrows(Refused.class, () -> Inflation.inflate(ContentEncoding.GZIP, more, limits));
    }

    @Test
    void chunkedGzip_isBoth() throws Exception {
        byte[] gzip = gzip(new byte[300_000]);
        try (var client = server.connect()) {
            client.send(
                    "POST /batch HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (byte b : gzip) {
                client.send("1\r\n").send(new byte[] {b}).send("\r\n");
            }
            assertEquals("300000", client.send("0\r\n\r\n").read().text());
        }
    }

    @Test
    void bodyOfExactlyTheBound_passes_oneByteMoreIsRefusedUnread() throws Exception {
        try (var client = server.connect()) {
            client.send("POST /batch HTTP/1.1\r\nHost: a\r\nContent-Length: " + MEGA + "\r\n\r\n")
                    .send(new byte[MEGA]);
            assertEquals(Integer.toString(MEGA), client.read().text());
            client.send("POST /batch HTTP/1.1\r\nHost: a\r\nContent-Length: " + (MEGA + 1) + "\r\n\r\n");
            RawClient.Answer answer = client.read();
            assertEquals(400, answer.status());
            assertEquals("close", answer.header("Connection"));
            assertTrue(answer.text().contains("1048576 bytes"), answer.text());
        }
    }

    @Test
    void clientThatSendsOn_afterItWasRefused_stillReadsWhy() throws Exception {
        try (var client = server.connect()) {
            client.send("POST /batch HTTP/1.1\r\nHost: a\r\nContent-Length: " + 8 * MEGA + "\r\n\r\n")
                    .send(new byte[2 * MEGA]);
            assertEquals(400, client.read().status());
        }
    }

    @Test
    void continue_isSaidOnlyForABodyThatWillBeRead() throws Exception {
        try (var client = server.connect()) {
            client.send(crlf("""
                    POST /echo HTTP/1.1
                    Host: a
                    Content-Length: 3
                    Expect: 100-continue

                    """));
            assertEquals(100, client.read().status());
            assertEquals("abc", client.send("abc").read().text());
            client.send(crlf("""
                    POST /echo HTTP/1.1
                    Host: a
                    Content-Length: 3000
                    Expect: 100-continue

                    """));
            assertEquals(413, client.read().status());
            assertTrue(client.isEnded());
        }
    }

    @Test
    void continue_isNotSaidOnAnUnknownPath_norToHttp10() throws Exception {
        String expecting = "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n";
        try (var client = server.connect()) {
            client.send("POST /nowhere HTTP/1.1\r\nHost: a\r\n" + expecting);
            assertEquals(404, client.read().status());
            assertTrue(client.isEnded());
        }
        try (var client = server.connect()) {
            client.send("POST /echo HTTP/1.0\r\n" + expecting + "abc");
            assertEquals("abc", client.read().text());
        }
    }

    @Test
    void bodies_beyondTheSharedRoom_areRefusedAndGiveBackWhatTheyHeld() throws Exception {
        var room = new BodyRoom(2_000);
        var limits = new BodyLimits(10_000, 0, reason -> Response.text(413, reason));
        var chunked = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/echo");
        chunked.headers().set("Host", "a").set("Transfer-Encoding", "chunked");
        var first = new Body(RequestHead.of(chunked), limits, room);
        first.add(Unpooled.wrappedBuffer(new byte[1_500]));
        var second = new Body(RequestHead.of(chunked), limits, room);
        var refused = assertThrows(Refused.class, () -> second.add(Unpooled.wrappedBuffer(new byte[600])));
        assertEquals(429, refused.response().status());
        second.release();
        first.release();
        assertEquals(0, room.held());
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    /** FEXTRA, FNAME, FCOMMENT and FHCRC. */
    private static byte[] gzipWithFields() throws IOException {
        byte[] bare = gzip(JSON);
        byte[] head = Arrays.copyOf(bare, 10);
        head[3] = 2 | 4 | 8 | 16;
        byte[] fields = {3, 0, 'a', 'b', 'c', 'n', 0, 'c', 'o', 0, 1, 2};
        return joined(joined(head, fields), Arrays.copyOfRange(bare, 10, bare.length));
    }

    private static byte[] deflate(byte[] plain, boolean raw) throws IOException {
        var out = new ByteArrayOutputStream();
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, raw);
        try (OutputStream deflating = new DeflaterOutputStream(out, deflater)) {
            deflating.write(plain);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private static byte[] first(byte[] bytes) {
        return Arrays.copyOf(bytes, 7);
    }

    private static byte[] rest(byte[] bytes) {
        return Arrays.copyOfRange(bytes, 7, bytes.length);
    }

    private static byte[] joined(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] other = bytes.clone();
        other[at] ^= (byte) 0xff;
        return other;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
