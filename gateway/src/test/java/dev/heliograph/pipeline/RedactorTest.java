package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.segment.Slice;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of an object is seen. */
final class RedactorTest {
    private static final Set<String> ALLOWED = Set.of("a", "b", "email", "page");

    private final Tally tally = new Tally(_ -> {});

    private @Nullable String captured;

    private String copy(String json) {
        // in the midst of a longer body, as properties are
        byte[] body = ("{\"x\":" + json + ",\"y\":1}").getBytes(StandardCharsets.UTF_8);
        int to = body.length - ",\"y\":1}".length();
        var out = new JsonBytes(4);
        captured = new Redactor(ALLOWED, "trace").copy(new Slice(body, "{\"x\":".length(), to), out, tally);
        return out.toJson().toString();
    }

    private int redacted() {
        var metrics = new Metrics(new SimpleMeterRegistry());
        tally.report(metrics, 0);
        return (int) metrics.value(Count.VALUES_REDACTED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                   | {}                                                | 0
            {"c":1,"d":{"a":1}}                                  | {}                                                | 0
            {"a":"payment","c":1,"b":2.50}                       | {"a":"payment","b":2.50}                          | 0
            { "a" : [ 1 , true , null , "x" ] , "c" : "}" }      | {"a":[1,true,null,"x"]}                           | 0
            {"\\u0061":"\\u0062"}                                | {"a":"\\u0062"}                                   | 0
            {"email":"payment"}                                  | {"email":"[redacted]"}                            | 1
            {"email":null}                                       | {"email":null}                                    | 0
            {"email":{"a":1}}                                    | {"email":"[redacted]"}                            | 1
            {"a":"jane@example.com","b":"x"}                     | {"a":"[redacted]","b":"x"}                        | 1
            {"a":"jane\\u0040example.com"}                       | {"a":"[redacted]"}                                | 1
            {"a":4111111111111111}                               | {"a":"[redacted]"}                                | 1
            {"a":4111111111111112}                               | {"a":4111111111111112}                            | 0
            {"a":{"user":{"E-Mail":"x","n":1}}}                  | {"a":{"user":{"E-Mail":"[redacted]","n":1}}}      | 1
            {"a":[{"phone":1},{"sku":"jane@example.com"}]}       | {"a":[{"phone":"[redacted]"},{"sku":"[redacted]"}]} | 2
            {"a":{"jane@example.com":1,"b":2}}                   | {"a":{"b":2}}                                     | 1
            {"a":{"x":1,"jane@example.com":{"z":"y"}}}           | {"a":{"x":1}}                                     | 1
            {"page":"https://x.example/p?email=j"}               | {"page":"https://x.example/p"}                    | 1
            {"page":"/p?q=1"}                                    | {"page":"/p"}                                     | 1
            {"a":[[[[[[[1]]]]]]]}                                | {"a":[[[[[[[1]]]]]]]}                             | 0
            {"a":[[[[[[[[1]]]]]]]]}                              | {"a":[[[[[[["[redacted]"]]]]]]]}                  | 1
            """)
    void copies_whatMayBeSeen(String json, String seen, int replaced) {
        assertEquals(seen, copy(json));
        assertEquals(replaced, redacted());
    }

    @Test
    void longNumber_isReplaced() {
        assertEquals("{\"a\":\"[redacted]\"}", copy("{\"a\":" + "1".repeat(65) + "}"));
        String digits = "1".repeat(64);
        assertEquals("{\"a\":" + digits + "}", copy("{\"a\":" + digits + "}"));
    }

    @Test
    void capturesTheTrace_withoutShowingIt() {
        assertEquals("{\"a\":1}", copy("{\"trace\":\"t-1\",\"a\":1}"));
        assertEquals("t-1", captured);
        copy("{\"trace\":17}");
        assertEquals("17", captured);
        copy("{\"a\":{\"trace\":\"inner\"}}");
        assertNull(captured);
        copy("{\"trace\":{\"id\":1},\"a\":2}");
        assertNull(captured);
        copy("{\"trace\":null}");
        assertNull(captured);
    }
}
