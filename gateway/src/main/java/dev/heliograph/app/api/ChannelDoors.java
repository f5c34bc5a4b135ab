package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.broker.Broker;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.pusher.ApiAnswers;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.ChannelAttribute;
import dev.heliograph.protocol.pusher.ChannelQuery;
import dev.heliograph.protocol.pusher.ChannelState;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.QueryParameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tells apps' servers of their channels. Any thread. Source: HTTP API Reference, "Channels", "Users". */
final class ChannelDoors {
    private final Broker broker;
    private final ChannelStates states;

    ChannelDoors(Broker broker, ChannelStates states) {
        this.broker = broker;
        this.states = states;
    }

    Response channels(App app, String[] path, Request request, QueryParameters query) throws ApiException {
        ChannelQuery asked = ChannelQuery.channels(query);
        Map<PusherChannel, ChannelState> told = new LinkedHashMap<>();
        for (String name : broker.occupied(app.workspace()).keySet()) {
            PusherChannel channel = PusherChannel.parse(name, PusherChannel.LENGTH_MAX);
            if (channel != null && (asked.prefix() == null || name.startsWith(asked.prefix()))) {
                told.put(channel, states.of(app, channel, asked.info()));
            }
        }
        return ApiHandler.json(ApiAnswers.channels(told));
    }

    Response channel(App app, String[] path, Request request, QueryParameters query) throws ApiException {
        PusherChannel channel = ChannelQuery.named(path[2], app.limits());
        Set<ChannelAttribute> asked = ChannelQuery.channel(channel, query);
        states.check(app, asked);
        return ApiHandler.json(ApiAnswers.channel(states.isOccupied(app, channel), states.of(app, channel, asked)));
    }

    Response users(App app, String[] path, Request request, QueryParameters query) throws ApiException {
        PusherChannel channel = ChannelQuery.named(path[2], app.limits());
        ChannelQuery.checkUsers(channel);
        return ApiHandler.json(ApiAnswers.users(states.rosters().members(app.channel(channel)).stream()
                .map(PresenceMember::id)
                .toList()));
    }
}
