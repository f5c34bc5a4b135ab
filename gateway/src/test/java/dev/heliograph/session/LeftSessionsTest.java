package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.heliograph.auth.Grants;
import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Operator;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is forgotten of sessions that are gone, and when. */
final class LeftSessionsTest {
    private static final int WEIGHT_MAX = 100;

    private long nanos = Long.MAX_VALUE - 1;
    private final LeftSessions all = new LeftSessions(150, WEIGHT_MAX, () -> nanos);

    /** Its weight is one more. */
    private static Left of(String user, int subscriptions) {
        return new Left(
                new Principal("acme", user, null, null, Grants.NONE, Long.MAX_VALUE),
                Collections.nCopies(subscriptions, new Subscription("c", null, SubscribeOptions.NONE)),
                Set.of(),
                List.of());
    }

    @Test
    void afterItsTime_itIsForgotten() {
        Left left = of("a", 1);
        all.put(List.of("k"), left);
        nanos += TimeUnit.SECONDS.toNanos(150) - 1;
        assertSame(left, all.get("k"));
        nanos++;
        assertNull(all.get("k"));
    }

    @Test
    void onceItIsTaken_noneOfItsKeysIsGood_andItsRoomIsFree() {
        for (int i = 0; i < 1_000; i++) {
            all.put(List.of("new" + i, "before" + i), of("a", 8));
            all.remove("before" + i);
            assertNull(all.get("new" + i));
        }
        all.put(List.of("other"), of("b", 8));
        assertNotNull(all.get("other"));
    }

    @Test
    void whereThereAreTooMany_theOldestIsForgotten() {
        for (int i = 0; i < 21; i++) {
            all.put(List.of("k" + i), of("u" + i, 4));
        }
        assertNull(all.get("k0"));
        for (int i = 1; i < 21; i++) {
            assertNotNull(all.get("k" + i), "k" + i);
        }
    }

    @Test
    void whoComesAndGoes_pushesOutNobodyElses() {
        all.put(List.of("k"), of("honest", 4));
        for (int i = 0; i < 1_000; i++) {
            all.put(List.of("x" + i), of("restless", 4));
        }
        assertNotNull(all.get("k"));
        assertNull(all.get("x997"));
        assertNotNull(all.get("x998"));
        assertNotNull(all.get("x999"));
    }

    @Test
    void whatAloneIsMoreThanOneMayHave_isNotKept_andPushesOutNobody() {
        all.put(List.of("k"), of("honest", 4));
        all.put(List.of("own"), of("restless", 4));
        all.put(List.of("huge"), of("restless", WEIGHT_MAX + 1));
        assertNull(all.get("huge"));
        assertNotNull(all.get("k"));
        assertNotNull(all.get("own"));
    }

    @Test
    void filters_haveTheirWeight() {
        var filter = new Filter.Compare(Operator.EQ, "a", "x".repeat(1_900));
        var left = new Left(
                new Principal("acme", "b", null, null, Grants.NONE, Long.MAX_VALUE),
                List.of(new Subscription("c", null, SubscribeOptions.filtered(filter))),
                Set.of(),
                List.of());
        all.put(List.of("light"), of("b", 1));
        all.put(List.of("heavy"), left);
        assertNull(all.get("light"), "the two are more than one user may have");
        assertNotNull(all.get("heavy"));
    }
}
