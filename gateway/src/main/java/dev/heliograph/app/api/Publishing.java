package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.app.SocketIds;
import dev.heliograph.broker.Broker;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.pusher.ApiAnswers;
import dev.heliograph.protocol.pusher.ApiEvent;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.ChannelState;
import dev.heliograph.protocol.pusher.EventBodies;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.QueryParameters;
import dev.heliograph.publish.RatedBroker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Publishes what apps' servers post. Any thread. Source: HTTP API Reference, "Events". */
final class Publishing {
    private static final int ACCEPTED = 202;

    private final RatedBroker broker;
    private final SocketIds socketIds;
    private final ChannelStates states;

    Publishing(RatedBroker broker, SocketIds socketIds, ChannelStates states) {
        this.broker = broker;
        this.socketIds = socketIds;
        this.states = states;
    }

    CompletableFuture<Response> event(App app, String[] path, Request request, QueryParameters query)
            throws ApiException {
        ApiEvent event = new EventBodies(app.limits()).event(request.body(), query);
        states.check(app, event.info());
        var published = new AllPublished();
        publish(app, event, within(app, List.of(event)), request.receivedNanos(), published);
        return published.then(() ->
                ApiHandler.json(event.info().isEmpty() ? ApiAnswers.done() : ApiAnswers.channels(told(app, event))));
    }

    private Map<PusherChannel, ChannelState> told(App app, ApiEvent event) {
        Map<PusherChannel, ChannelState> told = new LinkedHashMap<>();
        for (PusherChannel channel : event.channels()) {
            told.put(channel, states.of(app, channel, event.info()));
        }
        return told;
    }

    CompletableFuture<Response> batch(App app, String[] path, Request request, QueryParameters query)
            throws ApiException {
        List<ApiEvent> events = new EventBodies(app.limits()).batch(request.body());
        boolean asked = false;
        for (ApiEvent event : events) {
            states.check(app, event.info());
            asked |= !event.info().isEmpty();
        }
        Broker within = within(app, events);
        var published = new AllPublished();
        for (ApiEvent event : events) {
            publish(app, event, within, request.receivedNanos(), published);
        }
        boolean told = asked;
        return published.then(() -> ApiHandler.json(told ? ApiAnswers.batch(told(app, events)) : ApiAnswers.done()));
    }

    private List<ChannelState> told(App app, List<ApiEvent> events) {
        List<ChannelState> told = new ArrayList<>();
        for (ApiEvent event : events) {
            told.add(states.of(app, event.channels().getFirst(), event.info()));
        }
        return told;
    }

    /** Pusher deprecates it, and its oldest SDKs use it. */
    CompletableFuture<Response> legacyEvent(App app, String[] path, Request request, QueryParameters query)
            throws ApiException {
        ApiEvent event = new EventBodies(app.limits()).legacyEvent(path[2], request.body(), query);
        var published = new AllPublished();
        publish(app, event, within(app, List.of(event)), request.receivedNanos(), published);
        return published.then(() -> Response.text(ACCEPTED, "202 ACCEPTED\n"));
    }

    /** All of a request is within its channels' rates, or none: what is refused is sent again as a whole. */
    private Broker within(App app, List<ApiEvent> events) {
        var channels = new ArrayList<ChannelId>();
        events.forEach(event -> event.channels().forEach(channel -> channels.add(app.channel(channel))));
        return broker.within(channels);
    }

    private void publish(App app, ApiEvent event, Broker within, long acceptedNanos, AllPublished published) {
        Sender sender = sender(event);
        for (PusherChannel channel : event.channels()) {
            var draft = new Draft(app.channel(channel), event.name(), event.content(), null, 0, acceptedNanos, sender);
            publish(draft, within, published);
        }
    }

    /** Where there is no room for a channel that nobody is subscribed to, there is nobody to miss the event: to refuse it would have the others' sent again. */
    private void publish(Draft draft, Broker within, AllPublished published) {
        published.begin();
        try {
            within.publish(draft, published);
        } catch (ProtocolException e) {
            published.end(null);
            if (broker.subscribers(draft.channel()) > 0) {
                throw e;
            }
        }
    }

    /** A connection that is none of this gateway's is left out by not being here. */
    private @Nullable Sender sender(ApiEvent event) {
        long connection = event.except() == null ? 0 : socketIds.connection(event.except());
        return connection == 0 ? null : new Sender(connection, false, null);
    }
}
