package dev.heliograph.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was published, and what each subscriber has seen, held against what a gateway promises:
 *
 * <ul>
 *   <li>I1 no phantom: what is delivered was published to that channel of that workspace (so also I8, isolation);
 *   <li>I2 no duplicate: no subscriber sees an offset twice, and nothing that was published once has two offsets of one epoch;
 *   <li>I3 no silent gap: what is missing between two deliveries was filtered out, or lies in a range that the subscriber was told of;
 *   <li>I4 publisher order: what one publisher published to one channel has rising offsets;
 *   <li>I5 acknowledged is kept: it has the position that its publisher was told, and reaches everyone subscribed ({@link Span#checkReached});
 *   <li>I6 agreement: an offset names the same publication for everyone;
 *   <li>I7 content: whoever was told of no loss ends with what the publications add up to, however they were merged ({@link Content}).
 * </ul>
 *
 * One thread.
 */
public final class Ledger {
    private final Map<String, Fact> facts = new HashMap<>();
    private final Map<Place, Fact> sequenced = new HashMap<>();
    private final Map<Line, Long> reached = new HashMap<>();

    /** One publication, as its publisher made it. */
    record Fact(ChannelId channel, String id, String publisher, long number, boolean even, String key, JsonNode data) {}

    private record Place(ChannelId channel, String epoch, long offset) {}

    private record Line(ChannelId channel, String epoch, String publisher) {}

    /** Somebody is about to publish. */
    void published(Fact fact) {
        facts.put(fact.id(), fact);
    }

    /** A channel has given it a place. */
    void sequenced(ChannelId channel, String id, Position position) {
        Fact fact = fact(channel, id);
        Fact before = sequenced.putIfAbsent(new Place(channel, position.epoch(), position.offset()), fact);
        check(before == null, "I6: two publications at " + channel + " " + position);
        var line = new Line(channel, position.epoch(), fact.publisher());
        long number = reached.getOrDefault(line, 0L);
        check(number != fact.number(), "I2: " + id + " has two offsets of one epoch");
        check(number < fact.number(), "I4: " + id + " came before what its publisher had published earlier");
        reached.put(line, fact.number());
    }

    /** Its publisher was told that it is there. */
    void acknowledged(ChannelId channel, String id, Position position) {
        check(
                fact(channel, id).equals(at(channel, position.epoch(), position.offset())),
                "I5: " + id + " is not where its publisher was told: " + position);
    }

    /** A subscriber has received it, or what was left of it when the rest was said by a later one. */
    void delivered(ChannelId channel, String id, Position position) {
        if (id.isEmpty()) {
            check(
                    Content.rule(channel.name()) == MergeRule.SHALLOW
                            && at(channel, position.epoch(), position.offset()) != null,
                    "I1: nothing was published at " + channel + " " + position);
            return;
        }
        check(
                fact(channel, id).equals(at(channel, position.epoch(), position.offset())),
                "I6: " + id + " was delivered at " + position + ", which is not its place");
    }

    private Fact fact(ChannelId channel, String id) {
        Fact fact = facts.get(id);
        check(fact != null && fact.channel().equals(channel), "I1: " + id + " was not published to " + channel);
        return fact;
    }

    /** What stands there; null if nothing does. */
    @Nullable
    Fact at(ChannelId channel, String epoch, long offset) {
        return sequenced.get(new Place(channel, epoch, offset));
    }

    static void check(boolean holds, String violation) {
        if (!holds) {
            throw new Violation(violation);
        }
    }

    /** A promise was broken. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String what) {
            super(what);
        }
    }
}
