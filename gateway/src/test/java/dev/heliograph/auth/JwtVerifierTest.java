package dev.heliograph.auth;

import static dev.heliograph.auth.TestTokens.NOW_S;
import static dev.heliograph.auth.TestTokens.SECRET;
import static dev.heliograph.auth.TestTokens.base64url;
import static dev.heliograph.auth.TestTokens.claims;
import static dev.heliograph.auth.TestTokens.header;
import static dev.heliograph.auth.TestTokens.hs256;
import static dev.heliograph.auth.TestTokens.json;
import static dev.heliograph.auth.TestTokens.workspace;
import static dev.heliograph.auth.TestTokens.workspaces;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.auth.Verdict.Reason;
import dev.heliograph.config.Secret;
import dev.heliograph.config.TokenKeyConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.protocol.json.NativeCodec;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JwtVerifierTest {
    private final TestTokens.FrozenClock clock = new TestTokens.FrozenClock();
    private final WorkspaceConfig acme = workspace("acme", TestTokens.hmac("k1", SECRET));

    @Test
    void aGoodToken_isAPrincipalOfTheKeysWorkspace() {
        Principal principal = verified(
                acme,
                token(claims(
                        "name",
                        "Alice",
                        "jti",
                        "t-1",
                        "grants",
                        Map.of("subscribe", List.of("private-*", "user:{sub}")))));
        assertEquals("acme", principal.workspace());
        assertEquals("u1", principal.userId());
        assertEquals("Alice", principal.name());
        assertEquals("t-1", principal.tokenId());
        assertEquals((NOW_S + 3_600) * 1_000, principal.expiresAtMs());
        assertTrue(principal.grants().allows(Operation.SUBSCRIBE, "user:u1"));
        assertFalse(principal.grants().allows(Operation.PUBLISH, "user:u1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void everyPublicKeyAlgorithm_verifiesItsOwnTokensOnly(String algorithm) {
        KeyPair pair = TestTokens.pair(algorithm);
        WorkspaceConfig config =
                workspace("acme", new TokenKeyConfig.Pem("k1", algorithm, TestTokens.pem(pair.getPublic())));
        assertEquals(
                "u1",
                verified(config, TestTokens.signed(algorithm, pair.getPrivate(), "k1", claims()))
                        .userId());
        KeyPair other = TestTokens.pair(algorithm);
        assertEquals(
                Reason.BAD_SIGNATURE,
                refused(config, TestTokens.signed(algorithm, other.getPrivate(), "k1", claims())));
    }

    @ParameterizedTest
    @CsvSource({"HS256, 32", "HS384, 48", "HS512, 64", "HS256, 64"})
    void everySharedSecretAlgorithm_verifies(String algorithm, int bytes) {
        String secret = "s".repeat(bytes);
        var config = workspace("acme", new TokenKeyConfig.Hmac("k1", algorithm, new Secret(secret)));
        String token = TestTokens.hmac(
                "HmacSHA" + algorithm.substring(2),
                json(header(algorithm, "k1")),
                json(claims()),
                secret.getBytes(StandardCharsets.UTF_8));
        assertEquals("u1", verified(config, token).userId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", ""})
    void anUnsecuredToken_isRefused(String algorithm) {
        String content = base64url(json(header(algorithm, "k1"))) + "." + base64url(json(claims())) + ".";
        assertEquals(Reason.BAD_ALGORITHM, refused(acme, content));
        String signed = token(claims());
        String signature = signed.substring(signed.lastIndexOf(".") + 1);
        assertEquals(Reason.BAD_ALGORITHM, refused(acme, content + signature));
    }

    @Test
    void aTokenWithoutAlgorithmOrSignature_isRefused() {
        String payload = base64url(json(claims()));
        assertEquals(Reason.BAD_ALGORITHM, refused(acme, base64url("{\"kid\":\"k1\"}") + "." + payload + ".AAAA"));
        assertEquals(Reason.MALFORMED, refused(acme, base64url(json(header("HS256", "k1"))) + "." + payload + "."));
        assertEquals(
                Reason.MALFORMED, refused(acme, base64url("{\"alg\":1,\"kid\":\"k1\"}") + "." + payload + ".AAAA"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "ES256", "EdDSA"})
    void aPublicKeyUsedAsSharedSecret_isRefused(String algorithm) {
        KeyPair pair = TestTokens.pair(algorithm);
        String pem = TestTokens.pem(pair.getPublic());
        byte[] der = pair.getPublic().getEncoded();
        var config = workspace("acme", new TokenKeyConfig.Pem("k1", algorithm, pem));
        var secrets = List.of(
                pem.getBytes(StandardCharsets.UTF_8),
                pem.strip().getBytes(StandardCharsets.UTF_8),
                der,
                Base64.getEncoder().encode(der),
                json(Map.of("kty", "RSA", "n", base64url(der), "e", "AQAB")).getBytes(StandardCharsets.UTF_8));
        for (byte[] secret : secrets) {
            assertEquals(Reason.BAD_ALGORITHM, refused(config, hs256(header("HS256", "k1"), claims(), secret)));
            assertEquals(Reason.BAD_SIGNATURE, refused(config, hs256(header(algorithm, "k1"), claims(), secret)));
        }
    }

    @Test
    void anotherAlgorithmOfTheSameKey_isRefused() {
        KeyPair pair = TestTokens.pair("RS256");
        var config = workspace("acme", new TokenKeyConfig.Pem("k1", "RS256", TestTokens.pem(pair.getPublic())));
        for (String algorithm : List.of("RS384", "RS512", "PS256")) {
            assertEquals(
                    Reason.BAD_ALGORITHM,
                    refused(config, TestTokens.signed(algorithm, pair.getPrivate(), "k1", claims())));
        }
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        assertEquals(
                Reason.BAD_ALGORITHM,
                refused(acme, TestTokens.hmac("HmacSHA384", json(header("HS384", "k1")), json(claims()), secret)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../../dev/null",
                "k1' OR '1'='1",
                "k1\u0000",
                "k1 ",
                "",
                "ключ",
                "http://127.0.0.1/k",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void aKidThatIsNoName_isRefused(String keyId) {
        assertEquals(
                Reason.MALFORMED,
                refused(acme, hs256(header("HS256", keyId), claims(), SECRET.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aKidThatNoKeyHas_isRefused() {
        assertEquals(
                Reason.UNKNOWN_KEY,
                refused(acme, hs256(header("HS256", "k2"), claims(), SECRET.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void keysThatTheTokenBrings_areIgnored() {
        KeyPair ours = TestTokens.pair("RS256");
        KeyPair theirs = TestTokens.pair("RS256");
        var config = workspace("acme", new TokenKeyConfig.Pem("k1", "RS256", TestTokens.pem(ours.getPublic())));
        Map<String, Object> header = header("RS256", "k1");
        header.put("jwk", TestTokens.jwk("k1", theirs.getPublic()));
        header.put("jku", "http://127.0.0.1:1/jwks");
        header.put("x5u", "http://127.0.0.1:1/x5u");
        assertEquals(Reason.BAD_SIGNATURE, refused(config, TestTokens.signed(header, theirs.getPrivate(), claims())));
        assertEquals(
                "u1",
                verified(config, TestTokens.signed(header, ours.getPrivate(), claims()))
                        .userId());
    }

    @Test
    void unknownCriticalHeaders_compression_andEncryption_areRefused() {
        for (Map.Entry<String, Object> extra :
                Map.<String, Object>of("crit", List.of("x"), "zip", "DEF").entrySet()) {
            Map<String, Object> header = header("HS256", "k1");
            header.put(extra.getKey(), extra.getValue());
            assertEquals(
                    Reason.MALFORMED, refused(acme, hs256(header, claims(), SECRET.getBytes(StandardCharsets.UTF_8))));
        }
        String jwe = base64url("{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":2147483647}");
        assertEquals(Reason.MALFORMED, refused(acme, jwe + ".AAAA.AAAA.AAAA.AAAA"));
    }

    @ParameterizedTest
    @CsvSource({
        "exp, -31, EXPIRED", "exp, -30, ok", "exp, 30, ok", "exp, 31, ok",
        "nbf, -31, ok", "nbf, -30, ok", "nbf, 30, ok", "nbf, 31, NOT_YET_VALID",
        "iat, -31, ok", "iat, -30, ok", "iat, 30, ok", "iat, 31, NOT_YET_VALID",
    })
    void clocksMayDifferByThirtySeconds(String claim, long offsetS, String expected) {
        Verdict verdict = verdict(acme, token(claims(claim, NOW_S + offsetS)));
        String got = verdict instanceof Verdict.Refused(Reason reason, String message) ? reason.name() : "ok";
        assertEquals(expected, got);
    }

    @Test
    void aTokenWithinTheLeeway_isGoodUntilTheLeewayEnds() {
        assertEquals(
                (NOW_S + 20) * 1_000,
                verified(acme, token(claims("exp", NOW_S - 10))).expiresAtMs());
        assertEquals(
                (NOW_S + 1) * 1_000,
                verified(acme, token(claims("exp", NOW_S + 1))).expiresAtMs());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exp       | null                    | BAD_CLAIM",
                "exp       | \"tomorrow\"            | MALFORMED",
                "exp       | {}                      | BAD_CLAIM",
                "exp       | 9223372036854775807     | EXPIRED",
                "exp       | -1                      | EXPIRED",
                "sub       | null                    | BAD_CLAIM",
                "sub       | \"\"                    | BAD_CLAIM",
                "sub       | 42                      | MALFORMED",
                "sub       | \"a\\nb\"               | BAD_CLAIM",
                "name      | [1]                     | BAD_CLAIM",
                "workspace | \"beta\"                | WRONG_WORKSPACE",
                "workspace | 1                       | BAD_CLAIM",
                "grants    | []                      | BAD_CLAIM",
                "grants    | \"*\"                   | BAD_CLAIM",
                "grants    | {\"subscribe\":\"*\"}   | BAD_CLAIM",
                "grants    | {\"subscribe\":[1]}     | BAD_CLAIM",
                "grants    | {\"subscribe\":[\"\"]}  | BAD_CLAIM",
                "grants    | {\"subscribe\":null}    | BAD_CLAIM",
                "grants    | {\"SUBSCRIBE\":[]}      | BAD_CLAIM",
                "grants    | {\"subscirbe\":[]}      | BAD_CLAIM",
                "grants    | {\"subscribe\":[null]}  | BAD_CLAIM",
            })
    void claimsOfTheWrongShape_areRefused(String claim, String value, Reason expected) {
        Map<String, Object> claims = claims();
        claims.remove(claim);
        String payload = json(claims).replaceFirst("}$", ",\"" + claim + "\":" + value.replace("\\", "\\\\") + "}");
        assertEquals(expected, refused(acme, signedPayload(payload)));
    }

    /** Each says which claim it is. A filter that was passed over would grant everything. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"subscribe":[{}]}                                                        | grants.subscribe[0]
            {"subscribe":["a",{"channel":"b"}]}                                       | grants.subscribe[1]
            {"subscribe":[{"filter":{"eq":["a",1]}}]}                                 | grants.subscribe[0]
            {"subscribe":[{"channel":"a","filters":{"eq":["a",1]}}]}                  | grants.subscribe[0]
            {"subscribe":[{"channel":"a","filter":{"eq":["a",1]},"more":1}]}          | grants.subscribe[0]
            {"subscribe":[{"channel":"a","filter":null}]}                             | grants.subscribe[0]
            {"subscribe":[{"channel":"a","filter":"x"}]}                              | grants.subscribe[0]
            {"subscribe":[{"channel":"a","filter":{}}]}                               | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"equals":["a",1]}}]}               | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"eq":["a"]}}]}                     | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"eq":["a",null]}}]}                | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"eq":["a",1],"ne":["a",2]}}]}      | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"and":{}}}]}                       | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"eq":["a",9007199254740992]}}]}    | grants.subscribe[0].filter
            {"subscribe":[{"channel":"a","filter":{"not":{"in":["a",[1,-1e300]]}}}]}  | grants.subscribe[0].filter
            {"subscribe":[{"channel":1,"filter":{"eq":["a",1]}}]}                     | grants
            {"history":["*",{"channel":"a","filter":{"eq":["a",1]}}]}                 | grants.history[1]
            {"publish":[{"channel":"a","filter":{"eq":["a",1]}}]}                     | grants.publish[0]
            """)
    void filtersOfTheWrongShape_areRefused_andNamed(String grants, String named) {
        Map<String, Object> claims = claims();
        claims.remove("grants");
        String token = signedPayload(json(claims).replaceFirst("}$", ",\"grants\":" + grants + "}"));
        var refused = assertInstanceOf(Verdict.Refused.class, verdict(verifier(List.of(acme)), token));
        assertEquals(Reason.BAD_CLAIM, refused.reason());
        assertTrue(refused.message().contains(named), refused::message);
    }

    @Test
    void filter_isReadAsThatOfASubscription() throws Exception {
        String filter =
                "{\"and\":[{\"in\":[\"owner.id\",[\"u1\",\"u2\"]]},{\"not\":{\"gte\":[\"level\",2.5]}},{\"eq\":[\"open\",true]}]}";
        Map<String, Object> claims = claims();
        claims.remove("grants");
        String grants = "{\"subscribe\":[\"b\",{\"channel\":\"entity:{sub}*\",\"filter\":" + filter + "}]}";
        String token = signedPayload(json(claims).replaceFirst("}$", ",\"grants\":" + grants + "}"));
        Grants read = verified(acme, token).grants();
        assertEquals(new Grants.Rows(NativeCodec.filter(filter)), read.rows("entity:u1x"));
        assertEquals(new Grants.Rows(null), read.rows("b"));
        assertFalse(read.allows(Operation.SUBSCRIBE, "entity:u1x"), "whoever needs all of it does not get it");
    }

    /** Whatever stands there: it is a filter, and holds, or the token is refused. */
    @Test
    void randomFilters_neverGrantEverything_andNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("JwtVerifierTest filters seed " + seed);
        var random = new SplittableRandom(seed);
        var verifier = verifier(List.of(acme));
        int good = 0;
        for (int i = 0; i < 4_000; i++) {
            Map<String, Object> claims = claims();
            claims.remove("grants");
            String grants = "{\"subscribe\":[{\"channel\":\"a\",\"filter\":" + randomFilter(random, 0) + "}]}";
            String token = signedPayload(json(claims).replaceFirst("}$", ",\"grants\":" + grants + "}"));
            try {
                if (verdict(verifier, token) instanceof Verdict.Verified(Principal principal)) {
                    good++;
                    assertNotNull(
                            Objects.requireNonNull(principal.grants().rows("a")).filter(), grants);
                    assertFalse(principal.grants().allows(Operation.SUBSCRIBE, "a"), grants);
                }
            } catch (RuntimeException thrown) {
                throw new AssertionError("seed " + seed + ": " + grants, thrown);
            }
        }
        assertTrue(good > 100, "good ones: " + good);
    }

    private static String randomFilter(SplittableRandom random, int depth) {
        List<String> operators =
                List.of("eq", "ne", "in", "nin", "exists", "starts", "ends", "contains", "lt", "gte", "x", "");
        List<String> values = List.of("1", "2.5", "true", "\"a\"", "null", "[]", "[1,\"b\"]", "{}", "-1e400");
        if (depth > 12 || random.nextInt(3) > 0) {
            String operator = operators.get(random.nextInt(operators.size()));
            return "{\"" + operator + "\":[\"p" + random.nextInt(3) + "\"," + values.get(random.nextInt(values.size()))
                    + "]}";
        }
        String inner = randomFilter(random, depth + 1);
        return switch (random.nextInt(4)) {
            case 0 -> "{\"not\":" + inner + "}";
            case 1 -> "{\"and\":[" + inner + "," + randomFilter(random, depth + 1) + "]}";
            case 2 -> "{\"or\":[" + inner + "]}";
            default -> "[" + inner + "]";
        };
    }

    @Test
    void grantsBeyondTheirBounds_areRefused() {
        List<String> many = Collections.nCopies(101, "a");
        String longer = "a".repeat(201);
        assertEquals(Reason.BAD_CLAIM, refused(acme, token(claims("grants", Map.of("publish", many)))));
        assertEquals(Reason.BAD_CLAIM, refused(acme, token(claims("grants", Map.of("publish", List.of(longer))))));
        verified(acme, token(claims("grants", Map.of("publish", many.subList(0, 100)))));
        verified(acme, token(claims("grants", Map.of("publish", List.of(longer.substring(1))))));
    }

    @Test
    void duplicateKeys_inHeaderOrClaims_areRefused() {
        assertEquals(
                Reason.MALFORMED, refused(acme, signedPayload("{\"sub\":\"a\",\"sub\":\"b\",\"exp\":4000000000}")));
        String header = "{\"alg\":\"HS256\",\"kid\":\"k0\",\"kid\":\"k1\"}";
        assertEquals(
                Reason.MALFORMED,
                refused(
                        acme,
                        TestTokens.hmac(
                                "HmacSHA256", header, json(claims()), SECRET.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void issuerAndAudience_areCheckedIfConfigured() {
        var config = workspace("acme", "https://app", "heliograph", TestTokens.hmac("k1", SECRET));
        verified(config, token(claims("iss", "https://app", "aud", "heliograph")));
        verified(config, token(claims("iss", "https://app", "aud", List.of("other", "heliograph"))));
        assertEquals(Reason.BAD_CLAIM, refused(config, token(claims("iss", "https://app", "aud", "other"))));
        assertEquals(Reason.BAD_CLAIM, refused(config, token(claims("iss", "https://app"))));
        assertEquals(Reason.BAD_CLAIM, refused(config, token(claims("iss", "https://app/", "aud", "heliograph"))));
        assertEquals(Reason.BAD_CLAIM, refused(config, token(claims("aud", "heliograph"))));
    }

    @Test
    void aKidOfTwoWorkspaces_isDecidedByTheSignature() {
        String other = "another-secret-with-more-than-32-bytes";
        WorkspaceConfig beta = workspace("beta", TestTokens.hmac("k1", other));
        byte[] secret = other.getBytes(StandardCharsets.UTF_8);
        assertEquals("acme", verified(List.of(acme, beta), token(claims())).workspace());
        assertEquals(
                "beta",
                verified(List.of(acme, beta), hs256(header("HS256", "k1"), claims(), secret))
                        .workspace());
        Verdict forOther =
                verdict(List.of(acme, beta), hs256(header("HS256", "k1"), claims("workspace", "acme"), secret));
        assertEquals(
                Reason.WRONG_WORKSPACE,
                assertInstanceOf(Verdict.Refused.class, forOther).reason());
        byte[] neither = "a-third-secret-with-more-than-32-bytes!!".getBytes(StandardCharsets.UTF_8);
        Verdict forged = verdict(List.of(acme, beta), hs256(header("HS256", "k1"), claims(), neither));
        assertEquals(
                Reason.BAD_SIGNATURE,
                assertInstanceOf(Verdict.Refused.class, forged).reason());
    }

    @Test
    void withoutKid_theOnlyKeyOrTheIssuersOnlyKeyVerifies() {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        verified(acme, hs256(header("HS256", null), claims(), secret));

        WorkspaceConfig first = workspace("first", "https://first", null, TestTokens.hmac("k1", SECRET));
        WorkspaceConfig second = workspace("second", "https://second", null, TestTokens.hmac("k1", SECRET + "2"));
        List<WorkspaceConfig> both = List.of(first, second);
        String token = hs256(header("HS256", null), claims("iss", "https://first"), secret);
        assertEquals("first", verified(both, token).workspace());
        for (String issuer : List.of("https://second", "https://third")) {
            Verdict verdict = verdict(both, hs256(header("HS256", null), claims("iss", issuer), secret));
            assertInstanceOf(Verdict.Refused.class, verdict, issuer);
        }
        WorkspaceConfig two = workspace(
                "two", "https://two", null, TestTokens.hmac("k1", SECRET), TestTokens.hmac("k2", SECRET + "2"));
        assertEquals(
                Reason.UNKNOWN_KEY, refused(two, hs256(header("HS256", null), claims("iss", "https://two"), secret)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "...", "a", "a.b", "a.b.c", "e30.e30.e30", "bnVsbA.bnVsbA.AA", "\u0000", "é.é.é"})
    void garbage_isMalformedOrUnsigned(String token) {
        Reason reason = refused(acme, token);
        assertTrue(reason == Reason.MALFORMED || reason == Reason.BAD_ALGORITHM, token + ": " + reason);
    }

    @Test
    void aTokenOver8KiB_isRefusedBeforeItIsRead() {
        String large = token(claims("pad", "x".repeat(7_000)));
        assertEquals(Reason.MALFORMED, refused(acme, large));
        assertEquals("the token is longer than 8192 characters", message(acme, large));
        String fits = token(claims("pad", "x".repeat(5_900)));
        assertTrue(fits.length() <= 8_192);
        verified(acme, fits);
    }

    @Test
    void aDeeplyNestedToken_isRefused() {
        String deep = "[".repeat(2_000) + "]".repeat(2_000);
        assertEquals(
                Reason.MALFORMED,
                refused(acme, signedPayload("{\"sub\":\"a\",\"exp\":4000000000,\"x\":" + deep + "}")));
    }

    @Test
    void everyFlippedCharacterOfAToken_isRefused() {
        String token = token(claims());
        var verifier = verifier(List.of(acme));
        for (int i = 0; i < token.length() - 1; i++) { // the last character also has bits that encode nothing
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            String changed = token.substring(0, i) + other + token.substring(i + 1);
            assertInstanceOf(Verdict.Refused.class, verdict(verifier, changed), "changed at " + i);
        }
    }

    @Test
    void anySignedHeaderAndClaims_giveAVerdict() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var values = List.of(
                "null",
                "true",
                "-1",
                "0",
                "1e308",
                "-1e308",
                "9223372036854775807",
                "1".repeat(60),
                "1.5",
                "\"\"",
                "\"x\"",
                "\"2026-01-01T00:00:00Z\"",
                "\"\\u0000\"",
                "\"\\ud800\"",
                "[]",
                "[1]",
                "[[]]",
                "[null]",
                "{}",
                "{\"a\":1}",
                "{\"subscribe\":[\"*\"]}",
                "\"HS256\"",
                "\"k1\"",
                "[\"a\",\"b\"]");
        var headers = List.of(
                "typ",
                "cty",
                "jku",
                "jwk",
                "x5u",
                "x5c",
                "x5t",
                "x5t#S256",
                "b64",
                "p2c",
                "p2s",
                "epk",
                "enc",
                "iv",
                "y");
        var claims =
                List.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "name", "workspace", "grants", "cnf", "x", "");
        var verifier = verifier(List.of(acme));
        for (int i = 0; i < 3_000; i++) {
            String header = "{\"alg\":\"HS256\",\"kid\":\"k1\"" + random(random, headers, values) + "}";
            String payload = "{\"_\":0" + random(random, claims, values) + "}";
            String token = TestTokens.hmac("HmacSHA256", header, payload, SECRET.getBytes(StandardCharsets.UTF_8));
            try {
                verdict(verifier, token);
            } catch (RuntimeException thrown) {
                throw new AssertionError("seed " + seed + ": " + header + " " + payload, thrown);
            }
        }
    }

    private static String random(SplittableRandom random, List<String> names, List<String> values) {
        var members = new StringBuilder();
        for (String name : names) {
            if (random.nextInt(3) == 0) {
                String value = values.get(random.nextInt(values.size()));
                members.append(",\"").append(name).append("\":").append(value);
            }
        }
        return members.toString();
    }

    @Test
    void aRememberedToken_isForgottenAtItsExpiry() {
        var verifier = verifier(List.of(acme));
        String token = token(claims("exp", NOW_S + 10));
        assertInstanceOf(Verdict.Verified.class, verdict(verifier, token));
        clock.advanceSeconds(9);
        assertInstanceOf(Verdict.Verified.class, verdict(verifier, token));
        clock.advanceSeconds(31);
        assertInstanceOf(Verdict.Verified.class, verdict(verifier, token)); // 30 s past: within the leeway
        clock.advanceSeconds(1);
        Verdict late = verdict(verifier, token);
        assertEquals(
                Reason.EXPIRED, assertInstanceOf(Verdict.Refused.class, late).reason());
    }

    @Test
    void mintedTokens_verify() {
        WorkspaceConfig config = workspace("acme", "https://app", "heliograph", TestTokens.hmac("k1", SECRET));
        var mint = new TokenMint(config, null, clock, () -> "id-1");
        String token = mint.mint(new TokenMint.Request(
                "u7", "Bob", Map.of(Operation.SUBSCRIBE, List.of("private-*")), Duration.ofHours(1)));
        Principal principal = verified(config, token);
        assertEquals("u7", principal.userId());
        assertEquals("Bob", principal.name());
        assertEquals("id-1", principal.tokenId());
        assertTrue(principal.grants().allows(Operation.SUBSCRIBE, "private-x"));
        assertEquals((NOW_S + 3_600) * 1_000, principal.expiresAtMs());
    }

    @Test
    void refusals_showNothingOfTheToken() {
        String canary = "CANARY-4f1d";
        var tokens = List.of(
                token(claims("workspace", canary)),
                token(claims("iat", canary)),
                hs256(header(canary, "k1"), claims(), SECRET.getBytes(StandardCharsets.UTF_8)),
                hs256(header("HS256", canary), claims(), SECRET.getBytes(StandardCharsets.UTF_8)),
                token(claims("grants", Map.of(canary, List.of()))),
                canary + "." + canary + "." + canary);
        for (String token : tokens) {
            assertFalse(message(acme, token).contains(canary), message(acme, token));
        }
    }

    private static String token(Map<String, ?> claims) {
        return hs256(header("HS256", "k1"), claims, SECRET.getBytes(StandardCharsets.UTF_8));
    }

    private static String signedPayload(String payload) {
        return TestTokens.hmac(
                "HmacSHA256", json(header("HS256", "k1")), payload, SECRET.getBytes(StandardCharsets.UTF_8));
    }

    private JwtVerifier verifier(List<WorkspaceConfig> configs) {
        return new JwtVerifier(workspaces(configs.toArray(WorkspaceConfig[]::new)), (Clock) clock, task -> {
            throw new AssertionError("nothing is to be fetched");
        });
    }

    private static Verdict verdict(JwtVerifier verifier, String token) {
        var verdicts = new ArrayList<Verdict>();
        verifier.verify(token, verdicts::add);
        assertEquals(1, verdicts.size());
        return verdicts.getFirst();
    }

    private Verdict verdict(List<WorkspaceConfig> configs, String token) {
        return verdict(verifier(configs), token);
    }

    private Verdict verdict(WorkspaceConfig config, String token) {
        return verdict(List.of(config), token);
    }

    private Principal verified(WorkspaceConfig config, String token) {
        return verified(List.of(config), token);
    }

    private Principal verified(List<WorkspaceConfig> configs, String token) {
        Verdict verdict = verdict(configs, token);
        return assertInstanceOf(Verdict.Verified.class, verdict, verdict.toString())
                .principal();
    }

    private Reason refused(WorkspaceConfig config, String token) {
        return assertInstanceOf(Verdict.Refused.class, verdict(config, token)).reason();
    }

    private String message(WorkspaceConfig config, String token) {
        return assertInstanceOf(Verdict.Refused.class, verdict(config, token)).message();
    }
}
