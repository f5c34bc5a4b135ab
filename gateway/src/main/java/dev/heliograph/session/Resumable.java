package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * That a client that keeps no positions can take its session up again: its key, and up to where it surely has what it was sent. It says so without knowing: a pong
 * comes when everything has been read that was sent before its ping. Confined to the session's loop.
 */
final class Resumable {
    private final Resumptions all;
    private final String key;
    /** The key that this session was taken up with, until its client is heard of: it may not have learned the new one. */
    private @Nullable String before;

    private final Map<String, Place> places = new HashMap<>();
    private Map<String, Position> pinged = new HashMap<>();
    private int pings;

    /** @param owesState whether it may not have the channel's state yet, which it was sent before what is behind the position */
    private record Place(SubscribeOptions options, Position position, boolean owesState) {}

    /** @param before null: the session begins */
    Resumable(Resumptions all, @Nullable String before) {
        this.all = all;
        this.key = all.newKey();
        this.before = before;
    }

    String key() {
        return key;
    }

    private List<String> keys() {
        return before == null ? List.of(key) : List.of(key, before);
    }

    void onOpen(Session session) {
        if (before != null) {
            all.onTaken(before);
        }
        all.onHere(keys(), session);
    }

    /** The client has said something, so it has been told the new key. */
    void onHeard(Session session) {
        if (before != null) {
            all.forget(before, session);
            before = null;
        }
    }

    /**
     * @param begin behind it lies what it is sent
     * @param bringsState whether it is sent the channel's state before that
     * @param goesOn whether it was subscribed before: then it has what it has
     */
    void onSubscribed(String channel, SubscribeOptions options, Position begin, boolean bringsState, boolean goesOn) {
        Place known = goesOn ? places.get(channel) : null;
        places.put(
                channel,
                known == null
                        ? new Place(options, begin, bringsState)
                        : new Place(options, known.position(), known.owesState()));
        pinged.remove(channel); // that was another subscription's
    }

    void onUnsubscribed(String channel) {
        places.remove(channel);
        pinged.remove(channel);
    }

    /** How many channels it has a place in. */
    int size() {
        return places.size();
    }

    /**
     * The next ping.
     *
     * @param sent up to where the client has been sent each channel, nothing of which waits; null: something does, and the ping goes before it
     */
    byte[] ping(@Nullable Map<String, Position> sent) {
        pinged = sent == null ? new HashMap<>() : sent;
        return Frames.ping(ByteBuffer.allocate(Integer.BYTES).putInt(++pings).array());
    }

    void onPong(ByteBuf payload) {
        if (payload.readableBytes() == Integer.BYTES && payload.getInt(payload.readerIndex()) == pings) {
            pinged.forEach((channel, position) ->
                    places.computeIfPresent(channel, (_, it) -> new Place(it.options(), position, false)));
            pinged.clear();
        }
    }

    /** The session's connection is gone, or it has ended. */
    void onEnd(Session session, @Nullable Principal principal, boolean mayComeBack) {
        all.onGone(keys(), session, principal == null || !mayComeBack ? null : left(session, principal));
    }

    private Left left(Session session, Principal principal) {
        var subscriptions = new ArrayList<Subscription>();
        var owed = new HashSet<String>();
        session.subscriptions.forEach(subscriber -> {
            String channel = subscriber.channel().name();
            Place place = places.get(channel);
            if (place != null) { // else it came with joining, and will again
                subscriptions.add(new Subscription(channel, place.position(), place.options()));
                if (place.owesState()) {
                    owed.add(channel);
                }
            }
        });
        return new Left(principal, subscriptions, owed, session.presences());
    }
}
