package dev.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GrantsTest {
    @ParameterizedTest
    @CsvSource({
        // pattern, subject, channel, allowed
        "private-prod-*, u1, private-prod-segment-events, true",
        "private-prod-*, u1, private-prod-, true",
        "private-prod-*, u1, private-prod, false",
        "private-prod-*, u1, xprivate-prod-a, false",
        "private-prod-*, u1, PRIVATE-PROD-a, false",
        "entity:Task, u1, entity:Task, true",
        "entity:Task, u1, entity:Task:1, false",
        "entity:Task*, u1, entity:Task:1, true",
        "entity:Task*, u1, entity:Tasks, true",
        "*, u1, anything, true",
        "**, u1, anything, true",
        "*-events, u1, prod-events, true",
        "*-events, u1, prod-events-x, false",
        "a*b*c, u1, abc, true",
        "a*b*c, u1, axbxc, true",
        "a*b*c, u1, acb, false",
        "ab*ba, u1, aba, false",
        "a*a, u1, a, false",
        "a*a, u1, aa, true",
        "user:{sub}, u1, user:u1, true",
        "user:{sub}, u1, user:u2, false",
        "user:{sub}, u1, user:{sub}, false",
        "user:{sub}*, u1, user:u1-phone, true",
        "{sub}:{sub}, u1, u1:u1, true",
        "user:{sub}, *, user:u2, false",
        "user:{sub}, *, user:*, true",
        "user:{sub}-*, a*, user:abc-x, false",
        "user:{sub}-*, a*, user:a*-x, true",
        "user:{sub}, {sub}, user:u1, false",
        "user:{sub}, {sub}, user:{sub}, true",
        "'user:.+', u1, user:u2, false",
        "'user:[a-z]', u1, user:a, false",
        "'private?x', u1, private-x, false",
        "user:{Sub}, u1, user:u1, false",
        "user:*, u1, '', false",
    })
    void aPattern_matchesWholeNamesLiterallyButForStarsAndSubject(
            String pattern, String subject, String channel, boolean allowed) {
        var grants = new Grants(Map.of(Operation.SUBSCRIBE, List.of(pattern)), subject);
        assertEquals(allowed, grants.allows(Operation.SUBSCRIBE, channel));
    }

    @Test
    void filteredPattern_grantsWhatItsFilterTakes_unlessAnotherGrantsAll() {
        Filter mine = new Filter.Compare(Operator.EQ, "owner", "u1");
        Filter open = new Filter.Compare(Operator.EQ, "open", true);
        var grants = new Grants(
                Map.of(Operation.SUBSCRIBE, List.of("entity:Note")),
                List.of(
                        new Grants.Filtered("entity:*", mine),
                        new Grants.Filtered("entity:Task", open),
                        new Grants.Filtered("user:{sub}", open),
                        new Grants.Filtered("*", open)),
                "u1");
        assertEquals(new Grants.Rows(null), grants.rows("entity:Note"));
        assertEquals(new Grants.Rows(new Filter.Or(List.of(mine, open, open))), grants.rows("entity:Task"));
        assertEquals(new Grants.Rows(open), grants.rows("board"));
        assertNull(grants.rows("presence:board"), "who sees some does not know who is there");
        assertNull(Grants.NONE.rows("board"));
        for (Operation operation : Operation.values()) {
            assertFalse(grants.allows(operation, "entity:Task"), operation.name());
        }
    }

    @Test
    void anOperationThatIsNotGranted_isDenied() {
        var grants = new Grants(Map.of(Operation.SUBSCRIBE, List.of("*")), "u1");
        for (Operation operation : Operation.values()) {
            assertEquals(operation == Operation.SUBSCRIBE, grants.allows(operation, "any"), operation.name());
            assertFalse(Grants.NONE.allows(operation, "any"));
        }
    }

    @Test
    void withoutSubject_patternsWithOneMatchNothing() {
        var grants = new Grants(Map.of(Operation.SUBSCRIBE, List.of("user:{sub}", "public")), null);
        assertFalse(grants.allows(Operation.SUBSCRIBE, "user:"));
        assertFalse(grants.allows(Operation.SUBSCRIBE, "user:null"));
        assertFalse(grants.allows(Operation.SUBSCRIBE, "user:{sub}"));
        assertTrue(grants.allows(Operation.SUBSCRIBE, "public"));
    }

    @Test
    void randomPatterns_matchAsARegularExpressionWould() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            String pattern = random(random, "ab*", 8);
            String name = random(random, "ab", 10);
            String regex = pattern.replace("*", ".*");
            boolean allowed =
                    new Grants(Map.of(Operation.PUBLISH, List.of(pattern)), "u").allows(Operation.PUBLISH, name);
            assertEquals(name.matches(regex), allowed, "seed " + seed + ": " + pattern + " on " + name);
        }
    }

    private static String random(SplittableRandom random, String letters, int lengthMax) {
        return random.ints(random.nextInt(lengthMax + 1), 0, letters.length())
                .mapToObj(i -> letters.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
