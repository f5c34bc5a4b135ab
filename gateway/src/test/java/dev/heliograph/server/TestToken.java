package dev.heliograph.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A token of any shape, signed by hand with a {@link TestGateway} workspace's shared secret. Immutable. */
public record TestToken(Map<String, Object> header, Map<String, Object> claims, String secret) {
    public static final String ACME_SECRET = "acme-secret-0123456789abcdef0123456789abcdef";
    public static final String OTHER_SECRET = "other-secret-0123456789abcdef0123456789abcdef";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LIFE_SECONDS = 3_600;

    public TestToken {
        header = new LinkedHashMap<>(header);
        claims = new LinkedHashMap<>(claims);
    }

    /** Subject {@code u1} of workspace acme, allowed everything for an hour. */
    public static TestToken acme() {
        return of("acme", ACME_SECRET);
    }

    /** The same of workspace other. */
    public static TestToken other() {
        return of("other", OTHER_SECRET);
    }

    private static TestToken of(String workspace, String secret) {
        List<String> all = List.of("*");
        return new TestToken(
                Map.of("alg", "HS256", "kid", workspace + "-1"),
                Map.of(
                        "sub",
                        "u1",
                        "aud",
                        "heliograph",
                        "workspace",
                        workspace,
                        "exp",
                        Instant.now().getEpochSecond() + LIFE_SECONDS,
                        "grants",
                        Map.of("subscribe", all, "publish", all, "history", all)),
                secret);
    }

    public TestToken with(String claim, Object value) {
        var changed = new LinkedHashMap<>(claims);
        changed.put(claim, value);
        return new TestToken(header, changed, secret);
    }

    public TestToken without(String claim) {
        var changed = new LinkedHashMap<>(claims);
        changed.remove(claim);
        return new TestToken(header, changed, secret);
    }

    public TestToken withHeader(String name, Object value) {
        var changed = new LinkedHashMap<>(header);
        changed.put(name, value);
        return new TestToken(changed, claims, secret);
    }

    public TestToken signedWith(String otherSecret) {
        return new TestToken(header, claims, otherSecret);
    }

    public TestToken user(String subject) {
        return with("sub", subject);
    }

    /** Expires so many seconds from now. */
    public TestToken expiringIn(long seconds) {
        return with("exp", Instant.now().getEpochSecond() + seconds);
    }

    /** Allowed to subscribe to these patterns and nothing else. */
    public TestToken subscribingTo(String... patterns) {
        return with("grants", Map.of("subscribe", List.of(patterns)));
    }

    /** The compact JWT; without a signature for {@code alg: none}. */
    public String text() {
        String content = part(header) + "." + part(claims);
        return "none".equals(header.get("alg")) ? content + "." : content + "." + signature(content);
    }

    private static String part(Map<String, Object> values) {
        try {
            return base64(JSON.writeValueAsBytes(values));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String signature(String content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return base64(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
