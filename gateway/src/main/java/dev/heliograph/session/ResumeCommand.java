package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.ServerMessage;

/** Subscribes and joins again what a session had, on behalf of its client, which does not ask for it. */
final class ResumeCommand {
    private final Session session;
    private final Principal principal;

    ResumeCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(Left left) {
        if (!left.subscriptions.isEmpty()) {
            new SubscribeCommand(session, principal, left.owedStates)
                    .run(new ClientMessage.Subscribe(null, left.subscriptions, true));
        }
        left.presences.forEach(this::join);
    }

    private void join(ClientMessage.PresenceJoin join) {
        if (session.isClosed()) { // it takes so little that what is told of one was too much
            return;
        }
        try {
            new PresenceJoinCommand(session, principal).again(join);
        } catch (ProtocolException e) {
            session.send(new ServerMessage.Failed(null, join.channel(), e.code(), String.valueOf(e.getMessage())));
        }
    }
}
