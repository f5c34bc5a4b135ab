package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone.Done;
import org.jspecify.annotations.Nullable;

/** {@code presence:leave}, {@code presence:heartbeat}, {@code presence:update}: what a client says of channels that it has joined. */
final class PresenceCommand {
    private final Session session;
    private final Principal principal;

    PresenceCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(ClientMessage.Presence command) {
        switch (command) {
            case ClientMessage.PresenceJoin join -> new PresenceJoinCommand(session, principal).run(join);
            case ClientMessage.PresenceLeave leave -> leave(leave);
            case ClientMessage.PresenceHeartbeat heartbeat -> heartbeat(heartbeat);
            case ClientMessage.PresenceUpdate update -> update(update);
            case ClientMessage.PresenceList list -> new PresenceListCommand(session, principal).run(list);
        }
    }

    private void leave(ClientMessage.PresenceLeave command) {
        Stays stays = session.stays();
        stays.leave(stays.joined(command.channel()));
        done(command, command.channel(), Done.LEFT);
    }

    private void heartbeat(ClientMessage.PresenceHeartbeat command) {
        session.stays().onHeartbeat(command.channel(), principal);
        done(command, command.channel(), Done.SEEN);
    }

    private void update(ClientMessage.PresenceUpdate command) {
        Stays stays = session.stays();
        Stay stay = stays.joined(command.channel());
        stays.countChange();
        stays.describe(stay, principal, command.metadata());
        done(command, command.channel(), Done.UPDATED);
    }

    private void done(ClientMessage command, @Nullable String channel, Done what) {
        if (command.requestId() != null) {
            session.send(new PresenceDone(command.requestId(), channel, what));
        }
    }
}
