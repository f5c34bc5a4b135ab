package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ServerMessage;

/** {@code publish}: gives an event its position; answered only if the client asks for it. */
final class PublishCommand {
    private final Session session;
    private final Principal principal;

    PublishCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(ClientMessage.Publish command) {
        long acceptedNanos = session.context().ticker().getAsLong();
        session.context()
                .publisher()
                .publish(principal, command, acceptedNanos, position -> published(command, position));
    }

    private void published(ClientMessage.Publish command, Position position) {
        if (command.requestId() != null) {
            session.hub()
                    .onLoop(() -> session.send(
                            new ServerMessage.Published(command.requestId(), command.channel(), position)));
        }
    }
}
