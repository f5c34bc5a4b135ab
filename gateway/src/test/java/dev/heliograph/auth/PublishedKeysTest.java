package dev.heliograph.auth;

import static dev.heliograph.auth.TestTokens.claims;
import static dev.heliograph.auth.TestTokens.header;
import static dev.heliograph.auth.TestTokens.hs256;
import static dev.heliograph.auth.TestTokens.jwk;
import static dev.heliograph.auth.TestTokens.workspace;
import static dev.heliograph.auth.TestTokens.workspaces;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.auth.Verdict.Reason;
import dev.heliograph.config.TokenKeyConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys fetched from a real HTTP server on this machine. */
@SuppressWarnings("NullAway.Init") // set up before each test
final class PublishedKeysTest {
    private static final String ISSUER = "https://id.example.com/";
    private static final int ROTATIONS = 6;
    private static final int ROTATION_SECONDS = 600;
    private static final KeyPair FIRST = TestTokens.pair("EdDSA");
    private static final KeyPair SECOND = TestTokens.pair("EdDSA");

    private final TestTokens.FrozenClock clock = new TestTokens.FrozenClock();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private KeyServer server;
    private JwtVerifier verifier;

    @BeforeEach
    void start() throws IOException {
        server = new KeyServer();
        server.publishes(List.of(jwk("a", FIRST.getPublic())));
        verifier = verifier(workspace("acme", jwks(ISSUER, "/jwks")));
    }

    @AfterEach
    void stop() {
        server.close();
        blocking.shutdownNow();
    }

    @Test
    void aTokenOfTheIssuer_verifiesAfterOneFetchForAll() {
        assertEquals("acme", verified(token(FIRST, "a", "u1")).workspace());
        assertEquals("u2", verified(token(FIRST, "a", "u2")).userId());
        assertEquals(1, server.requests());
    }

    @Test
    void aForgedIssuer_fetchesNothing() {
        for (String issuer : List.of("http://127.0.0.1:1/", server.url("/evil").toString(), "ISSUER", "")) {
            String token = TestTokens.signed("EdDSA", FIRST.getPrivate(), "a", claims("iss", issuer));
            assertEquals(Reason.UNKNOWN_KEY, refused(token));
        }
        assertEquals(Reason.UNKNOWN_KEY, refused(TestTokens.signed("EdDSA", FIRST.getPrivate(), "a", claims())));
        assertEquals(0, server.requests());
    }

    @Test
    void anAlgorithmThatTheIssuerDoesNotUse_fetchesNothing() {
        String secret = TestTokens.json(jwk("a", FIRST.getPublic()));
        String token = hs256(header("HS256", "a"), claims("iss", ISSUER), secret.getBytes(StandardCharsets.UTF_8));
        assertEquals(Reason.BAD_ALGORITHM, refused(token));
        assertEquals(0, server.requests());
    }

    @Test
    void tenThousandUnknownKids_fetchAtMostTwice() throws Exception {
        String known = token(FIRST, "a", "u");
        String behindHeader = known.substring(known.indexOf('.')); // no kid is known, so that no signature is looked at
        var verdicts = new ArrayList<CompletableFuture<Verdict>>();
        for (int i = 0; i < 10_000; i++) {
            String header = TestTokens.json(header("EdDSA", "random-" + i));
            verdicts.add(verdict(verifier, TestTokens.base64url(header) + behindHeader));
        }
        for (CompletableFuture<Verdict> verdict : verdicts) {
            assertInstanceOf(Verdict.Refused.class, verdict.get(30, TimeUnit.SECONDS));
        }
        assertTrue(server.requests() <= 2, "fetches: " + server.requests());
        int before = server.requests();
        clock.advanceSeconds(29);
        refused(token(FIRST, "random", "u"));
        assertTrue(server.requests() <= 2, "fetches: " + server.requests() + " after " + before);
    }

