package dev.heliograph.http;

import static dev.heliograph.http.RawClient.crlf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HttpRefusal;
import dev.heliograph.metrics.StatusClass;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
final class HttpServerTest {
    private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    private final LeakWatch watch = new LeakWatch();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(LimitsConfig.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertEquals(0, server.http.bodyBytesHeld());
        assertEquals(0, server.http.connectionsOpen());
        assertEquals(List.of(), watch.leaks());
        watch.close();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void connection_isKeptAlive_onEveryTransport(Transport transport) throws Exception {
        try (var other = new TestServer(LimitsConfig.DEFAULT, transport, new BodyWorkers(1));
                var client = other.connect()) {
            assertEquals("hello", client.send(HELLO).read().text());
            client.send(crlf("""
                    POST /echo HTTP/1.1
                    Host: a
                    Content-Length: 3

                    abc"""));
            assertEquals("abc", client.read().text());
            assertEquals(2, other.metrics.value(Count.HTTP_ANSWERS, StatusClass.SUCCESS));
            assertEquals(1, other.metrics.value(Count.HTTP_CONNECTIONS));
        }
    }

    @Test
    void answer_hasItsLengthAndNoConnectionField_whileAlive() throws Exception {
        try (var client = server.connect()) {
            assertEquals(crlf("""
                    HTTP/1.1 200 OK
                    Content-Type: text/plain; charset=utf-8
                    Content-Length: 5

                    """), client.send(HELLO).read().head());
        }
    }

    @Test
    void head_isAnsweredAsGetWithoutBody() throws Exception {
        try (var client = server.connect()) {
            client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO);
            assertEquals("5", client.readAnswerTo("HEAD").header("Content-Length"));
            assertEquals("hello", client.read().text());
        }
    }

