package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What stands for people and traces. */
final class PseudonymsTest {
    private static final String KEY = "a pseudonym key of thirty-two bytes or more";

    private static Pseudonyms of(String workspace, String key) {
        return new Pseudonyms(TestConfig.workspace(workspace, key, false), new byte[32]);
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void user_isTheDocumentedConstruction() throws GeneralSecurityException {
        byte[] userKey = hmac(KEY.getBytes(StandardCharsets.UTF_8), "heliograph user\0acme");
        String expected = "p_" + Hashes.base32(hmac(userKey, "user\0u1"));
        assertEquals(expected, of("acme", KEY).user("user", "u1"));
    }

    @Test
    void base32_isRfc4648InLowerCase() {
        var random = new Random(7);
        String alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        for (int round = 0; round < 1_000; round++) {
            byte[] hash = new byte[32];
            random.nextBytes(hash);
            BigInteger bits = new BigInteger(1, Arrays.copyOf(hash, 16)).shiftLeft(2);
            var expected = new StringBuilder();
            for (int i = 25; i >= 0; i--) {
                expected.append(alphabet.charAt(bits.shiftRight(5 * i).intValue() & 31));
            }
            assertEquals(expected.toString(), Hashes.base32(hash));
        }
    }

    @Test
    void samePerson_isAnotherInEachWorkspacePurposeAndKind() {
        Set<String> names = new HashSet<>();
        for (String workspace : new String[] {"acme", "beta"}) {
            Pseudonyms pseudonyms = of(workspace, KEY);
            for (String kind : new String[] {"user", "anonymous"}) {
                names.add(Objects.requireNonNull(pseudonyms.user(kind, "u1")));
                names.add(Objects.requireNonNull(pseudonyms.trace(kind, "u1")));
            }
        }
        assertEquals(8, names.size());
    }

    @Test
    void withoutAKey_nobodyIsNamedButSubjectsAndSamplesWork() {
        var pseudonyms = new Pseudonyms(TestConfig.workspace("acme", null, false), new byte[] {1, 2, 3});
        assertNull(pseudonyms.user("user", "u1"));
        assertNull(pseudonyms.trace("user", "u1"));
        assertNotEquals(0, pseudonyms.subject("u1"));
        assertNotEquals(pseudonyms.subject("u1"), pseudonyms.subject("u2"));
        var other = new Pseudonyms(TestConfig.workspace("acme", null, false), new byte[] {4});
        assertNotEquals(other.subject("u1"), pseudonyms.subject("u1"));
    }

    @Test
    void samples_areUniformAndMonotonic() {
        Pseudonyms pseudonyms = of("acme", KEY);
        double[] shares = {0, 0.01, 0.1, 0.5, 0.9, 1};
        int[] kept = new int[shares.length];
        int traces = 20_000;
        for (int trace = 0; trace < traces; trace++) {
            long randomness = pseudonyms.sample("trace", "t" + trace);
            assertTrue(randomness >= 0 && randomness < 1L << 56);
            boolean before = false;
            for (int i = 0; i < shares.length; i++) {
                boolean keeps = new Sampler(shares[i]).keeps(randomness);
                assertTrue(keeps || !before, "a greater share keeps what a smaller one keeps");
                before = keeps;
                kept[i] += keeps ? 1 : 0;
            }
        }
        assertEquals(0, kept[0]);
        assertEquals(traces, kept[5]);
        for (int i = 1; i < 5; i++) { // the key is fixed, so this is too; six standard deviations
            double deviation = Math.sqrt(traces * shares[i] * (1 - shares[i]));
            assertEquals(traces * shares[i], kept[i], 6 * deviation);
        }
    }
}
