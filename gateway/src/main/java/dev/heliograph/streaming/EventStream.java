package dev.heliograph.streaming;

import dev.heliograph.auth.Verdict;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.Wire;
import dev.heliograph.http.Departed;
import dev.heliograph.metrics.ClientKind;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import dev.heliograph.protocol.message.ServerMessage.Joined;
import dev.heliograph.protocol.message.ServerMessage.NotJoined;
import dev.heliograph.session.Arrivals;
import dev.heliograph.session.Session;
import dev.heliograph.streaming.Entrance.Guest;
import dev.heliograph.websocket.WebSocketLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event stream, from the head of its answer on: a session whose client has said by its request all that it will ever say. Confined to its event loop.
 *
 * <p>A filter or a sample keeps a client's last id where it is, however far its channels go on. So once in a while it is told where they stand, by an id without an
 * event: what was left out need not be in the log any more when the client comes back.
 */
final class EventStream implements Arrivals {
    private final StreamingContext context;
    private final Query query;
    private final Outbox outbox;
    private final Session session;
    /** Whether the client has to be told where its channels stand. */
    private boolean places;

    /** Something that is older than what is live may come first, and no id says yet that what is live follows. */
    private boolean bringsOther;

    /** It is not sent all of what its channels have. */
    private boolean selective;

    private int behind;
    private long placeNanos;
    private List<String> placed = List.of();

    private EventStream(StreamingContext context, Query query, Outbox outbox, Session session) {
        this.context = context;
        this.query = query;
        this.outbox = outbox;
        this.session = session;
    }

    /** @param seen what the client has seen; null: it wants what is live */
    static void start(
            StreamingContext context,
            Departed departed,
            Dialect dialect,
            Query query,
            Guest guest,
            @Nullable Cursor seen) {
        StreamLoop loop = context.loops().apply(departed.eventLoop());
        WebSocketLoop clients = loop.clients();
        Wire socket = clients.wire(departed);
        Wire wire = query.channels().size() == 1
                ? socket
                : new CursorWire(
                        socket,
                        Cursor.of(query, seen),
                        loop.scratch(),
                        clients.outboxes().backlogs()::onHeld);
        var outbox = new Outbox(wire, dialect.format(), clients.outboxes());
        var session = new Session(dialect.sessions(), clients.hub(), outbox, guest.origin(), context.medium());
        var stream = new EventStream(context, query, outbox, session);
        context.sessions().metrics().increment(Count.STREAMS);
        wire.start(new StreamConnection(
                ClientKind.EVENT_STREAM,
                session,
                outbox,
                clients.connections(),
                () -> stream.onOpen(guest, seen),
                stream::onTick));
    }

    private void onOpen(Guest guest, @Nullable Cursor seen) {
        session.onOpen(new Verdict.Verified(guest.principal()));
        selective = query.isSelective()
                || query.channels().stream()
                        .anyMatch(channel -> guest.principal().rows(channel).filter() != null);
        if (!session.isClosed()) {
            var command = new ClientMessage.Subscribe(
                    null, query.subscriptions(channel -> Cursor.recover(seen, channel)), true);
            session.subscribe(command, this);
        }
    }

    @Override
    public void onJoined(List<JoinResult> results) {
        behind = results.size();
        bringsOther = query.options().last() > 0 || query.options().state();
        for (JoinResult result : results) {
            switch (result) {
                case NotJoined refused -> {
                    // it cannot ask again but by another request
                    session.close(DisconnectCause.NOT_JOINED, CloseCode.TRY_AGAIN_LATER, refused.message());
                    return;
                }
                case Joined there -> bringsOther |= there.wasRecovering() && !there.recovered();
            }
        }
    }

    @Override
    public void onCaughtUp() {
        behind--;
        places = behind == 0 && (selective || bringsOther);
        placeNanos = context.sessions().ticker().getAsLong();
    }

    private long intervalNanos() {
        return TimeUnit.MILLISECONDS.toNanos(context.sessions().limits().pingIntervalMs());
    }

    private void onTick() {
        session.onTick();
        long now = context.sessions().ticker().getAsLong();
        if (places && now - placeNanos >= 0 && !session.isClosed() && outbox.waitingBytes() == 0) {
            placeNanos = now + intervalNanos();
            place();
        }
    }

    /** Not while something waits: it may yet be merged into what comes later, and the client would be told that it is past it. */
    private void place() {
        var entries = new ArrayList<String>();
        session.positions((channel, position) -> entries.add(Cursor.entry(channel.name(), position)));
        if (!entries.equals(placed)) {
            placed = entries;
            var block = new EventWriter(0);
            entries.forEach(block::id);
            outbox.send(block.end());
        }
    }
}
