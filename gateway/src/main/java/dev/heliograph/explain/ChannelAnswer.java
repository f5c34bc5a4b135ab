package dev.heliograph.explain;

import dev.heliograph.broadcast.ChannelView;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What there is to say of one channel. */
final class ChannelAnswer {
    private static final int GROUPS_MAX = 20;
    private static final int HISTORY_MAX = 1_000;
    private static final long BROKER_SECONDS = 10;

    private final Inspected inspected;
    private final Search search;

    ChannelAnswer(Inspected inspected, Search search) {
        this.inspected = inspected;
        this.search = search;
    }

    Map<String, Object> of(ChannelId channel) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("channel", channel.name());
        shown.put("workspace", channel.workspace());
        shown.put("configured", inspected.rules().apply(channel));
        HistoryPage page = history(inspected, channel, null, HISTORY_MAX);
        shown.put("position", page.top().epoch().isEmpty() ? null : page.top());
        shown.put("history", history(page));
        shown.put("subscribers", inspected.broker().subscribers(channel));
        shown.put("loops", loops(search.askHubs(hub -> hub.view(channel, GROUPS_MAX))));
        return shown;
    }

    private static Map<String, Object> history(HistoryPage page) {
        var shown = new LinkedHashMap<String, Object>();
        int kept = page.publications().size();
        shown.put("publications", kept);
        shown.put("orMore", kept == HISTORY_MAX);
        shown.put(
                "oldestOffset",
                kept == 0 ? null : page.publications().getFirst().offset());
        shown.put("newestAt", kept == 0 ? null : page.publications().getLast().timestampMs());
        return shown;
    }

    private static List<Map<String, Object>> loops(List<@Nullable ChannelView> views) {
        var shown = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < views.size(); i++) {
            ChannelView view = views.get(i);
            if (view != null) {
                var loop = new LinkedHashMap<String, Object>();
                loop.put("loop", i);
                loop.put("subscribers", view.subscribers());
                loop.put("reached", view.reached());
                loop.put("groups", view.groups());
                shown.add(loop);
            }
        }
        return shown;
    }

    static HistoryPage history(Inspected inspected, ChannelId channel, @Nullable Position after, int limit) {
        var page = new CompletableFuture<HistoryPage>();
        inspected.broker().history(channel, after, limit, page::complete);
        return page.orTimeout(BROKER_SECONDS, TimeUnit.SECONDS).join();
    }
}
