package dev.heliograph.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.config.MergeRule;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What publications of a channel add up to, by its merge rule: the newest value of each field of each key, or the sum of each item. However a client was sent them, it
 * has the same in the end. One thread.
 */
final class Content {
    private static final int KEYS = 3;
    private static final int FIELDS = 3;
    private static final int VALUE_MAX = 1_000;

    private final MergeRule rule;
    private final Map<String, Long> values = new TreeMap<>();

    Content(MergeRule rule) {
        this.rule = rule;
    }

    /** The rule of a channel of the simulation. */
    static MergeRule rule(String channel) {
        return switch (channel) {
            case "c1" -> MergeRule.SHALLOW;
            case "c2" -> MergeRule.SUMMED;
            default -> MergeRule.NONE;
        };
    }

    /** At which everything has its turn before the end: what merges by fields is more than one. */
    static double perSecondMin(String channel) {
        return rule(channel) == MergeRule.SHALLOW ? 2 : 0.5;
    }

    static String key(SplittableRandom random) {
        return "k" + random.nextInt(KEYS);
    }

    /** What one publication says, as further fields of its data; none where nothing merges. */
    static String fields(MergeRule rule, SplittableRandom random) {
        int value = 1 + random.nextInt(VALUE_MAX);
        return switch (rule) {
            case SHALLOW -> ",\"f" + random.nextInt(FIELDS) + "\":" + value;
            case SUMMED ->
                ",\"kind\":\"PositionDelta\",\"items\":[{\"id\":\"n" + random.nextInt(KEYS) + "\",\"dx\":" + value
                        + "}]";
            default -> "";
        };
    }

    /** One more publication. */
    void add(String key, JsonNode data) {
        if (rule == MergeRule.SHALLOW) {
            for (int i = 0; i < FIELDS; i++) {
                JsonNode value = data.path("f" + i);
                if (value.isNumber()) {
                    values.put(key + ".f" + i, value.asLong());
                }
            }
        }
        if (rule == MergeRule.SUMMED) {
            data.path("items")
                    .forEach(item -> values.merge(
                            item.path("id").asText(), item.path("dx").asLong(), Long::sum));
        }
    }

    /** Whether it has all of the other's values. */
    boolean says(Content other) {
        return values.entrySet().containsAll(other.values.entrySet());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Content content && values.equals(content.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
