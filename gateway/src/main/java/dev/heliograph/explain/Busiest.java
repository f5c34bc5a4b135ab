package dev.heliograph.explain;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where the work goes: the clients for whom most waits, and the channels that cause most deliveries. The latter by two looks at all positions, a second apart, so that
 * nothing is counted while nobody asks.
 */
final class Busiest {
    /** Most channels looked at. */
    private static final int CHANNELS_MAX = 50_000;

    private static final double NANOS_PER_SECOND = 1e9;

    private final Inspected inspected;
    private final Search search;

    Busiest(Inspected inspected, Search search) {
        this.inspected = inspected;
        this.search = search;
    }

    private record Rate(ChannelId channel, double publications, double deliveries, int subscribers) {
        Map<String, Object> shown() {
            var shown = new LinkedHashMap<String, Object>();
            shown.put("workspace", channel.workspace());
            shown.put("channel", channel.name());
            shown.put("publicationsPerSecond", rounded(publications));
            shown.put("deliveriesPerSecond", rounded(deliveries));
            shown.put("subscribers", subscribers);
            return shown;
        }

        private static double rounded(double value) {
            return (double) Math.round(value * 10) / 10;
        }
    }

    Map<String, Object> of(int limit) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("slowestConnections", search.slowest(limit));
        shown.put("hottestChannels", hottest(limit));
        return shown;
    }

    /** Of the channels that have subscribers. */
    private List<Map<String, Object>> hottest(int limit) {
        long startNanos = System.nanoTime();
        Map<ChannelId, Position> before = positions();
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        double seconds = (double) (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
        var rates = new ArrayList<Rate>();
        before.forEach((channel, position) -> {
            Position now = position(channel);
            long published = now.epoch().equals(position.epoch()) ? now.offset() - position.offset() : now.offset();
            int subscribers = inspected.broker().subscribers(channel);
            if (published > 0) {
                double rate = (double) published / seconds;
                rates.add(new Rate(channel, rate, rate * subscribers, subscribers));
            }
        });
        return rates.stream()
                .sorted(Comparator.comparingDouble(Rate::deliveries).reversed())
                .limit(limit)
                .map(Rate::shown)
                .toList();
    }

    private Map<ChannelId, Position> positions() {
        var positions = new HashMap<ChannelId, Position>();
        for (String workspace : inspected.workspaces()) {
            for (String name : inspected.broker().occupied(workspace).keySet()) {
                if (positions.size() < CHANNELS_MAX) {
                    var channel = new ChannelId(workspace, name);
                    positions.put(channel, position(channel));
                }
            }
        }
        return positions;
    }

    private Position position(ChannelId channel) {
        return ChannelAnswer.history(inspected, channel, null, 0).top();
    }
}
