package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.broadcast.Joining;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.metrics.Bound;
import dev.heliograph.metrics.Count;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code subscribe}: settles the place in each channel's stream, answers once for all of them, and only then lets follow the state of those that have one, what was
 * missed, and what is live.
 */
final class SubscribeCommand {
    private final Session session;
    private final Principal principal;
    private final List<Runnable> starts = new ArrayList<>(1);
    private final @Nullable Arrivals arrivals;
    private final Set<String> owedStates;
    private final Runnable onCaughtUp;
    private final PresenceStates presences;
    private JoinResult[] results = {};
    private int open;

    SubscribeCommand(Session session, Principal principal) {
        this(session, principal, null, Set.of());
    }

    /** @param arrivals is told beside the client */
    SubscribeCommand(Session session, Principal principal, Arrivals arrivals) {
        this(session, principal, arrivals, Set.of());
    }

    /** @param owedStates the channels whose state comes whatever else does */
    SubscribeCommand(Session session, Principal principal, Set<String> owedStates) {
        this(session, principal, null, owedStates);
    }

    private SubscribeCommand(
            Session session, Principal principal, @Nullable Arrivals arrivals, Set<String> owedStates) {
        this.owedStates = owedStates;
        this.arrivals = arrivals;
        this.onCaughtUp = arrivals == null ? () -> {} : arrivals::onCaughtUp;
        this.session = session;
        this.principal = principal;
        this.presences = new PresenceStates(session, onCaughtUp);
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
            SubscribeOptions options = wanted.options();
            ChannelId id = SubscribeRules.permitted(session.context(), principal, wanted.channel(), options);
            checkRoom(session, id);
            Position left = replace(wanted.channel());
            Position recover = wanted.recover() != null ? wanted.recover() : left;
            Filter rows = principal.rows(wanted.channel()).filter();
            Subscriber subscriber = session.hub().subscribe(id, session.outbox(), options, rows, recover, joining -> {
                boolean state = bringsState(id, options, recover != null, joining);
                boolean goesOn = left != null && wanted.recover() == null;
                session.onSubscribed(id.name(), options, joining.begin(), state, goesOn);
                starts.add(start(id, state, joining));
                results[index] = new ServerMessage.Joined(
                        wanted.channel(), joining.position(), joining.recovered(), recover != null, options);
                settled(command);
            });
            session.add(subscriber);
        } catch (ProtocolException e) {
            results[index] = new ServerMessage.NotJoined(wanted.channel(), e.code(), String.valueOf(e.getMessage()));
            settled(command);
        }
    }

    /** Whether the channel's state follows the answer: it has one, and it is owed, or nothing else of the past is brought and it was asked for or is needed. */
    private boolean bringsState(ChannelId id, SubscribeOptions options, boolean wasRecovering, Joining joining) {
        if (id.isPresence() || !session.context().keepsState().test(id)) {
            return false;
        }
        return owedStates.contains(id.name())
                || (!joining.recovered() && !joining.bringsHistory() && (options.state() || wasRecovering));
    }

    /** What follows the answer. */
    private Runnable start(ChannelId id, boolean state, Joining joining) {
        if (id.isPresence()) {
            return () -> presences.add(id, joining);
        }
        if (!state) {
            return () -> joining.start(onCaughtUp);
        }
        return () -> session.context()
                .broker()
                .kept(
                        id,
                        kept -> session.hub().onLoop(() -> {
                            if (kept == null) {
                                joining.start(onCaughtUp);
                            } else {
                                joining.startWith(kept, onCaughtUp);
                            }
                        }));
    }

    /** Refuses the request if the connection has as many subscriptions as it may, and none to this channel. */
    static void checkRoom(Session session, ChannelId id) {
        int max = session.context().limits().subscriptionsMax();
        if (session.subscriptions.size() >= max && session.subscriptions.get(id.name()) == null) {
            session.context().metrics().increment(Count.LIMITS_REACHED, Bound.SUBSCRIPTIONS);
            throw new ProtocolException(ErrorCode.SUBSCRIPTION_LIMIT, "at most " + max + " channels per connection");
        }
    }

    /** Subscribing again replaces the options: the new subscription goes on, as a recovery, where the old one ends. */
    private @Nullable Position replace(String channel) {
        Subscriber before = session.subscriptions.get(channel);
        if (before == null) {
            return null;
        }
        Position left = session.hub().position(before);
        session.makeWay(before);
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
        if (arrivals != null) {
            arrivals.onJoined(Arrays.asList(results));
        }
        starts.forEach(Runnable::run);
        presences.onNext();
    }
}
