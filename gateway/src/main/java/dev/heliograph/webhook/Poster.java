package dev.heliograph.webhook;

import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.protocol.pusher.WebhookBody;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts webhooks: to URLs of the configuration alone, without following redirects, each within a time. Any thread; blocks its caller.
 */
final class Poster implements AutoCloseable {
    /** For the whole of an exchange. */
    static final long TIMEOUT_MS = 10_000;

    private static final int WHY_LENGTH_MAX = 200;

    private final long timeoutMs;
    private final Set<Runnable> cancellations = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    // Under this object's lock:
    private @Nullable HttpClient http;

    /** What came of it. */
    sealed interface Outcome {
        record Taken() implements Outcome {}

        /** @param why for the operator */
        record Failed(String why) implements Outcome {}

        /** The poster was closed meanwhile: nobody knows. */
        record Unknown() implements Outcome {}
    }

    Poster(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    Outcome post(URI url, byte[] body, AppKey key) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Content-Type", WebhookBody.CONTENT_TYPE)
                .header("User-Agent", "Heliograph")
                .header(WebhookBody.KEY_HEADER, key.key())
                .header(WebhookBody.SIGNATURE_HEADER, key.sign(body))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        HttpClient client = http();
        if (client == null) {
            return new Outcome.Unknown();
        }
        var answer = client.sendAsync(request, _ -> new Discarded());
        Runnable cancellation = () -> answer.cancel(true);
        cancellations.add(cancellation);
        try {
            return closed ? new Outcome.Unknown() : outcome(answer);
        } finally {
            cancellations.remove(cancellation);
            cancellation.run();
        }
    }

    /** Made when first needed, as it has a thread; null: there is none any more. */
    private synchronized @Nullable HttpClient http() {
        HttpClient made = closed ? null : http;
        if (made == null && !closed) {
            made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .executor(task -> Thread.ofVirtual().name("webhook-http").start(task))
                    .build();
            http = made;
        }
        return made;
    }

    private Outcome outcome(CompletableFuture<HttpResponse<Void>> answer) throws InterruptedException {
        try {
            int status = answer.get(timeoutMs, TimeUnit.MILLISECONDS).statusCode();
            return status >= 200 && status < 300
                    ? new Outcome.Taken()
                    : new Outcome.Failed("answered with status " + status);
        } catch (TimeoutException _) {
            return new Outcome.Failed("gave no whole answer within " + timeoutMs + " ms");
        } catch (CancellationException _) {
            return new Outcome.Unknown();
        } catch (ExecutionException failed) {
            return closed
                    ? new Outcome.Unknown()
                    : new Outcome.Failed(why(Objects.requireNonNullElse(failed.getCause(), failed)));
        }
    }

    private static String why(Throwable cause) {
        String text = "could not be reached: " + cause.getClass().getSimpleName()
                + (cause.getMessage() == null ? "" : ", " + cause.getMessage());
        return text.length() <= WHY_LENGTH_MAX ? text : text.substring(0, WHY_LENGTH_MAX);
    }

    /** Gives up what is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        cancellations.forEach(Runnable::run);
        if (http != null) {
            http.shutdownNow();
        }
    }
}