    @Test
    void http10_isClosedUnlessItAsksToLive() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertEquals("keep-alive", client.read().header("Connection"));
            client.send("GET /hello HTTP/1.0\r\n\r\n");
            assertEquals("close", client.read().header("Connection"));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void connectionClose_isAnsweredAndClosed() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertEquals("close", client.read().header("Connection"));
            assertTrue(client.isEnded());
        }
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder_thoughTheFirstIsAnsweredLast() throws Exception {
        var waiting = new LinkedBlockingQueue<Consumer<Response>>();
        server.router.add(Route.get("/later", (request, respond) -> waiting.add(respond)));
        try (var client = server.connect()) {
            client.send("GET /later?n=1 HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO
                    + "GET /later?n=2 HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO);
            Consumer<Response> first = waiting.take();
            assertEquals(0, waiting.size(), "one request at a time");
            first.accept(Response.text(200, "first"));
            assertEquals("first", client.read().text());
            assertEquals("hello", client.read().text());
            waiting.take().accept(Response.text(200, "second"));
            assertEquals("second", client.read().text());
            assertEquals("hello", client.read().text());
        }
    }

    @Test
    void thousandsOfPipelinedRequests_withAnswersLargerThanTheSocketTakes_areAllAnswered() throws Exception {
        int requests = 3_000;
        byte[] large = new byte[20_000];
        server.router.add(
                Route.get("/large", (request, respond) -> respond.accept(new Response(200, Map.of(), large))));
        try (var client = server.connect()) {
            var sending = Thread.ofVirtual().start(() -> {
                try {
                    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(requests));
                } catch (IOException broken) {
                    throw new java.io.UncheckedIOException(broken);
                }
            });
            for (int i = 0; i < requests; i++) {
                assertEquals(large.length, client.read().body().length);
            }
            sending.join();
        }
    }

    @Test
    void clientThatEndedItsSending_stillGetsAllAnswers() throws Exception {
        var waiting = new LinkedBlockingQueue<Consumer<Response>>();
        server.router.add(Route.get("/later", (request, respond) -> waiting.add(respond)));
        try (var client = server.connect()) {
            client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO).endSending();
            waiting.take().accept(Response.text(200, "later"));
            assertEquals(
                    List.of("later", "hello"),
                    client.readToEnd().stream().map(RawClient.Answer::text).toList());
        }
    }

    @Test
    void smallBody_isHandledOnALoop_largeAndCompressedOnVirtualThreads() throws Exception {
        var limits = new BodyLimits(100_000, 100_000, reason -> Response.text(413, reason));
        server.router.add(Route.post(
                "/where",
                limits,
                (request, respond) -> respond.accept(
                        Response.text(200, Thread.currentThread().isVirtual() + " " + request.body().length))));
        try (var client = server.connect()) {
            assertEquals(
                    "false 16384", client.send(post("/where", 16_384)).read().text());
            assertEquals(
                    "true 16385", client.send(post("/where", 16_385)).read().text());
        }
    }

    private static String post(String path, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length);
    }

    @Test
    void largeBodies_beyondWorkersAndQueue_areRefusedWith429_andTheConnectionLives() throws Exception {
        var limits = new BodyLimits(100_000, 0, reason -> Response.text(413, reason));
        var started = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (var busy = new TestServer(LimitsConfig.DEFAULT, Transport.AUTO, new BodyWorkers(1, 1));
                var first = busy.connect();
                var second = busy.connect();
                var third = busy.connect()) {
            busy.router.add(Route.post("/block", limits, (request, respond) -> {
                started.countDown();
                await(release);
                respond.accept(Response.text(200, "done"));
            }));
            first.send(post("/block", 20_000));
            started.await();
            second.send(post("/block", 20_000));
            TestServer.until(() -> busy.http.bodyBytesHeld() >= 40_000);
            RawClient.Answer refused = third.send(post("/block", 20_000)).read();
            assertEquals(429, refused.status());
            assertEquals("1", refused.header("Retry-After"));
            assertEquals(1, busy.metrics.value(Count.HTTP_REFUSED, HttpRefusal.OVERLOAD));
            assertEquals("hello", third.send(HELLO).read().text());
            release.countDown();
            assertEquals("done", first.read().text());
            assertEquals("done", second.read().text());
            assertEquals(0, busy.http.bodyBytesHeld());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void handlerThatThrows_isAnsweredWithAReferenceAndNothingElse() throws Exception {
        server.router.add(Route.get("/broken", (request, respond) -> {
            throw new IllegalStateException("secret detail");
        }));
        try (var client = server.connect()) {
            RawClient.Answer answer =
                    client.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertEquals(500, answer.status());
            assertFalse(answer.text().contains("secret"), answer.text());
            String reference = answer.text().replaceAll("(?s).*\"reference\":\"([^\"]+)\".*", "$1");
            assertTrue(watch.failures().getLast().contains(reference), answer.text());
            assertEquals("hello", client.send(HELLO).read().text());
        }
    }

    @Test
    void answerWithALineBreakInAHeader_isNotWritten() throws Exception {
        server.router.add(Route.get(
                "/split",
                (request, respond) -> respond.accept(Response.empty(200).with("X-Split", "a\r\nSet-Cookie: b=c"))));
        try (var client = server.connect()) {
            RawClient.Answer answer =
                    client.send("GET /split HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertEquals(500, answer.status());
            assertFalse(answer.head().contains("Set-Cookie"));
        }
    }

    @Test
    void secondAnswer_isDropped() throws Exception {
        server.router.add(Route.get("/twice", (request, respond) -> {
            respond.accept(Response.text(200, "one"));
            respond.accept(Response.text(200, "two"));
        }));
        try (var client = server.connect()) {
            client.send("GET /twice HTTP/1.1\r\nHost: a\r\n\r\n" + HELLO);
            assertEquals("one", client.read().text());
            assertEquals("hello", client.read().text());
        }
    }

    @Test
    void unknownPath_is404_wrongMethodIs405WithAllow() throws Exception {
        try (var client = server.connect()) {
            assertEquals(
                    404,
                    client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
                            .read()
                            .status());
            RawClient.Answer wrong =
                    client.send("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n").read();
            assertEquals(405, wrong.status());
            assertEquals("GET, HEAD, OPTIONS", wrong.header("Allow"));
            assertEquals(1, server.metrics.value(Count.HTTP_REFUSED, HttpRefusal.NOT_FOUND));
            assertEquals(1, server.metrics.value(Count.HTTP_REFUSED, HttpRefusal.METHOD));
        }
    }

    @Test
    void connectionsOverTheBound_areAnsweredWith503_andThoseWithinLive() throws Exception {
        try (var small = new TestServer(TestServer.limits(2, 5_000, 5_000, 5_000));
                var first = small.connect();
                var second = small.connect()) {
            first.send(HELLO).read();
            second.send(HELLO).read();
            try (var third = small.connect()) {
                RawClient.Answer answer = third.send(HELLO).read();
                assertEquals(503, answer.status());
                assertEquals("1", answer.header("Retry-After"));
                assertTrue(third.isEnded());
            }
            assertEquals("hello", first.send(HELLO).read().text());
            assertEquals(1, small.metrics.value(Count.HTTP_REFUSED, HttpRefusal.CONNECTIONS));
        }
    }

    @Test
    void close_letsTheRequestInFlightFinish_closesTheIdle_andAcceptsNoMore() throws Exception {
        var waiting = new LinkedBlockingQueue<Consumer<Response>>();
        server.router.add(Route.get("/later", (request, respond) -> waiting.add(respond)));
        try (var busy = server.connect();
                var idle = server.connect()) {
            idle.send(HELLO).read();
            busy.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
            Consumer<Response> respond = waiting.take();
            CompletableFuture<Void> closed = server.http.close(60_000);
            assertTrue(idle.isEnded());
            assertFalse(closed.isDone());
            assertThrows(IOException.class, server::connect);
            respond.accept(Response.text(200, "finished"));
            RawClient.Answer answer = busy.read();
            assertEquals("finished", answer.text());
            assertEquals("close", answer.header("Connection"));
            closed.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void close_endsWhatIsNotAnsweredByTheDeadline() throws Exception {
        var called = new CountDownLatch(1);
        server.router.add(Route.get("/never", (request, respond) -> called.countDown()));
        try (var client = server.connect()) {
            client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
            called.await();
            server.http.close(50).get(10, TimeUnit.SECONDS);
            assertTrue(client.isEnded());
        }
    }

    @Test
    void clientThatResets_whileItsBodyIsRead_leavesNothingBehind() throws Exception {
        try (var client = server.connect()) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n" + "x".repeat(500));
            TestServer.until(() -> server.http.bodyBytesHeld() > 0);
            client.reset();
            TestServer.until(() -> server.http.connectionsOpen() == 0);
            TestServer.until(() -> server.http.bodyBytesHeld() == 0);
        }
    }

    @Test
    void clientThatResets_afterItEndedItsSending_leavesNothingBehind() throws Exception {
        var waiting = new LinkedBlockingQueue<Consumer<Response>>();
        server.router.add(Route.post("/later", TestServer.SMALL, (request, respond) -> waiting.add(respond)));
        try (var client = server.connect()) {
            client.send(post("/later", 500)).endSending();
            Consumer<Response> respond = waiting.take();
            client.reset();
            respond.accept(Response.text(200, "to nobody"));
            TestServer.until(() -> server.http.connectionsOpen() == 0);
            assertEquals(0, server.http.bodyBytesHeld());
        }
    }

    @Test
    void portInUse_isSaidWithHostAndPort() {
        int port = server.http.address().getPort();
        var failure = assertThrows(
                IOException.class,
                () -> HttpServer.start(
                        new Listener("second", "127.0.0.1", port),
                        server.router,
                        server.loops,
                        LimitsConfig.DEFAULT,
                        new BodyWorkers(1),
                        server.metrics));
        assertTrue(failure.toString().contains("127.0.0.1:" + port), failure.toString());
    }

    @Test
    void loops_answerAHeartbeat_unlessOneIsHeldUp() throws Exception {
        assertTrue(server.loops.answerWithin(10_000).get());
        var release = new CountDownLatch(1);
        server.loops.group().next().execute(() -> await(release));
        assertFalse(server.loops.answerWithin(50).get());
        release.countDown();
    }
}
