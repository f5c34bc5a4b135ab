package dev.heliograph.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.webhook.Poster.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What counts as taken, and that nothing lasts longer than it may. */
final class PosterTest {
    private static final AppKey KEY = new AppKey("key", "secret");
    private static final byte[] BODY = {'{', '}'};

    private final CountDownLatch testEnd = new CountDownLatch(1);
    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        testEnd.countDown();
        receiver.close();
    }

    private Outcome post(Poster poster) throws InterruptedException {
        return poster.post(receiver.url("/"), BODY, KEY);
    }

    @Test
    void only2xx_isTaken() throws Exception {
        try (var poster = new Poster(30_000)) {
            for (int status : List.of(200, 201, 204, 299)) {
                receiver.answers(status);
                assertEquals(new Outcome.Taken(), post(poster));
            }
            for (int status : List.of(300, 301, 304, 307, 400, 401, 404, 410, 429, 500, 503)) {
                receiver.answers(status);
                assertEquals(new Outcome.Failed("answered with status " + status), post(poster));
            }
        }
    }

    @Test
    void noAnswer_isAFailureInTime() throws Exception {
        receiver.behaves((exchange, _) -> {
            Receiver.awaitThat(() -> testEnd.getCount() == 0, "the test's end");
            return 0;
        });
        try (var poster = new Poster(100)) {
            assertEquals(new Outcome.Failed("gave no whole answer within 100 ms"), post(poster));
        }
    }

    @Test
    void anAnswerThatDrips_isAFailureInTime() throws Exception {
        receiver.behaves((exchange, _) -> {
            exchange.sendResponseHeaders(200, 0);
            while (testEnd.getCount() > 0) {
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                LockSupport.parkNanos(20_000_000);
            }
            return 200;
        });
        try (var poster = new Poster(300)) {
            assertEquals(new Outcome.Failed("gave no whole answer within 300 ms"), post(poster));
        }
    }

    @Test
    void close_endsWhatIsUnderWay_withoutAVerdict() throws Exception {
        var arrived = new CountDownLatch(1);
        receiver.behaves((exchange, _) -> {
            arrived.countDown();
            Receiver.awaitThat(() -> testEnd.getCount() == 0, "the test's end");
            return 0;
        });
        var poster = new Poster(60_000);
        var outcome = new CompletableFuture<Outcome>();
        Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(post(poster));
            } catch (InterruptedException e) {
                outcome.completeExceptionally(e);
            }
        });
        arrived.await();
        poster.close();
        assertEquals(new Outcome.Unknown(), outcome.get(30, TimeUnit.SECONDS));
        assertInstanceOf(Outcome.Unknown.class, post(poster));
    }
}
