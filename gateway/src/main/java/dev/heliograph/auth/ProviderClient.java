package dev.heliograph.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks identity providers: only at URLs of the configuration, without redirects, at most 256 KiB, in at most 5 s altogether. Blocks its caller. */
final class ProviderClient {
    private static final int BODY_BYTES_MAX = 256 << 10;
    private static final long TIMEOUT_MS = 5_000;

    private final Executor blocking;
    private @Nullable HttpClient http;

    ProviderClient(Executor blocking) {
        this.blocking = blocking;
    }

    /**
     * What a provider says, whatever it is.
     *
     * @param limited whether it says that it was asked too often
     */
    record Answer(int status, byte[] body, boolean limited) {}

    /** What stands there. */
    byte[] fetch(URI url) throws IOException {
        Answer answer = ask(
                HttpRequest.newBuilder(url).header("Accept", "application/json").build());
        if (answer.status() != 200) {
            throw new IOException("answered with status " + answer.status() + " instead of 200");
        }
        return answer.body();
    }

    Answer ask(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http().sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BODY_BYTES_MAX));
        try {
            HttpResponse<byte[]> response = answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body(), isLimited(response));
        } catch (TimeoutException slow) {
            throw new IOException("gave no whole answer within " + TIMEOUT_MS + " ms", slow);
        } catch (ExecutionException failed) {
            throw new IOException("could not be read", failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("was given up", stopped);
        } finally {
            answer.cancel(true);
        }
    }

    private static boolean isLimited(HttpResponse<?> response) {
        return response.headers().firstValue("retry-after").isPresent()
                || response.headers().firstValue("x-ratelimit-remaining").equals(Optional.of("0"));
    }

    /** Made when first needed: most gateways fetch no keys, and it costs start-up time. */
    private synchronized HttpClient http() {
        HttpClient made = http;
        if (made == null) {
            made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .executor(blocking)
                    .build();
            http = made;
        }
        return made;
    }
}
