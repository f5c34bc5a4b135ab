package dev.heliograph.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliograph.config.GitHubConfig;
import io.jsonwebtoken.io.DeserializationException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks GitHub tokens: whoever it belongs to has to be on the list, or to have access to the repository: to a private one by reading it, to a public one by
 * writing to it, since everyone reads those. GitHub's answers are remembered for a minute, refusals for ten seconds, so that is how long a change takes. At most
 * 1,000 tokens wait for an answer. Any thread.
 */
public final class GitHubVerifier implements TokenVerifier {
    static final long ALLOWED_MS = 60_000;
    static final long REFUSED_MS = 10_000;
    private static final int REMEMBERED_MAX = 10_000;
    private static final int ASKING_MAX = 16;
    private static final int WAITING_MAX = 1_000;
    private static final long TURN_MS = 10_000;
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    /** How long nobody is asked after GitHub has said that it was too often. */
    static final long PAUSE_MS = 30_000;
    /** Of classic and fine-grained tokens, and those of OAuth and GitHub Apps; the oldest are 40 hexadecimal digits. */
    private static final Pattern TOKEN =
            Pattern.compile("gh[a-z]_[A-Za-z0-9_]{1,255}|github_pat_[A-Za-z0-9_]{1,255}|[0-9a-f]{40}");
    /** Before a login, so that no subject of another kind of token is the same user. */
    private static final String USER_PREFIX = "github-";

    private final String workspace;
    private final GitHubConfig config;
    private final ProviderClient client;
    private final InstantSource clock;
    private final Executor blocking;
    private final StrictJson json = new StrictJson();
    private final Semaphore asking = new Semaphore(ASKING_MAX);
    /** Of tokens that GitHub is being asked about, or is to be; by the hash of the token. */
    private final Map<ByteBuffer, CompletableFuture<Verdict>> underWay = new ConcurrentHashMap<>();
    /** By the hash of the token. */
    private final Cache<ByteBuffer, Remembered> remembered =
            Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();

    private volatile long pausedUntilMs = Long.MIN_VALUE;

    private record Remembered(Verdict verdict, long untilMs) {}

    /**
     * @param workspace of the app whose channels are asked for
     * @param blocking runs what waits for GitHub
     */
    public GitHubVerifier(String workspace, GitHubConfig config, InstantSource clock, Executor blocking) {
        this.workspace = workspace;
        this.config = config;
        this.clock = clock;
        this.blocking = blocking;
        this.client = new ProviderClient(blocking);
    }

    @Override
    public void verify(String token, Consumer<Verdict> done) {
        if (!isToken(token)) {
            done.accept(new Verdict.Refused(Verdict.Reason.MALFORMED, "this is no GitHub token"));
            return;
        }
        ByteBuffer key = ByteBuffer.wrap(Sha256.of(token));
        Verdict known = known(key);
        if (known != null) {
            done.accept(known);
        } else if (clock.millis() < pausedUntilMs || (underWay.size() >= WAITING_MAX && !underWay.containsKey(key))) {
            done.accept(tooOften());
        } else {
            askOnce(key, token, done);
        }
    }

    private @Nullable Verdict known(ByteBuffer key) {
        Remembered known = remembered.getIfPresent(key);
        return known != null && clock.millis() < known.untilMs() ? known.verdict() : null;
    }

    /** A client asks for all of its channels at once. */
    private void askOnce(ByteBuffer key, String token, Consumer<Verdict> done) {
        var asked = new CompletableFuture<Verdict>();
        CompletableFuture<Verdict> before = underWay.putIfAbsent(key, asked);
        if (before != null) {
            before.thenAccept(done);
            return;
        }
        asked.thenAccept(done);
        blocking.execute(() -> {
            Verdict verdict = unavailable("GitHub could not be asked");
            try {
                Verdict known = known(key); // by whoever asked until just now
                verdict = known != null ? known : inTurn(key, token);
            } finally {
                underWay.remove(key);
                asked.complete(verdict);
            }
        });
    }

    /** After a restart everybody comes at once, and a subscription that is refused is not tried again by Pusher's clients: so they wait. */
    private Verdict inTurn(ByteBuffer key, String token) {
        try {
            return asking.tryAcquire(TURN_MS, TimeUnit.MILLISECONDS) ? ask(key, token) : tooOften();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return tooOften();
        }
    }

    private static boolean isToken(String token) {
        return TOKEN.matcher(token).matches();
    }

    private Verdict ask(ByteBuffer key, String token) {
        try {
            Verdict verdict = decide(token);
            long keepMs = verdict instanceof Verdict.Verified ? ALLOWED_MS : REFUSED_MS;
            remembered.put(key, new Remembered(verdict, clock.millis() + keepMs));
            return verdict;
        } catch (IOException | DeserializationException e) {
            return unavailable("GitHub " + e.getMessage());
        } finally {
            asking.release();
        }
    }

    private Verdict decide(String token) throws IOException {
        Map<String, ?> user = get("/user", token);
        if (user == null || !(user.get("login") instanceof String login)) {
            return new Verdict.Refused(Verdict.Reason.BAD_SIGNATURE, "GitHub does not know this token");
        }
        boolean listed = config.users().stream().anyMatch(login::equalsIgnoreCase);
        if (!listed && !reaches(config.repository(), token)) {
            return new Verdict.Refused(Verdict.Reason.NOT_LISTED, "the GitHub user " + login + " may not use this app");
        }
        String userId = USER_PREFIX + login;
        var grants = new Grants(Map.of(Operation.SUBSCRIBE, config.subscribe()), userId);
        String name = user.get("name") instanceof String text ? text : null;
        return new Verdict.Verified(new Principal(workspace, userId, name, null, grants, clock.millis() + ALLOWED_MS));
    }

    private boolean reaches(@Nullable String repository, String token) throws IOException {
        Map<String, ?> found = repository == null ? null : get("/repos/" + repository, token);
        if (found == null) {
            return false;
        }
        boolean mayPush = found.get("permissions") instanceof Map<?, ?> may && Boolean.TRUE.equals(may.get("push"));
        return Boolean.TRUE.equals(found.get("private")) || mayPush;
    }

    /** Null: there is nothing, or not for this token. */
    private @Nullable Map<String, ?> get(String path, String token) throws IOException {
        String base = config.apiUrl().toString().replaceFirst("/+$", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Accept", "application/vnd.github+json")
                .header("Authorization", "Bearer " + token)
                .build();
        ProviderClient.Answer answer = client.ask(request);
        if (answer.status() == OK) {
            return json.deserialize(answer.body());
        }
        if (answer.status() == TOO_MANY || (answer.status() == FORBIDDEN && answer.limited())) {
            pausedUntilMs = clock.millis() + PAUSE_MS;
            throw new IOException("takes no more questions of this gateway for now");
        }
        if (List.of(UNAUTHORIZED, FORBIDDEN, NOT_FOUND).contains(answer.status())) {
            return null;
        }
        throw new IOException("answered with status " + answer.status());
    }

    private static Verdict tooOften() {
        return unavailable("GitHub is being asked too often; try again soon");
    }

    private static Verdict unavailable(String message) {
        return new Verdict.Refused(Verdict.Reason.KEYS_UNAVAILABLE, message);
    }
}
