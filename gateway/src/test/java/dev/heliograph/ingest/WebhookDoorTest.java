package dev.heliograph.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.config.SourceConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.pipeline.TestConfig;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in by a webhook, and who does not. */
final class WebhookDoorTest {
    private static final String HOOK = "/ingest/segment/web";
    private static final String BEARER = "Bearer web-bearer-secret";
    private static final byte[] EVENT = DoorServer.golden("segment-webhook.json");
    private static final byte[] ARRAY = DoorServer.golden("segment-webhook-array.json");

    private DoorServer server;

    @BeforeEach
    void start() throws IOException {
        SourceConfig full = TestConfig.source("signed");
        var signed = new SourceConfig(
                "signed", full.writeKeys(), full.types(), full.webhookSecrets(), null, 1_000, 1_000, 1, full.privacy());
        server = new DoorServer(TestConfig.config(TestConfig.workspace(
                "acme",
                null,
                false,
                TestConfig.source("web"),
                signed,
                TestConfig.limited("sdk-only", Set.of("track"), 10, 10))));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String sign(String secret, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return HexFormat.of().formatHex(mac.doFinal(bytes));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] firstElement(byte[] array) {
        String text = new String(array, StandardCharsets.UTF_8);
        return text.substring(1, text.indexOf("},") + 1).getBytes(StandardCharsets.UTF_8);
    }

    private HttpResponse<String> signed(String path, byte[] body, String signature) {
        return server.send("POST", path, body, "X-Signature", signature);
    }

    private void assertRefused(int status, String code, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"code\":\"" + code + "\""), answer.body());
        assertEquals(0, server.harness.published().size());
        assertEquals(0, server.harness.count(Count.INGEST_EVENTS));
    }

    @Test
    void signature_isKnownAnswer() {
        // RFC 2202, test case 2
        assertEquals(
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
                sign("Jefe", "what do ya want for nothing?".getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"web-hook-1", "web-hook-2"})
    void signedEvent_isAcceptedUnderEachActiveSecret(String secret) {
        assertEquals(200, signed(HOOK, EVENT, sign(secret, EVENT)).statusCode());
        assertEquals(
                200,
                server.send("PUT", HOOK + "/", EVENT, "X-Signature", sign(secret, EVENT))
                        .statusCode());
        assertEquals(1, server.harness.published().size());
        assertTrue(server.harness.last().contains("\"time_source\":\"upstream\""));
    }

    @Test
    void everyFlippedByte_isRefused() {
        String signature = sign("web-hook-1", EVENT);
        for (int at = 0; at < EVENT.length; at++) {
            byte[] flipped = EVENT.clone();
            flipped[at] ^= 1;
            int status = signed(HOOK, flipped, signature).statusCode();
            assertEquals(401, status, "byte " + at);
        }
        assertEquals(0, server.harness.count(Count.INGEST_EVENTS));
    }

    @Test
    void everyFlippedDigitOfTheSignature_isRefused() {
        char[] signature = sign("web-hook-1", EVENT).toCharArray();
        for (int at = 0; at < signature.length; at++) {
            char[] flipped = Arrays.copyOf(signature, signature.length);
            flipped[at] = flipped[at] == '0' ? '1' : '0';
            assertRefused(401, "bad_signature", signed(HOOK, EVENT, new String(flipped)));
        }
        assertRefused(401, "bad_signature", signed(HOOK, EVENT, ""));
        assertRefused(401, "bad_signature", signed(HOOK, EVENT, "ä"));
        assertRefused(401, "bad_signature", signed(HOOK, EVENT, new String(signature).substring(1)));
        assertRefused(401, "bad_signature", signed(HOOK, EVENT, sign("signed-hook-1", EVENT)));
    }

    @Test
    void wrongSignature_isNotHealedByTheBearer() {
        String wrong = sign("other", EVENT);
        assertRefused(
                401, "bad_signature", server.send("POST", HOOK, EVENT, "X-Signature", wrong, "Authorization", BEARER));
    }

    @Test
    void withoutSignature_theBearerSpeaks() {
        assertRefused(401, "bad_bearer", server.send("POST", HOOK, EVENT));
        assertRefused(401, "bad_bearer", server.send("POST", HOOK, EVENT, "Authorization", "Bearer web-bearer-secreT"));
        assertRefused(401, "missing_signature", server.send("POST", "/ingest/segment/signed", EVENT));
        assertEquals(
                200, server.send("POST", HOOK, EVENT, "Authorization", BEARER).statusCode());
    }

    @Test
    void sourceWithoutWebhookSecrets_takesNoWebhooks() {
        String path = "/ingest/segment/sdk-only";
        assertRefused(403, "webhook_disabled", signed(path, EVENT, sign("any", EVENT)));
        assertRefused(
                403,
                "webhook_disabled",
                server.send("POST", "/ingest/rudderstack/sdk-only", EVENT, "Authorization", "Bearer "));
    }

    @Test
    void unknownSource_is404() {
        assertRefused(404, "unknown_source", signed("/ingest/segment/nobody", EVENT, sign("web-hook-1", EVENT)));
        assertRefused(404, "unknown_source", signed("/ingest/segment/web/x", EVENT, sign("web-hook-1", EVENT)));
    }

    @Test
    void array_isRefusedWhereOnlyASignatureSpeaksForIt() {
        String signature = sign("signed-hook-1", firstElement(ARRAY));
        assertRefused(403, "array_not_allowed", signed("/ingest/segment/signed", ARRAY, signature));
        assertRefused(401, "bad_bearer", signed(HOOK, ARRAY, sign("web-hook-1", firstElement(ARRAY))));
    }

    @Test
    void array_withTheBearerIsAcceptedSignedOrNot() {
        assertEquals(
                200, server.send("POST", HOOK, ARRAY, "Authorization", BEARER).statusCode());
        String signature = sign("web-hook-2", firstElement(ARRAY));
        assertEquals(
                200,
                server.send("POST", HOOK, ARRAY, "Authorization", BEARER, "X-Signature", signature)
                        .statusCode());
        assertEquals(2, server.harness.published().size());
        assertEquals(2, server.harness.dropped(DropReason.DUPLICATE));
    }

    @Test
    void array_withAForgedSecondElement_isRefusedWithoutTheBearer() {
        String captured = sign("web-hook-1", firstElement(ARRAY));
        byte[] forged = new String(ARRAY, StandardCharsets.UTF_8)
                .replace("\"Second\"", "\"Forged\"")
                .getBytes(StandardCharsets.UTF_8);
        for (byte[] body : List.of(
                forged, (" \n" + new String(forged, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8))) {
            assertRefused(401, "bad_bearer", signed(HOOK, body, captured));
        }
    }

    @Test
    void array_withAForgedFirstElement_isRefusedDespiteTheBearer() {
        byte[] forged = new String(ARRAY, StandardCharsets.UTF_8)
                .replace("\"First\"", "\"Forged\"")
                .getBytes(StandardCharsets.UTF_8);
        String signature = sign("web-hook-1", firstElement(ARRAY));
        assertRefused(
                401,
                "bad_signature",
                server.send("POST", HOOK, forged, "Authorization", BEARER, "X-Signature", signature));
    }

    @Test
    void deletion_purgesThatPersonAndNeedsASignatureToo() {
        for (String user : List.of("u3", "u4", "u3")) {
            server.post("/v1/page", "{\"type\":\"page\",\"userId\":\"" + user + "\"}", "X-Write-Key", "web-write-key");
        }
        byte[] deletion = DoorServer.golden("segment-webhook-delete.json");
        assertEquals(401, signed(HOOK, deletion, sign("no", deletion)).statusCode());
        assertEquals(3, server.harness.published().size());
        assertEquals(200, signed(HOOK, deletion, sign("web-hook-1", deletion)).statusCode());
        assertEquals(1, server.harness.published().size());
        assertEquals(2, server.harness.count(Count.PURGED));
        byte[] nobody = "{\"type\":\"delete\"}".getBytes(StandardCharsets.UTF_8);
        assertEquals(400, signed(HOOK, nobody, sign("web-hook-1", nobody)).statusCode());
    }

    @Test
    void rudderStack_isLetInByItsBearer() {
        byte[] body = DoorServer.golden("rudderstack-webhook.json");
        assertRefused(401, "bad_bearer", server.send("POST", "/ingest/rudderstack/web", body));
        assertEquals(
                200,
                server.send("POST", "/ingest/rudderstack/web", body, "Authorization", BEARER)
                        .statusCode());
        assertTrue(server.harness.last().contains("\"event_name\":\"Signed Up\""));
        assertTrue(server.harness.last().contains("\"traits\":{\"plan\":\"pro\"}"));
    }

    @Test
    void cloudEvents_inTheirThreeModes() {
        String path = "/ingest/cloudevents/web";
        byte[] structured = DoorServer.golden("cloudevent-structured.json");
        assertRefused(
                401,
                "bad_bearer",
                server.send("POST", path, structured, "Content-Type", "application/cloudevents+json"));
        assertEquals(
                200,
                server.send(
                                "POST",
                                path,
                                structured,
                                "Content-Type",
                                "application/cloudevents+json; charset=utf-8",
                                "Authorization",
                                BEARER)
                        .statusCode());
        assertEquals(
                200,
                server.send(
                                "POST",
                                path,
                                DoorServer.golden("cloudevents-batch.json"),
                                "Content-Type",
                                "application/cloudevents-batch+json",
                                "Authorization",
                                BEARER)
                        .statusCode());
        assertEquals(
                200,
                server.send(
                                "POST",
                                path,
                                DoorServer.golden("cloudevent-binary-data.json"),
                                "Content-Type",
                                "application/json",
                                "ce-specversion",
                                "1.0",
                                "ce-id",
                                "b-1",
                                "ce-source",
                                "/s",
                                "ce-type",
                                "com.example.binary",
                                "Authorization",
                                BEARER)
                        .statusCode());
        assertEquals(4, server.harness.published().size());
        assertEquals(2, server.harness.dropped(DropReason.MALFORMED));
        assertTrue(server.harness.last().contains("\"event_name\":\"com.example.binary\""));
        assertTrue(server.harness.last().contains("\"properties\":{\"checkpoint\":\"payment\"}"));
    }

    @Test
    void cloudEvent_thatIsNone_isRefused() {
        HttpResponse<String> answer = server.post("/ingest/cloudevents/web", "{}", "Authorization", BEARER);
        assertRefused(400, "malformed_body", answer);
    }

    @Test
    void cloudEvents_senderMayAskBeforeItDelivers() {
        HttpResponse<String> answer = server.send(
                "OPTIONS", "/ingest/cloudevents/signed", new byte[0], "WebHook-Request-Origin", "events.example.com");
        assertEquals(200, answer.statusCode());
        assertEquals(
                "events.example.com",
                answer.headers().firstValue("WebHook-Allowed-Origin").orElse(""));
        assertEquals(
                "60000", answer.headers().firstValue("WebHook-Allowed-Rate").orElse(""));
        assertEquals(
                404,
                server.send("OPTIONS", "/ingest/cloudevents/nobody", new byte[0])
                        .statusCode());
    }
}