    @Test
    void aNewKey_isFetchedAtOnce_thoughKeysWereFetchedJustBefore_butNotASecondTime() {
        verified(token(FIRST, "a", "u"));
        server.publishes(List.of(jwk("a", FIRST.getPublic()), jwk("b", SECOND.getPublic())));
        verified(token(SECOND, "b", "u"));
        assertEquals(2, server.requests());
        assertEquals(Reason.UNKNOWN_KEY, refused(token(SECOND, "c", "u")));
        assertEquals(2, server.requests());
        clock.advanceSeconds(30);
        assertEquals(Reason.UNKNOWN_KEY, refused(token(SECOND, "c", "u")));
        assertEquals(3, server.requests());
        verified(token(FIRST, "a", "u"));
    }

    @Test
    void aKeyThatIsPublishedWhileKeysAreFetched_isFoundByAnotherFetch() throws Exception {
        var asked = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        byte[] old = TestTokens.json(Map.of("keys", List.of(jwk("a", FIRST.getPublic()))))
                .getBytes(StandardCharsets.UTF_8);
        server.behaves(exchange -> {
            asked.countDown();
            awaitQuietly(gate);
            exchange.sendResponseHeaders(200, old.length);
            exchange.getResponseBody().write(old);
        });
        CompletableFuture<Verdict> first = verdict(verifier, token(FIRST, "a", "u"));
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        server.publishes(List.of(jwk("a", FIRST.getPublic()), jwk("b", SECOND.getPublic())));
        CompletableFuture<Verdict> second = verdict(verifier, token(SECOND, "b", "u"));
        gate.countDown();
        assertInstanceOf(Verdict.Verified.class, first.get(30, TimeUnit.SECONDS));
        assertInstanceOf(Verdict.Verified.class, second.get(30, TimeUnit.SECONDS));
        assertEquals(2, server.requests());
    }

