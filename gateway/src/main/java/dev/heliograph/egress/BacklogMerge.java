package dev.heliograph.egress;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out, once, what of a backlog merges into what: each publication into the next with the same key. Used once; one thread. */
final class BacklogMerge {
    private final Function<ChannelId, MergeRule> rules;
    private final Map<Key, Integer> newest = new HashMap<>();
    private final Map<Integer, Merged> all = new HashMap<>();
    private final Map<Integer, Merged> replaced = new HashMap<>();
    private final List<Integer> gone = new ArrayList<>();
    private @Nullable ChannelId channel;
    private MergeRule rule = MergeRule.NONE;

    private record Key(ChannelId channel, Object key) {}

    BacklogMerge(Function<ChannelId, MergeRule> rules) {
        this.rules = rules;
    }

    /** An answer, which may begin another subscription: nothing merges across it. */
    void onAnswer() {
        newest.clear();
    }

    /** The next publication, or one that is merged already. */
    void add(int index, Object subject) {
        Publication publication = subject instanceof Merged merged ? merged.publication() : (Publication) subject;
        Object key = Merging.key(rule(publication.channel()), publication);
        if (key == null) {
            return;
        }
        Merged one = subject instanceof Merged merged ? merged : Merged.of(publication);
        all.put(index, one);
        Integer before = newest.put(new Key(publication.channel(), key), index);
        if (before != null) {
            merge(before, all.get(before), index, one);
        }
    }

    /** Most that wait are of the channel of the one before. */
    private MergeRule rule(ChannelId of) {
        if (!of.equals(channel)) {
            channel = of;
            rule = rules.apply(of);
        }
        return rule;
    }

    private void merge(int before, @Nullable Merged older, int index, Merged newer) {
        Publication both = older == null ? null : Merging.merge(rule, older.publication(), newer.publication());
        if (older != null && both != null) {
            Merged merged = older.into(newer, both);
            all.put(index, merged);
            all.remove(before);
            replaced.put(index, merged);
            replaced.remove(before);
            gone.add(before);
        }
    }

    /** What stands in the place of some. */
    Map<Integer, Merged> replaced() {
        return replaced;
    }

    /** Those that others stand for now. */
    List<Integer> gone() {
        return gone;
    }
}
