package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for personal or secret, and what is not. */
final class DetectorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jane@example.com",
                "mail <jane.doe+x@mail.example.co.uk>",
                "jane%40example.com",
                "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
                "https://jane:pw@example.com/",
                "jörg@müller.example",
                "4111111111111111",
                "4111 1111 1111 1111",
                "4111-1111-1111-1111",
                "order 12 4111111111111111 x",
                "378282246310005",
                "5555555555554444",
                "6011111111111117",
                "no 4222222222222.",
                "+49 30 1234567",
                "+4915112345678",
                "call +1 (555) 123-4567 now",
                "(555) 123-4567",
                "555-123-4567",
                "1-555-123-4567",
                "030 1234567",
                "0151/23456789",
                "123-45-6789",
                "ssn 123 45 6789",
                "203.0.113.7",
                "from 10.0.0.1:8080",
                "2001:db8::1",
                "2001:0db8:0000:0000:0000:ff00:0042:8329",
                "fe80::1",
                "00:1B:44:11:3A:B7",
                "00-1b-44-11-3a-b7",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
                "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
                "key=AKIAIOSFODNN7EXAMPLE",
                "ghp_0123456789abcdefghijABCDEFGHIJ012345",
                "github_pat_11ABCDEFG0123456789_abcdefghijkl",
                "glpat-abcdefghij0123456789",
                "whsec_abcdefgh12345678",
                "sk-abcdefghijklmnopqrstuvwx",
                "ASIAIOSFODNN7EXAMPLE",
                "AIzaSyA-abcdefghijklmnopqrstuvwx",
                "rk_test_abcdefgh12345678",
                "xoxb-123456789012-abcdefgh",
                "Bearer abcdefghijklmnop",
                "-----BEGIN RSA PRIVATE KEY-----"
            })
    void sensitiveValues(String value) {
        assertTrue(ValueDetector.isSensitive(value), value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "payment",
                "checkout step 3",
                "49.90",
                "1795219529882",
                "1795219529",
                "2026-11-21",
                "2026-11-21T00:45:29.882Z",
                "21.11.2026",
                "12:30:45",
                "ajs-next-1795219529882-0d6c1f5e-1b2a-4c3d-8e9f-a0b1c2d3e4f5",
                "node-next-1795219529882-6f5c2b1e-8c0d-4f5a-9b7e-2d1c3a4b5e6f",
                "0a0e4d1c-1f0c-4f5e-bb1e-5a1ac2f3d1b0",
                "1.2.3",
                "10.0.19041.1",
                "std::string",
                "a@b",
                "@handle",
                "4111111111111112",
                "SKU-2026-000123",
                "v2.10.3-rc.1",
                "100%",
                "Order Completed",
                "sk-1",
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "M:F",
                "half-life-3",
                "300x250"
            })
    void harmlessValues(String value) {
        assertFalse(ValueDetector.isSensitive(value), value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "email",
                "Email",
                "EMAIL",
                "e-mail",
                "E_MAIL",
                "userEmail",
                "user_email_address",
                "emailHash",
                "contactEMail",
                "phone",
                "phoneNumber",
                "phone_number",
                "mobile",
                "PHONE2",
                "phones",
                "firstName",
                "first_name",
                "LAST-NAME",
                "name",
                "fullName",
                "password",
                "user.password",
                "passwd",
                "creditCard",
                "credit_card_number",
                "cardNumber",
                "ssn",
                "SSN",
                "socialSecurityNumber",
                "passport_no",
                "accessToken",
                "refresh_token",
                "token",
                "idToken",
                "apiKey",
                "api-key",
                "clientSecret",
                "ip",
                "IP",
                "ipAddress",
                "userIPAddress",
                "shipping_address",
                "street",
                "zip",
                "dateOfBirth",
                "dob",
                "birthday",
                "gender",
                "iban",
                "Authorization",
                "cookie",
                "ｅｍａｉｌ",
                "user_id",
                "anonymousId"
            })
    void sensitiveKeys(String key) {
        assertTrue(KeyDetector.isSensitive(key), key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkpoint", "category", "step", "product_name", "productName", "event_name", "trace_id", "traceId",
                        "price", "currency",
                "plan", "token_count", "tokenize", "description", "shipping", "zipper", "telemetry", "microphone_on",
                        "phoneme", "mobility",
                "recipe", "sku", "quantity", "race_id", "cityTier", "secretary", "state", "status", "source", "sexy"
            })
    void harmlessKeys(String key) {
        assertFalse(KeyDetector.isSensitive(key), key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@",
                "eyJ",
                "1 ",
                "1-",
                "+1",
                "0 1",
                "a:",
                "1.",
                "ghp_",
                "%40",
                "Bearer ",
                "-----BEGIN ",
                "aa:",
                "555-123-",
                "::1:"
            })
    void longHostileTexts_areReadAFewTimesAndNotOncePerCharacter(String piece) {
        String text = piece.repeat(8_000);
        var patterns = List.of(
                ValueDetector.EMAIL,
                ValueDetector.PHONE,
                ValueDetector.SOCIAL_SECURITY,
                ValueDetector.IP4,
                ValueDetector.IP6,
                ValueDetector.MAC,
                ValueDetector.SECRET);
        for (Pattern pattern : patterns) {
            var counting = new Counting(text);
            pattern.matcher(counting).find();
            assertTrue(counting.reads < 200L * text.length(), pattern + " reads " + counting.reads);
        }
        var counting = new Counting(text);
        CardNumbers.within(counting);
        assertTrue(counting.reads < 200L * text.length(), "cards read " + counting.reads);
    }

    /** Counts how often its characters are looked at. */
    private static final class Counting implements CharSequence {
        private final String text;
        private long reads;

        Counting(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            reads++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Test
    void urls_loseQueryAndFragment() {
        assertEquals("https://a.example/b", Urls.withoutQueries("https://a.example/b?c=d#e"));
        assertEquals("/b", Urls.withoutQueries("/b?c=d"));
        assertEquals("/b", Urls.withoutQueries("/b#access_token=x"));
        assertEquals("", Urls.withoutQueries("?q=jane"));
        assertEquals("see app://x/y and https://z/ ok?", Urls.withoutQueries("see app://x/y?a=b and https://z/?c ok?"));
        assertEquals("really? #yes", Urls.withoutQueries("really? #yes"));
    }
}
