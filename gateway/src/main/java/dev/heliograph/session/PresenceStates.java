package dev.heliograph.session;

import dev.heliograph.broadcast.Joining;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Shows a client who is in the presence channels that it has subscribed to, then what changes there; one channel after the other as it takes them, because together
 * they may be more than may wait for it. At most as many as it has subscribed to at once. Confined to the connection's event loop.
 */
final class PresenceStates {
    private final Session session;
    private final Runnable onCaughtUp;
    private final Queue<State> left = new ArrayDeque<>(1);

    private record State(ChannelId channel, Joining joining) {}

    /** @param onCaughtUp run each time a client is shown all of a channel, and what changes follows */
    PresenceStates(Session session, Runnable onCaughtUp) {
        this.onCaughtUp = onCaughtUp;
        this.session = session;
    }

    void add(ChannelId channel, Joining joining) {
        left.add(new State(channel, joining));
    }

    /** Shows what is left, or the first of it if the client does not take everything now. */
    void onNext() {
        while (!left.isEmpty()) {
            if (session.outbox().waitingBytes() > 0) {
                session.outbox().whenDrained(this::onNext);
                return;
            }
            show(left.remove());
        }
    }

    private void show(State state) {
        if (!state.joining.hasLeft()) {
            session.send(new ServerMessage.PresenceSync(
                    state.channel.name(), session.context().attendances().state(state.channel)));
            state.joining.startNow(onCaughtUp);
        }
    }
}
