package dev.heliograph.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.FilterValues;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import dev.heliograph.protocol.message.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much a filter may hold, and that what is dear to ask is answered all the same. */
final class FilterTest {
    private static Filter read(String json) throws Exception {
        var parser = JsonInput.parser(json.getBytes(StandardCharsets.UTF_8));
        parser.nextToken();
        return new FilterReader(parser, null).read();
    }

    private static String values(String path, int from, int to) {
        return "{\"in\":[\"" + path + "\",["
                + IntStream.range(from, to).mapToObj(String::valueOf).collect(Collectors.joining(",")) + "]]}";
    }

    private static void assertRefused(String expected, String json) {
        DecodeException refused = assertThrows(DecodeException.class, () -> read(json));
        assertEquals(ErrorCode.BAD_FILTER, refused.code());
        assertEquals(expected, refused.getMessage());
    }

    @Test
    void itsLists_haveSoManyValuesTogether() throws Exception {
        read("{\"or\":[" + values("a", 0, 128) + "," + values("b", 0, 128) + "]}");
        assertRefused(
                "a filter has at most 256 values in its lists",
                "{\"or\":[" + values("a", 0, 128) + "," + values("b", 0, 129) + "]}");
    }

    @Test
    void itsPathsAndValues_haveSoManyCharactersTogether() throws Exception {
        read("{\"eq\":[\"ab\",\"" + "x".repeat(Filter.LENGTH_MAX - 2) + "\"]}");
        assertRefused(
                "a filter has at most 8192 characters in its paths and values",
                "{\"and\":[{\"eq\":[\"ab\",\"" + "x".repeat(8_000) + "\"]},{\"contains\":[\"b\",\"" + "x".repeat(200)
                        + "\"]}]}");
    }

    @Test
    void membership_isThatOfASet() throws Exception {
        Filter filter = read("{\"in\":[\"n\",[1,\"1\",true,1]]}");
        assertEquals(read("{\"in\":[\"n\",[true,\"1\",1]]}"), filter);
        assertTrue(FilterValues.takes(filter, RawJson.of("{\"n\":1.0}")));
        assertTrue(FilterValues.takes(read("{\"nin\":[\"n\",[1,2]]}"), RawJson.of("{\"n\":3}")));
    }

    @Test
    void contains_saysTheSameOfLongTexts_asTheJdk() {
        long seed = Long.getLong("heliograph.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("FilterTest: -Dheliograph.seed=" + seed);
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            String text = text(random, 2_000 + random.nextInt(4_000));
            int from = random.nextInt(text.length() - 1_000);
            String part = text.substring(from, from + 100 + random.nextInt(900));
            String other = random.nextBoolean()
                    ? part
                    : part.substring(0, part.length() - 1) + "abc".charAt(random.nextInt(3));
            boolean found = new Filter.Compare(Operator.CONTAINS, "t", other).matches(Map.of("t", text));
            assertEquals(text.contains(other), found, () -> other + " in " + text);
        }
    }

    /** Of few letters, so that parts of it nearly come again. */
    private static String text(SplittableRandom random, int length) {
        int letters = 1 + random.nextInt(3);
        return random.ints(length, 0, letters)
                .mapToObj(c -> "abc".substring(c, c + 1))
                .collect(Collectors.joining());
    }
}
