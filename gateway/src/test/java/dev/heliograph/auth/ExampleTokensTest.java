package dev.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.NativeCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tokens of {@code docs/PROTOCOL.md} are good ones, and grant what the page says. */
final class ExampleTokensTest {
    private static final Path EXAMPLES = Path.of("../protocol/src/test/resources/examples");
    private static final long ISSUED_S = 1_770_000_000L;

    private static Principal verified(String example) throws IOException {
        var clock = Clock.fixed(Instant.ofEpochSecond(ISSUED_S + 10), ZoneOffset.UTC);
        var acme = TestTokens.workspace(
                "acme", "https://app.example.com", "heliograph", TestTokens.hmac("k1", TestTokens.SECRET));
        String token = TestTokens.hmac(
                "HmacSHA256",
                TestTokens.json(TestTokens.header("HS256", "k1")),
                Files.readString(EXAMPLES.resolve(example)),
                TestTokens.SECRET.getBytes(StandardCharsets.UTF_8));
        var verdicts = new ArrayList<Verdict>();
        new JwtVerifier(Map.of("acme", acme), clock, Runnable::run).verify(token, verdicts::add);
        return assertInstanceOf(Verdict.Verified.class, verdicts.getFirst(), verdicts::toString)
                .principal();
    }

    @Test
    void token_grantsWhatItSays() throws IOException {
        Principal alice = verified("token.json");
        assertEquals("u_42", alice.userId());
        assertEquals("Alice", alice.name());
        assertEquals("acme", alice.workspace());
        assertEquals(ISSUED_S * 1_000, alice.issuedAtMs());
        assertEquals((ISSUED_S + 3_600) * 1_000, alice.expiresAtMs());
        assertEquals(
                Map.of(
                        "subscribe", List.of("private-prod-*", "entity:Task*", "presence:*", "user:u_42"),
                        "publish", List.of("entity:Task*"),
                        "presence", List.of("presence:*"),
                        "history", List.of("*")),
                alice.grants().shown());
    }

    @Test
    void tokenInPart_showsWhatItsFilterTakes() throws IOException, DecodeException {
        Grants grants = verified("token-in-part.json").grants();
        assertEquals(new Grants.Rows(null), grants.rows("entity:Note"));
        assertEquals(new Grants.Rows(NativeCodec.filter("{\"eq\":[\"owner\",\"u_42\"]}")), grants.rows("entity:Task"));
    }
}