    /** Each key is published a moment before its first token is signed, and withdrawn when its last one has run out. */
    @Test
    void rotationAfterRotation_underLoad_refusesNobody_andFetchesAFewTimes() throws Exception {
        var generations = new ArrayList<KeyPair>();
        var published = new ArrayList<Map<String, Object>>();
        var verdicts = new ArrayList<CompletableFuture<Verdict>>();
        for (int generation = 0; generation < ROTATIONS; generation++) {
            generations.add(TestTokens.pair("EdDSA"));
            published.add(jwk("g" + generation, generations.getLast().getPublic()));
            if (generation > 1) {
                published.removeFirst();
            }
            server.publishes(published);
            try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
                for (int i = 0; i < 200; i++) {
                    int key = i % 2 == 0 || generation == 0 ? generation : generation - 1;
                    String token = token(generations.get(key), "g" + key, "u" + generation + "-" + i);
                    verdicts.add(CompletableFuture.supplyAsync(
                            () -> verdict(verifier, token).join(), clients));
                }
            }
            clock.advanceSeconds(ROTATION_SECONDS);
        }
        for (CompletableFuture<Verdict> verdict : verdicts) {
            assertInstanceOf(Verdict.Verified.class, verdict.get(30, TimeUnit.SECONDS));
        }
        assertTrue(server.requests() <= 2 * ROTATIONS, "fetches: " + server.requests());
        assertTrue(server.requests() >= ROTATIONS, "fetches: " + server.requests());
    }

    @Test
    void rotationUnderLoad_refusesNobody() {
        verified(token(FIRST, "a", "u"));
        clock.advanceSeconds(31);
        server.publishes(List.of(jwk("a", FIRST.getPublic()), jwk("b", SECOND.getPublic())));
        var verdicts = new ArrayList<CompletableFuture<Verdict>>();
        for (int i = 0; i < 200; i++) {
            verdicts.add(verdict(verifier, token(i % 2 == 0 ? FIRST : SECOND, i % 2 == 0 ? "a" : "b", "u" + i)));
        }
        verdicts.forEach(verdict -> assertInstanceOf(Verdict.Verified.class, verdict.join()));
        assertEquals(2, server.requests());
    }

    @Test
    void manyAtOnce_waitForOneFetch() {
        var gate = new CountDownLatch(1);
        byte[] keys = TestTokens.json(Map.of("keys", List.of(jwk("a", FIRST.getPublic()))))
                .getBytes(StandardCharsets.UTF_8);
        server.behaves(exchange -> {
            awaitQuietly(gate);
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
        });
        var verdicts = new ArrayList<CompletableFuture<Verdict>>();
        for (int i = 0; i < 100; i++) {
            verdicts.add(verdict(verifier, token(FIRST, "a", "u" + i)));
        }
        assertTrue(verdicts.stream().noneMatch(CompletableFuture::isDone));
        gate.countDown();
        verdicts.forEach(verdict -> assertInstanceOf(Verdict.Verified.class, verdict.join()));
        assertEquals(1, server.requests());
    }

    @Test
    void anOutage_keepsKnownKeysForADayAndNoLonger() {
        verified(token(FIRST, "a", "u"));
        server.answers(503, new byte[0]);
        clock.advanceSeconds(1_800);
        verified(token(FIRST, "a", "during"));
        clock.advanceSeconds(3_600);
        assertEquals(Reason.KEYS_UNAVAILABLE, refused(token(FIRST, "new", "u")));
        clock.advanceSeconds(86_400);
        assertEquals(Reason.KEYS_UNAVAILABLE, refused(token(FIRST, "a", "after")));
        server.publishes(List.of(jwk("a", FIRST.getPublic())));
        clock.advanceSeconds(30);
        verified(token(FIRST, "a", "again"));
    }

    @Test
    void aRemovedKey_isRefusedAfterTheNextRefresh() {
        verified(token(FIRST, "a", "u"));
        server.publishes(List.of(jwk("b", SECOND.getPublic())));
        clock.advanceSeconds(600);
        verified(token(FIRST, "a", "first-after"));
        verified(token(SECOND, "b", "u")); // waits for the refresh that the token before it started
        clock.advanceSeconds(30);
        assertEquals(Reason.UNKNOWN_KEY, refused(token(FIRST, "a", "second-after")));
    }

    @Test
    void answersThatAreNoKeySet_leaveTheKeysUnavailable() {
        var bodies = List.of(
                "", "[]", "{}", "{\"keys\":[]}", "{\"keys\":[{}],\"keys\":[]}", "x".repeat((256 << 10) + 1), "<html>");
        for (String body : bodies) {
            server.answers(200, body.getBytes(StandardCharsets.UTF_8));
            clock.advanceSeconds(31);
            assertEquals(Reason.KEYS_UNAVAILABLE, refused(token(FIRST, "a", "u")), body);
        }
    }

    @Test
    void aKeySetBeyond256KiB_isRefusedEvenIfItIsOne() {
        Map<String, Object> padded = jwk("a", FIRST.getPublic());
        padded.put("pad", "x".repeat(60_000));
        Map<String, Object> more = jwk("b", FIRST.getPublic());
        more.put("pad", "x".repeat(60_000));
        server.publishes(List.of(padded, more, padded, more, padded));
        assertEquals(Reason.KEYS_UNAVAILABLE, refused(token(FIRST, "a", "u")));
        server.publishes(List.of(padded, more));
        clock.advanceSeconds(30);
        verified(token(FIRST, "a", "u"));
    }

    @Test
    void redirects_areNotFollowed() {
        server.behaves(exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });
        assertEquals(Reason.KEYS_UNAVAILABLE, refused(token(FIRST, "a", "u")));
        assertEquals(1, server.requests());
    }

    @Test
    void secretKeys_encryptionKeys_andWeakKeys_ofAKeySetAreNotUsed() throws Exception {
        byte[] secret = "a-published-secret-with-more-than-32-bytes".getBytes(StandardCharsets.UTF_8);
        KeyPair weak = TestTokens.rsa(1_024);
        Map<String, Object> encryption = jwk("enc", SECOND.getPublic());
        encryption.put("use", "enc");
        server.publishes(List.of(
                Map.of("kty", "oct", "kid", "secret", "alg", "HS256", "k", TestTokens.base64url(secret)),
                jwk("weak", weak.getPublic()),
                encryption,
                Map.of("kty", "unheard-of", "kid", "odd"),
                jwk("a", FIRST.getPublic())));
        verified(token(FIRST, "a", "u"));
        assertEquals(Reason.BAD_ALGORITHM, refused(hs256(header("HS256", "secret"), claims("iss", ISSUER), secret)));
        assertEquals(Reason.UNKNOWN_KEY, refused(token(SECOND, "enc", "u")));
        assertEquals(
                Reason.UNKNOWN_KEY,
                refused(TestTokens.signed("RS256", weak.getPrivate(), "weak", claims("iss", ISSUER))));
    }

    @Test
    void twoIssuersWithTheSameKid_keepTheirOwnKeysAndWorkspaces() throws Exception {
        byte[] first = TestTokens.json(Map.of("keys", List.of(jwk("a", FIRST.getPublic()))))
                .getBytes(StandardCharsets.UTF_8);
        byte[] second = TestTokens.json(Map.of("keys", List.of(jwk("a", SECOND.getPublic()))))
                .getBytes(StandardCharsets.UTF_8);
        server.behaves(exchange -> {
            byte[] keys = exchange.getRequestURI().getPath().equals("/other") ? second : first;
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
        });
        verifier =
                verifier(workspace("acme", jwks(ISSUER, "/jwks")), workspace("beta", jwks("https://other/", "/other")));
        assertEquals("acme", verified(token(FIRST, "a", "u")).workspace());
        String beta = TestTokens.signed("EdDSA", SECOND.getPrivate(), "a", claims("iss", "https://other/"));
        assertEquals("beta", verified(beta).workspace());
        String mixed = TestTokens.signed("EdDSA", FIRST.getPrivate(), "a", claims("iss", "https://other/"));
        assertEquals(Reason.BAD_SIGNATURE, refused(mixed));
    }

    @Test
    void withoutKid_theIssuersOnlyKeyVerifies() {
        verified(TestTokens.signed("EdDSA", FIRST.getPrivate(), null, claims("iss", ISSUER)));
        server.publishes(List.of(jwk("a", FIRST.getPublic()), jwk("b", SECOND.getPublic())));
        verifier = verifier(workspace("acme", jwks(ISSUER, "/jwks")));
        assertEquals(
                Reason.UNKNOWN_KEY,
                refused(TestTokens.signed("EdDSA", FIRST.getPrivate(), null, claims("iss", ISSUER))));
    }

    @Test
    void rsaKeysWithoutAlg_verifyTheConfiguredAlgorithmsOnly() {
        KeyPair rsa = TestTokens.pair("RS256");
        server.publishes(List.of(jwk("r", rsa.getPublic())));
        verified(TestTokens.signed("RS256", rsa.getPrivate(), "r", claims("iss", ISSUER)));
        assertEquals(
                Reason.BAD_ALGORITHM,
                refused(TestTokens.signed("RS512", rsa.getPrivate(), "r", claims("iss", ISSUER))));
    }

    private static void awaitQuietly(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private TokenKeyConfig jwks(String issuer, String path) {
        return new TokenKeyConfig.Jwks(issuer, server.url(path), List.of("EdDSA", "RS256"));
    }

    private JwtVerifier verifier(WorkspaceConfig... configs) {
        return new JwtVerifier(workspaces(configs), clock, blocking);
    }

    private static String token(KeyPair pair, String keyId, String user) {
        return TestTokens.signed(
                "EdDSA",
                pair.getPrivate(),
                keyId,
                claims("iss", ISSUER, "sub", user, "exp", TestTokens.NOW_S + 1_000_000));
    }

    private static CompletableFuture<Verdict> verdict(JwtVerifier verifier, String token) {
        var verdict = new CompletableFuture<Verdict>();
        verifier.verify(token, verdict::complete);
        return verdict;
    }

    private Principal verified(String token) {
        Verdict verdict = verdict(verifier, token).join();
        return assertInstanceOf(Verdict.Verified.class, verdict, verdict.toString())
                .principal();
    }

    private Reason refused(String token) {
        Verdict verdict = verdict(verifier, token).join();
        return assertInstanceOf(Verdict.Refused.class, verdict, verdict.toString())
                .reason();
    }
}
