package dev.heliograph.session;

import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
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
                .publish(
                        principal,
                        command,
                        acceptedNanos,
                        position -> published(command, position),
                        refusal -> refused(command, refusal));
    }

    private void published(ClientMessage.Publish command, Position position) {
        if (command.requestId() != null) {
            session.hub()
                    .onLoop(() -> session.send(
                            new ServerMessage.Published(command.requestId(), command.channel(), position)));
        }
    }

    /** Like everything that fails, told also to a client that did not ask for an answer. */
    private void refused(ClientMessage.Publish command, ProtocolException refusal) {
        session.hub().onLoop(() -> {
            if (!session.isClosed()) {
                String message = String.valueOf(refusal.getMessage());
                session.refuse(command.requestId(), command.channel(), refusal.code(), message);
            }
        });
    }
}
