package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.broadcast.Joining;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code subscribe}: settles the place in each channel's stream, answers once for all of them, and only then lets follow the state of those that have one, what was
 * missed, and what is live.
 */
final class SubscribeCommand {
    private final Session session;
    private final Principal principal;
    private final List<Joining> joinings = new ArrayList<>(1);
    private final List<ChannelId> joined = new ArrayList<>(1);
    private JoinResult[] results = {};
    private int open;

    SubscribeCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(ClientMessage.Subscribe command) {
        List<Subscription> wanted = command.subscriptions();
        results = new JoinResult[wanted.size()];
        open = wanted.size() + 1;
        for (int i = 0; i < wanted.size(); i++) {
            join(command, i);
        }
        settled(command);
    }

    private void join(ClientMessage.Subscribe command, int index) {
        Subscription wanted = command.subscriptions().get(index);
        try {
            ChannelId id = Session.permitted(principal, Operation.SUBSCRIBE, wanted.channel());
            check(id, wanted.filter());
            Position left = replace(wanted.channel());
            Position recover = wanted.recover() != null ? wanted.recover() : left;
            Subscriber subscriber = session.hub().subscribe(id, session.outbox(), wanted.filter(), recover, joining -> {
                joinings.add(joining);
                joined.add(id);
                results[index] = new ServerMessage.Joined(
                        wanted.channel(), joining.position(), joining.recovered(), recover != null);
                settled(command);
            });
            session.subscriptions.add(subscriber);
        } catch (ProtocolException e) {
            results[index] = new ServerMessage.NotJoined(wanted.channel(), e.code(), String.valueOf(e.getMessage()));
            settled(command);
        }
    }

    /** Refuses the request if the connection has as many subscriptions as it may, and none to this channel. */
    static void checkRoom(Session session, ChannelId id) {
        int max = session.context().limits().subscriptionsMax();
        if (session.subscriptions.size() >= max && session.subscriptions.get(id.name()) == null) {
            throw new ProtocolException(ErrorCode.SUBSCRIPTION_LIMIT, "at most " + max + " channels per connection");
        }
    }

    private void check(ChannelId id, @Nullable Filter filter) {
        checkRoom(session, id);
        if (filter != null) {
            for (String path : filter.paths()) {
                if (!session.context().filterable().test(id, path)) {
                    throw new ProtocolException(
                            ErrorCode.BAD_FILTER,
                            "a filter cannot look at " + path + ", which this channel does not show");
                }
            }
        }
    }

    /** Subscribing again replaces the options: the new subscription goes on, as a recovery, where the old one ends. */
    private @Nullable Position replace(String channel) {
        Subscriber before = session.subscriptions.get(channel);
        if (before == null) {
            return null;
        }
        Position left = session.hub().position(before);
        session.unsubscribe(before);
        return left;
    }

    /** One more channel is settled; the last one lets the answer go. */
    private void settled(ClientMessage.Subscribe command) {
        if (--open > 0) {
            return;
        }
        if (command.many()) {
            session.send(new ServerMessage.SubscribedMany(command.requestId(), Arrays.asList(results)));
        } else if (results[0] instanceof ServerMessage.Joined joined) {
            session.send(new ServerMessage.Subscribed(command.requestId(), joined));
        } else if (results[0] instanceof ServerMessage.NotJoined refused) {
            session.refuse(command.requestId(), refused.channel(), refused.code(), refused.message());
        }
        joined.forEach(session::sendState);
        joinings.forEach(Joining::start);
    }
}
