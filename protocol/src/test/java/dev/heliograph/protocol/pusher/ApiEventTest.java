package dev.heliograph.protocol.pusher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.protocol.message.RawJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What subscribers of every protocol get of a string that holds JSON, and that Pusher's get the same string again. */
final class ApiEventTest {
    private static RawJson content(String literal) {
        return new ApiEvent("e", RawJson.of(literal), List.of(new PusherChannel("a")), null, Set.of()).content();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"{}\"                         | {}",
                "\"{\\\"a\\\": [1, \\\"\\u00e9\\\"]}\"   | {\"a\": [1, \"é\"]}",
                "\"[1,2]\"                      | [1,2]",
                "\"plain\"                      | \"plain\"",
                "\"5\"                          | \"5\"",
                "\"\\\"text\\\"\"               | \"\\\"text\\\"\"",
                "\"{broken\"                    | \"{broken\"",
                "\"{} {}\"                      | \"{} {}\"",
                "\"[1\"                         | \"[1\"",
                "\"{\\\"a\\\":1,\\\"a\\\":2}\"      | \"{\\\"a\\\":1,\\\"a\\\":2}\"",
                "\"{\\\"a\\\":\\\"\\ud800\\\"}\"      | \"{\\\"a\\\":\\\"\\ud800\\\"}\"",
                "\"\"                           | \"\"",
            })
    void stringThatHoldsAnObjectOrAList_isThat_andAnyOtherStaysAString(String literal, String content) {
        assertEquals(content, content(literal).toString());
    }

    @Test
    void nestingThatIsTooDeep_staysAString() {
        String deep = "\"" + "[".repeat(100) + "]".repeat(100) + "\"";
        assertEquals(deep, content(deep).toString());
    }

    @Test
    void parametersThatWereDecodedAlready_areTheSame() throws ApiException {
        Map<String, List<String>> decoded = new LinkedHashMap<>();
        decoded.put("Name", List.of("a b", "c"));
        decoded.put("channels[]", List.of("x", "y"));
        QueryParameters parsed = QueryParameters.parse("Name=a+b&Name=c&channels[]=x&channels[]=y");
        QueryParameters of = QueryParameters.of(decoded);
        assertEquals(parsed.toSign(), of.toSign());
        assertEquals("c", of.value("name"));
        assertEquals(List.of("x", "y"), of.list("channels"));
    }
}
