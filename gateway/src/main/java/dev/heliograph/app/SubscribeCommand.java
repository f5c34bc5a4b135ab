package dev.heliograph.app;

import dev.heliograph.broker.Broker;
import dev.heliograph.metrics.Bound;
import dev.heliograph.metrics.Count;
import dev.heliograph.presence.Admission;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherChannel.Kind;
import dev.heliograph.protocol.pusher.PusherClientMessage.Subscribe;
import dev.heliograph.protocol.pusher.PusherException;
import dev.heliograph.protocol.pusher.PusherServerMessage.CacheMiss;
import dev.heliograph.protocol.pusher.PusherServerMessage.PresenceSucceeded;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionSucceeded;
import dev.heliograph.protocol.pusher.SignedInUser;
import dev.heliograph.protocol.pusher.SocketAuth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code pusher:subscribe}: takes the connection's place in the channel's stream, answers, and only then lets follow what a cache channel keeps, and what is
 * live.
 */
final class SubscribeCommand {
    private final PusherSession session;
    private final App app;

    SubscribeCommand(PusherSession session) {
        this.session = session;
        this.app = session.app();
    }

    void run(Subscribe command) throws PusherException {
        PusherChannel channel = command.channel();
        if (isOwnUser(channel)) {
            session.send(new SubscriptionSucceeded(channel)); // it gets what is sent there since it signed in
            return;
        }
        if (session.memberships.get(channel.name()) != null) {
            throw new PusherException(null, "Existing subscription to channel " + channel);
        }
        int max = app.config().subscriptionsMax();
        if (session.memberships.size() >= max) {
            session.context().metrics().increment(Count.LIMITS_REACHED, Bound.SUBSCRIPTIONS);
            throw PusherException.overLimit(channel, "Too many subscriptions: at most " + max + " of a connection");
        }
        if (session.isRestless()) {
            throw PusherException.overLimit(
                    channel, "Too many subscriptions that end: more than " + max + " in a minute");
        }
        SocketAuth.verify(app.keys(), session.socketId(), command);
        if (channel.kind() == Kind.PUBLIC) {
            checkRoom(channel);
        }
        PresenceMember member = channel.kind() == Kind.PRESENCE ? member(command) : null;
        try {
            join(channel, member);
        } catch (ProtocolException e) {
            throw PusherException.unavailable(channel, String.valueOf(e.getMessage()));
        }
        if (channel.isSigned()) {
            session.onAuthorized();
        }
    }

    /** Anybody can make up names of public channels: they take half of the channels that there may be, and no more. */
    private void checkRoom(PusherChannel channel) throws PusherException {
        Broker broker = session.context().broker();
        if (broker.isCrowded(app.workspace()) && broker.subscribers(app.channel(channel)) == 0) {
            throw PusherException.unavailable(channel, "Too many channels are in use for another public one");
        }
    }

    private boolean isOwnUser(PusherChannel channel) {
        SignedInUser user = session.user();
        return user != null && user.id().text().equals(channel.userId());
    }

    private PresenceMember member(Subscribe command) throws PusherException {
        if (command.channelData() != null) {
            return PresenceMember.read(command.channel(), command.channelData(), app.limits());
        }
        SignedInUser user = session.user();
        if (user == null) {
            throw PusherException.unauthorized(
                    command.channel(),
                    "Invalid channel_data for " + command.channel()
                            + ": expected a user_id, or a connection that has signed in");
        }
        return user.toMember();
    }

    /** In this order the subscriber is told the count that it is part of, and webhooks tell of the channel before its member. */
    private void join(PusherChannel channel, @Nullable PresenceMember member) throws PusherException {
        ChannelId id = app.channel(channel);
        var places = new ArrayList<Place>(2);
        try {
            Place notices = Announcer.tellsCount(app, channel) ? take(NoticeChannel.count(id), places) : null;
            Place place = take(id, places);
            if (member != null) {
                notices = take(NoticeChannel.members(id), places);
            }
            Admission.Admitted<PresenceMember> admitted = member == null ? null : admit(channel, id, member);
            session.memberships.add(new Membership(
                    place.subscriber(),
                    notices == null ? null : notices.subscriber(),
                    member == null ? null : member.id().text()));
            answer(channel, place, notices, admitted);
        } catch (PusherException | RuntimeException e) {
            if (session.memberships.get(channel.name()) == null) {
                places.forEach(taken -> session.hub().unsubscribe(taken.subscriber()));
            }
            throw e;
        }
    }

    private Place take(ChannelId id, List<Place> places) {
        Place place = Place.take(session.hub(), session.outbox(), id);
        places.add(place);
        return place;
    }

    private Admission.Admitted<PresenceMember> admit(PusherChannel channel, ChannelId id, PresenceMember member)
            throws PusherException {
        int max = app.config().membersMax();
        return switch (session.context().rosters().join(id, member.id().text(), member, max)) {
            case Admission.Admitted<PresenceMember> admitted -> admitted;
            case Admission.Full<PresenceMember> _ ->
                throw PusherException.overLimit(
                        channel, "Presence channel " + channel + " is full: it has " + max + " members");
        };
    }

    private void answer(
            PusherChannel channel,
            Place place,
            @Nullable Place notices,
            Admission.@Nullable Admitted<PresenceMember> admitted) {
        session.send(
                admitted == null
                        ? new SubscriptionSucceeded(channel)
                        : new PresenceSucceeded(channel, admitted.members()));
        if (channel.isCache()) {
            sendKept(channel, place.joining().position());
        }
        if (notices != null) {
            if (admitted == null) {
                notices.joining().start();
            } else {
                notices.joining().startAfter(admitted.told());
            }
        }
        place.joining().start();
    }

    /** What has been published since the place was taken comes by itself. */
    private void sendKept(PusherChannel channel, Position position) {
        session.context().broker().kept(app.channel(channel), kept -> {
            if (kept == null) {
                session.send(new CacheMiss(channel));
                session.context().announcer().onCacheMiss(app, channel);
            } else if (isUpTo(kept, position)) {
                session.outbox().offer(kept);
                session.outbox().flush();
            }
        });
    }

    private static boolean isUpTo(Publication kept, Position position) {
        return kept.position().epoch().equals(position.epoch()) && kept.offset() <= position.offset();
    }
}
