package dev.heliograph.pusherclients;

import com.pusher.client.Pusher;
import com.pusher.client.PusherOptions;
import com.pusher.client.channel.Channel;
import com.pusher.client.channel.PresenceChannel;
import com.pusher.client.channel.PresenceChannelEventListener;
import com.pusher.client.channel.PrivateEncryptedChannelEventListener;
import com.pusher.client.channel.PusherEvent;
import com.pusher.client.channel.User;
import com.pusher.client.connection.ConnectionEventListener;
import com.pusher.client.connection.ConnectionState;
import com.pusher.client.connection.ConnectionStateChange;
import com.pusher.rest.data.PresenceUser;
import java.util.ConcurrentModificationException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Pusher's own Java client, unmodified, with everything that it tells. Any thread. */
final class JavaClient implements AutoCloseable {
    private final Pusher pusher;
    private final Seen<Told> told = new Seen<>();
    private final Consumer<Told> listener;

    /** What the client told. */
    enum Kind {
        /** Its state; {@code name} is it. */
        STATE,
        /** An error of the connection; {@code name} is the message, {@code data} the code. */
        ERROR,
        SUBSCRIBED,
        /** An event; {@code name} is its name. */
        EVENT,
        /** A member came; {@code name} is the id, {@code data} the info. */
        JOINED,
        LEFT,
        /** The application's own auth has failed. */
        AUTH_FAILED,
        DECRYPTION_FAILED
    }

    record Told(
            Kind kind,
            String channel,
            String name,
            @Nullable String data,
            @Nullable String userId) {}

    private JavaClient(String key, PusherOptions options, Consumer<Told> listener) {
        this.pusher = new Pusher(key, options);
        this.listener = listener;
    }

    static JavaClient of(int port, TestApp app, PresenceUser user) {
        return of(port, app, user, _ -> {});
    }

    /** One whose app's server answers that this is that user. */
    static JavaClient of(int port, TestApp app, PresenceUser user, Consumer<Told> listener) {
        PusherOptions options = options(port)
                .setChannelAuthorizer((channel, socketId) -> channel.startsWith("presence-")
                        ? app.authorize(socketId, channel, user)
                        : app.authorize(socketId, channel))
                .setUserAuthenticator(
                        socketId -> app.authenticate(socketId, TestApp.userData(String.valueOf(user.getUserId()))));
        return new JavaClient(app.key(), options, listener);
    }

    static JavaClient of(int port, TestApp app, String userId) {
        return of(port, app, new PresenceUser(userId));
    }

    static JavaClient with(String key, PusherOptions options) {
        return new JavaClient(key, options, _ -> {});
    }

    static PusherOptions options(int port) {
        return new PusherOptions()
                .setHost("127.0.0.1")
                .setWsPort(port)
                .setUseTLS(false)
                .setMaxReconnectGapInSeconds(1)
                .setMaxReconnectionAttempts(60);
    }

    /** Returns when it is connected. */
    JavaClient connect() {
        begin();
        awaitState(ConnectionState.CONNECTED);
        return this;
    }

    void begin() {
        pusher.connect(
                new ConnectionEventListener() {
                    @Override
                    public void onConnectionStateChange(ConnectionStateChange change) {
                        tell(new Told(Kind.STATE, "", change.getCurrentState().name(), null, null));
                    }

                    @Override
                    public void onError(String message, @Nullable String code, @Nullable Exception e) {
                        tell(new Told(Kind.ERROR, "", String.valueOf(message), code, null));
                    }
                },
                ConnectionState.ALL);
    }

    private void tell(Told what) {
        told.add(what);
        listener.accept(what);
    }

    Pusher pusher() {
        return pusher;
    }

    String socketId() {
        return pusher.getConnection().getSocketId();
    }

    ConnectionState state() {
        return pusher.getConnection().getState();
    }

    /** Subscribes by the name's prefix and returns when it has. */
    void subscribe(String channel) {
        beginToSubscribe(channel);
        awaitSubscribed(channel);
    }

    void beginToSubscribe(String channel) {
        var events = new Events();
        if (channel.startsWith("private-encrypted-")) {
            pusher.subscribePrivateEncrypted(channel, events).bindGlobal(events);
        } else if (channel.startsWith("private-")) {
            pusher.subscribePrivate(channel, events).bindGlobal(events);
        } else if (channel.startsWith("presence-")) {
            pusher.subscribePresence(channel, events).bindGlobal(events);
        } else {
            Channel subscribed = pusher.subscribe(channel, events);
            subscribed.bindGlobal(events);
        }
    }

    /** The ids of the members that it knows. */
    Set<String> roster(String channel) {
        while (true) {
            try {
                return copyOfRoster(channel);
            } catch (ConcurrentModificationException e) {
                Thread.onSpinWait(); // the client copies it without a lock
            }
        }
    }

    private Set<String> copyOfRoster(String channel) {
        PresenceChannel presence = pusher.getPresenceChannel(channel);
        Set<User> users = presence == null ? Set.of() : presence.getUsers();
        return users.stream().map(User::getId).collect(Collectors.toCollection(TreeSet::new));
    }

    Told awaitState(ConnectionState state) {
        return await(
                "state " + state, one -> one.kind() == Kind.STATE && one.name().equals(state.name()));
    }

    Told awaitSubscribed(String channel) {
        return await("subscription to " + channel, is(Kind.SUBSCRIBED, channel));
    }

    Told awaitEvent(String channel, String event) {
        return await(event + " on " + channel, is(Kind.EVENT, channel, event));
    }

    Told await(Kind kind, String channel, String name) {
        return await(kind + " " + name + " on " + channel, is(kind, channel, name));
    }

    Told await(String what, Predicate<Told> fits) {
        return told.await(what, fits);
    }

    Seen<Told> told() {
        return told;
    }

    static Predicate<Told> is(Kind kind, String channel) {
        return one -> one.kind() == kind && one.channel().equals(channel);
    }

    static Predicate<Told> is(Kind kind, String channel, String name) {
        return is(kind, channel).and(one -> one.name().equals(name));
    }

    @Override
    public void close() {
        pusher.disconnect();
    }

    private final class Events implements PresenceChannelEventListener, PrivateEncryptedChannelEventListener {
        @Override
        public void onSubscriptionSucceeded(String channel) {
            tell(new Told(Kind.SUBSCRIBED, channel, "", null, null));
        }

        @Override
        public void onEvent(PusherEvent event) {
            tell(new Told(
                    Kind.EVENT,
                    String.valueOf(event.getChannelName()),
                    event.getEventName(),
                    event.getData(),
                    event.getUserId()));
        }

        @Override
        public void onUsersInformationReceived(String channel, Set<User> users) {}

        @Override
        public void userSubscribed(String channel, User user) {
            tell(new Told(Kind.JOINED, channel, user.getId(), user.getInfo(), null));
        }

        @Override
        public void userUnsubscribed(String channel, User user) {
            tell(new Told(Kind.LEFT, channel, user.getId(), null, null));
        }

        @Override
        public void onAuthenticationFailure(String message, Exception e) {
            tell(new Told(Kind.AUTH_FAILED, "", message, null, null));
        }

        @Override
        public void onDecryptionFailure(String event, String reason) {
            tell(new Told(Kind.DECRYPTION_FAILED, "", event, reason, null));
        }
    }
}
