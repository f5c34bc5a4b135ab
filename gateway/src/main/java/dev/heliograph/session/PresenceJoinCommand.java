package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.broadcast.Joining;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone.Done;
import dev.heliograph.protocol.message.SubscribeOptions;
import org.jspecify.annotations.Nullable;

/**
 * {@code presence:join}: makes the client's user a member, and shows who else is one if the client may see that: joining subscribes, too. Again for a joined channel
 * the answer is the same, and metadata that is given replaces what was.
 */
final class PresenceJoinCommand {
    private final Session session;
    private final Principal principal;
    private @Nullable Joining place;
    private boolean subscribed;

    PresenceJoinCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(ClientMessage.PresenceJoin command) {
        principal.permit(Operation.PRESENCE, command.channel());
        session.stays().countChange();
        again(command);
    }

    /** As after a break: that is no change for anybody. */
    void again(ClientMessage.PresenceJoin command) {
        ChannelId id = principal.permit(Operation.PRESENCE, command.channel());
        Stays stays = session.stays();
        Stay known = stays.get(id.name());
        if (known != null) {
            stays.describe(known, principal, command.metadata());
            watch(command, known);
            return;
        }
        Stay stay = stays.join(id, principal, command.metadata());
        try {
            watch(command, stay);
        } catch (RuntimeException e) {
            stays.leave(stay);
            throw e;
        }
    }

    private void watch(ClientMessage.PresenceJoin command, Stay stay) {
        ChannelId id = stay.channel();
        if (session.subscriptions.get(id.name()) != null || !maySee(id)) {
            answer(command, stay);
            return;
        }
        SubscribeCommand.checkRoom(session, id);
        Subscriber watching = session.hub().subscribe(id, session.outbox(), SubscribeOptions.NONE, null, joining -> {
            place = joining;
            begin(command, stay);
        });
        stay.watching = watching;
        session.add(watching);
        subscribed = true;
        begin(command, stay);
    }

    /** Once the subscription is the session's, so that it ends with it, and has its place. */
    private void begin(ClientMessage.PresenceJoin command, Stay stay) {
        if (subscribed && place != null) {
            answer(command, stay);
            place.startNow(() -> {});
        }
    }

    private boolean maySee(ChannelId id) {
        return principal.grants().allows(Operation.SUBSCRIBE, id.name());
    }

    private void answer(ClientMessage.PresenceJoin command, Stay stay) {
        ChannelId id = stay.channel();
        if (command.requestId() != null) {
            session.send(new PresenceDone(command.requestId(), id.name(), Done.JOINED));
        }
        if (stay.visit != null && maySee(id)) {
            session.send(new ServerMessage.PresenceSync(
                    id.name(), session.context().attendances().stateFor(stay.visit)));
        }
    }
}
