package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.metrics.Count;
import dev.heliograph.presence.Attendances;
import dev.heliograph.presence.Visit;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The presence channels that one connection has joined: at most as many as it may have subscriptions. Made when it joins the first. Confined to the connection's
 * event loop.
 */
final class Stays {
    /** Most changes that one connection makes to what others see, in a second. */
    static final int CHANGES_PER_SECOND_MAX = 20;

    private final Session session;
    private final Attendances attendances;
    private final Subscriptions<Stay> all = new Subscriptions<>();
    private final SpanCount changes = new SpanCount(1, TimeUnit.SECONDS);

    Stays(Session session) {
        this.session = session;
        this.attendances = session.context().attendances();
    }

    @Nullable
    Stay get(String channel) {
        return all.get(channel);
    }

    /** The one in that channel; refuses the request if there is none. */
    Stay joined(String channel) {
        Stay stay = all.get(channel);
        if (stay == null) {
            throw new ProtocolException(ErrorCode.NOT_SUBSCRIBED, "this connection has not joined " + channel);
        }
        return stay;
    }

    /** One more change that others may have to be told; refuses the request if there are too many. */
    void countChange() {
        if (changes.count(now()) > CHANGES_PER_SECOND_MAX) {
            throw new ProtocolException(
                    ErrorCode.RATE_LIMITED,
                    "at most " + CHANGES_PER_SECOND_MAX + " changes of its presence per second and connection");
        }
    }

    /** Joins a channel that the connection has not joined. */
    Stay join(ChannelId channel, Principal principal, @Nullable RawJson metadata) {
        int max = session.context().limits().subscriptionsMax();
        if (all.size() >= max) {
            throw new ProtocolException(
                    ErrorCode.SUBSCRIPTION_LIMIT, "at most " + max + " presence channels per connection");
        }
        Visit visit = admitted(channel, attendances.join(channel, userId(principal), principal.name(), metadata));
        var stay = new Stay(channel, visit, now());
        stay.metadata = metadata;
        all.add(stay);
        return stay;
    }

    /** Makes the user present again where the connection was absent. */
    private Visit again(Stay stay, Principal principal) {
        ChannelId channel = stay.channel();
        return admitted(channel, attendances.comeBack(channel, userId(principal), principal.name(), stay.metadata));
    }

    private Visit admitted(ChannelId channel, @Nullable Visit visit) {
        if (visit == null) {
            throw new ProtocolException(
                    ErrorCode.UNAVAILABLE,
                    channel.name() + " has " + attendances.limits().membersMax() + " members, as many as it may");
        }
        return visit;
    }

    private static String userId(Principal principal) {
        if (principal.userId() == null) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "a connection without a user can watch who is present, but not be present");
        }
        return principal.userId();
    }

    /** The client says that its user is here. */
    void onSaid(Stay stay, Principal principal) {
        stay.saidNanos = now();
        if (stay.visit == null) {
            stay.visit = again(stay, principal);
        } else {
            stay.visit.seen(session.context().clock().millis());
        }
    }

    /** The client says so of every channel that it has joined, and will again. */
    void onHeartbeat(@Nullable String channel, Principal principal) {
        if (channel != null) {
            beat(joined(channel), principal);
        } else {
            beatAll(principal);
        }
    }

    /** One that cannot be present now keeps none of the others from it. */
    private void beatAll(Principal principal) {
        var refused = new ArrayList<ProtocolException>(0);
        all.forEach(stay -> {
            try {
                beat(stay, principal);
            } catch (ProtocolException e) {
                refused.add(e);
            }
        });
        if (!refused.isEmpty()) {
            throw refused.getFirst();
        }
    }

    private void beat(Stay stay, Principal principal) {
        stay.beats = true;
        onSaid(stay, principal);
    }

    void describe(Stay stay, Principal principal, @Nullable RawJson metadata) {
        stay.metadata = metadata == null ? stay.metadata : metadata;
        onSaid(stay, principal);
        if (stay.visit != null) {
            attendances.describe(stay.visit, principal.name(), metadata);
        }
    }

    /** Ends it, with the subscription that came with it. */
    void leave(Stay stay) {
        all.remove(stay.channel().name());
        if (stay.visit != null) {
            attendances.leave(stay.visit);
        }
        if (stay.watching != null && session.subscriptions.get(stay.channel().name()) == stay.watching) {
            session.unsubscribe(stay.watching);
        }
    }

    /**
     * Those without a sign of life become absent, and those that have one again present.
     *
     * @param heardNanos when anything was heard of the client
     */
    void onTick(Principal principal, long nowNanos, long heardNanos) {
        all.forEach(stay -> {
            long silentNanos = nowNanos - stay.silentSinceNanos(heardNanos);
            if (silentNanos > timeoutNanos(stay)) {
                fallSilent(stay);
            } else if (stay.visit != null) {
                long silentMs = TimeUnit.NANOSECONDS.toMillis(silentNanos);
                stay.visit.seen(session.context().clock().millis() - silentMs);
            } else if (!stay.beats) {
                comeBack(stay, principal);
            }
        });
    }

    /** A client without heartbeats is heard of when it answers a ping, which takes a little. */
    private long timeoutNanos(Stay stay) {
        long timeoutNanos = attendances.limits().timeoutNanos();
        long pingNanos =
                TimeUnit.MILLISECONDS.toNanos(session.context().limits().pingIntervalMs());
        return stay.beats ? timeoutNanos : Math.max(timeoutNanos, pingNanos + pingNanos / 5);
    }

    private void fallSilent(Stay stay) {
        if (stay.visit != null) {
            attendances.leave(stay.visit);
            stay.visit = null;
            session.context().metrics().increment(Count.PRESENCE_TIMEOUTS);
        }
    }

    private void comeBack(Stay stay, Principal principal) {
        try {
            stay.visit = again(stay, principal);
        } catch (ProtocolException full) {
            stay.visit = null; // the next tick tries again
        }
    }

    /**
     * The token was renewed: what it does not grant ends.
     *
     * @param lost to be told to the client
     */
    void onRenewed(Principal principal, List<String> lost) {
        all.forEach(stay -> {
            String channel = stay.channel().name();
            if (!principal.grants().allows(Operation.PRESENCE, channel)) {
                if (!lost.contains(channel)) {
                    lost.add(channel);
                }
                leave(stay);
            } else if (stay.visit != null) {
                attendances.describe(stay.visit, principal.name(), null);
            }
        });
    }

    /** How the client would join them again. */
    List<ClientMessage.PresenceJoin> joins() {
        var joins = new ArrayList<ClientMessage.PresenceJoin>();
        all.forEach(stay ->
                joins.add(new ClientMessage.PresenceJoin(null, stay.channel().name(), stay.metadata)));
        return joins;
    }

    /** The connection is gone. */
    void onGone(boolean mayComeBack) {
        all.forEach(stay -> {
            Visit visit = stay.visit;
            if (visit != null && mayComeBack) {
                attendances.lose(visit);
            } else if (visit != null) {
                attendances.leave(visit);
            }
        });
    }

    private long now() {
        return session.context().ticker().getAsLong();
    }
}
