package dev.heliograph.app;

import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherClientMessage.Signin;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherException;
import dev.heliograph.protocol.pusher.PusherServerMessage.SigninSuccess;
import dev.heliograph.protocol.pusher.SignedInUser;
import dev.heliograph.protocol.pusher.SocketAuth;
import java.util.ArrayList;
import java.util.List;

/** {@code pusher:signin}: from now on the connection gets what is sent to its user, and learns who of those it watches is online. */
final class SigninCommand {
    private final PusherSession session;
    private final App app;

    SigninCommand(PusherSession session) {
        this.session = session;
        this.app = session.app();
    }

    void run(Signin command) throws PusherException {
        SocketAuth.verify(app.keys(), session.socketId(), command);
        SignedInUser user = SignedInUser.read(command.userData(), app.limits());
        if (session.isRevoked(user)) { // its signature may have been waiting since before that
            session.revoke();
            return;
        }
        SignedInUser before = session.user();
        if (before != null && !before.id().equals(user.id())) {
            throw new PusherException(null, "This connection has signed in as another user already");
        }
        if (session.isRestless()) {
            throw new PusherException(null, "Too many subscriptions that end, for another signin within this minute");
        }
        List<Place> places = places(user, before == null);
        session.signedIn(user, subscribers(places));
        session.send(new SigninSuccess(command.userData()));
        if (user.watchlistCut()) {
            session.send(PusherCode.WATCHLIST_TOO_LONG.toMessage());
        }
        if (!user.watchlist().isEmpty()) {
            session.send(session.context().announcer().watchlists().state(app.workspace(), user.watchlist()));
        }
        places.forEach(place -> place.joining().start());
    }

    /**
     * The channels that bring news of whom the user watches, an id that nobody can sign in with bringing none; and the user's own, which it keeps when it signs in once
     * more, so that nothing that is on its way is lost.
     */
    private List<Place> places(SignedInUser user, boolean own) {
        var places = new ArrayList<Place>();
        try {
            if (own) {
                places.add(Place.take(session.hub(), session.outbox(), app.channel(PusherChannel.user(user.id()))));
            }
            for (String watched : user.watchlist()) {
                if (PusherChannel.ofUser(watched) != null) {
                    places.add(Place.take(
                            session.hub(), session.outbox(), NoticeChannel.watchers(app.workspace(), watched)));
                }
            }
            return places;
        } catch (RuntimeException e) {
            places.forEach(place -> session.hub().unsubscribe(place.subscriber()));
            throw e;
        }
    }

    private List<Subscriber> subscribers(List<Place> places) {
        var subscribers = new ArrayList<Subscriber>();
        if (session.ownChannel() != null) {
            subscribers.add(session.ownChannel());
        }
        places.forEach(place -> subscribers.add(place.subscriber()));
        return subscribers;
    }
}
