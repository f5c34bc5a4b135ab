package dev.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.auth.Revocation.Kind;
import dev.heliograph.auth.Revocation.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long revocations hold, and how many may. */
final class RevocationsTest {
    private static final long DAY_S = TimeUnit.DAYS.toSeconds(1);

    private final TestTokens.FrozenClock clock = new TestTokens.FrozenClock();
    private final Map<String, Revocation> kept = new TreeMap<>();
    private final RevocationKeeper keeper = new RevocationKeeper() {
        @Override
        public boolean outlivesRestart() {
            return true;
        }

        @Override
        public List<Revocation> load() {
            return new ArrayList<>(kept.values());
        }

        @Override
        public CompletableFuture<Void> keep(Revocation revocation) {
            kept.put(revocation.id(), revocation);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> forget(String id) {
            kept.remove(id);
            return CompletableFuture.completedFuture(null);
        }
    };
    private final Revocations revocations = new Revocations(keeper, clock);

    private static Target target(Kind kind, String name) {
        return new Target("acme", kind, name);
    }

    @Test
    void revocation_endsWhenNothingItHitsCanBeValid_andABanOfAUserDoesNot() throws Exception {
        revocations.add(target(Kind.JTI, "j"), Revocation.WHENEVER);
        revocations.add(target(Kind.SESSION, "s"), Revocation.WHENEVER);
        revocations.add(target(Kind.USER, "banned"), Revocation.WHENEVER);
        revocations.add(target(Kind.USER, "u"), clock.millis() - TimeUnit.DAYS.toMillis(100));
        clock.advanceSeconds(265 * DAY_S);
        revocations.sweep();
        assertEquals(4, revocations.size());
        clock.advanceSeconds(2 * DAY_S);
        revocations.sweep();
        assertEquals(3, revocations.size(), "tokens issued a hundred days before have expired");
        clock.advanceSeconds(100 * DAY_S);
        var afterRestart = new Revocations(keeper, clock);
        assertEquals(1, afterRestart.size());
        assertEquals(
                List.of("banned"),
                kept.values().stream().map(each -> each.target().name()).toList());
    }

    @Test
    void noTokenLivesLongerThanARevocationOfIt() throws Exception {
        String atTheLimit = token("iat", TestTokens.NOW_S, "exp", TestTokens.NOW_S + 366 * DAY_S);
        revocations.add(target(Kind.JTI, "j"), Revocation.WHENEVER);
        assertEquals(Verdict.Reason.REVOKED, refusal(atTheLimit).reason());
        clock.advanceSeconds(366 * DAY_S + 29);
        revocations.sweep();
        assertEquals(Verdict.Reason.REVOKED, refusal(atTheLimit).reason());
        clock.advanceSeconds(2);
        assertEquals(Verdict.Reason.EXPIRED, refusal(atTheLimit).reason());
    }

    @Test
    void tokenThatLivesTooLong_isRefused() {
        Verdict.Refused refused = refusal(token("iat", TestTokens.NOW_S - 10, "exp", TestTokens.NOW_S + 366 * DAY_S));
        assertEquals(Verdict.Reason.BAD_CLAIM, refused.reason());
        assertTrue(refused.message().contains("366 days"), refused::message);
    }

    private static String token(Object... claims) {
        Map<String, Object> all = TestTokens.claims(claims);
        all.put("jti", "j");
        return TestTokens.hs256(
                TestTokens.header("HS256", "k"), all, TestTokens.SECRET.getBytes(StandardCharsets.UTF_8));
    }

    private Verdict.Refused refusal(String token) {
        var workspace = TestTokens.workspace("acme", TestTokens.hmac("k", TestTokens.SECRET));
        var verifier = new RevocableTokens(
                new JwtVerifier(TestTokens.workspaces(workspace), clock, Runnable::run), revocations);
        var verdict = new CompletableFuture<Verdict>();
        verifier.verify(token, verdict::complete);
        return assertInstanceOf(Verdict.Refused.class, verdict.join());
    }

    @Test
    void moreThanMayBe_areRefused_untilSomeAreOver() throws Exception {
        for (int i = 0; i < Revocations.MAX; i++) {
            revocations.add(target(Kind.JTI, "j" + i), Revocation.WHENEVER);
        }
        var full = assertThrows(
                Revocations.FullException.class,
                () -> revocations.add(target(Kind.JTI, "one more"), Revocation.WHENEVER));
        assertTrue(String.valueOf(full.getMessage()).startsWith(Revocations.MAX + " revocations"), full::getMessage);
        assertFalse(revocations.add(target(Kind.JTI, "j7"), Revocation.WHENEVER).isNew());
        clock.advanceSeconds(367 * DAY_S);
        assertTrue(revocations
                .add(target(Kind.JTI, "one more"), Revocation.WHENEVER)
                .isNew());
        assertEquals(1, revocations.size());
        assertEquals(1, kept.size());
    }
}
