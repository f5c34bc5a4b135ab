package dev.heliograph.egress;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds out, once, what of a backlog merges into what: what each publication leaves of those before it with the same key. Used once; one thread. */
final class BacklogMerge {
    private final Function<ChannelId, MergeRule> rules;
    private final Map<Key, List<Integer>> open = new HashMap<>();
    private final Map<Integer, Merged> all = new HashMap<>();
    private final Map<Integer, Merged> replaced = new HashMap<>();
    private final List<Integer> gone = new ArrayList<>();
    /** The last of each channel that is left. */
    private final Map<ChannelId, Integer> last = new HashMap<>();

    private @Nullable ChannelId channel;
    private MergeRule rule = MergeRule.NONE;

    private record Key(ChannelId channel, Object key) {}

    BacklogMerge(Function<ChannelId, MergeRule> rules) {
        this.rules = rules;
    }

    /** An answer, which may begin another subscription: nothing merges across it. */
    void onAnswer() {
        open.clear();
    }

    /** A notice of a loss, behind which a client goes on: nothing of its channel merges across it. */
    void onLost(ChannelId of) {
        open.keySet().removeIf(key -> key.channel().equals(of));
    }

    /** The next publication, or one that is merged already. */
    void add(int index, Object subject) {
        Publication publication = subject instanceof Merged merged ? merged.publication() : (Publication) subject;
        Integer neighbour = last.put(publication.channel(), index);
        Object key = Merging.key(rule(publication.channel()), publication);
        if (key == null) {
            return;
        }
        all.put(index, subject instanceof Merged merged ? merged : Merged.of(publication));
        List<Integer> before = open.computeIfAbsent(new Key(publication.channel(), key), _ -> new ArrayList<>(1));
        for (int i = before.size() - 1; i >= 0; i--) {
            if (!merge(before, i, index, before.get(i).equals(neighbour))) {
                before.clear();
                break;
            }
        }
        before.add(index);
    }

    /** Most that wait are of the channel of the one before. */
    private MergeRule rule(ChannelId of) {
        if (!of.equals(channel)) {
            channel = of;
            rule = rules.apply(of);
        }
        return rule;
    }

    /** False if neither that one nor any before it merges with the newer one. */
    private boolean merge(List<Integer> before, int i, int index, boolean adjacent) {
        int place = before.get(i);
        Merged older = Objects.requireNonNull(all.get(place));
        Merged newer = Objects.requireNonNull(all.get(index));
        Merging.Both both = Merging.merge(rule, older.publication(), newer.publication(), adjacent);
        if (both == null) {
            return false;
        }
        if (both.older() == null) {
            put(index, older.into(newer, both.newer()));
            before.remove(Integer.valueOf(place));
            all.remove(place);
            replaced.remove(place);
            gone.add(place);
        } else if (!both.older().equals(older.publication())) {
            put(place, older.saying(both.older()));
        }
        return true;
    }

    private void put(int index, Merged merged) {
        all.put(index, merged);
        replaced.put(index, merged);
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
