package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.broker.Receipt;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
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
        ChannelId id = Session.permitted(principal, Operation.PUBLISH, command.channel());
        checkName(command.name());
        long acceptedNanos = session.context().ticker().getAsLong();
        var draft = new Draft(id, command.name(), command.data(), command.key(), 0, acceptedNanos);
        if (command.id() == null) {
            session.context().broker().publish(draft, receipt(command));
        } else {
            session.context()
                    .publishOnce()
                    .publish(
                            draft,
                            principal.userId(),
                            command.id(),
                            position -> published(command, position),
                            refusal -> refused(command, refusal));
        }
    }

    private Receipt receipt(ClientMessage.Publish command) {
        return new Receipt() {
            @Override
            public void published(Publication publication) {
                PublishCommand.this.published(command, publication.position());
            }

            @Override
            public void refused(ProtocolException refusal) {
                PublishCommand.this.refused(command, refusal);
            }
        };
    }

    /** Clients of Pusher's protocol believe events of such names: they would take a publisher for the gateway. */
    private static void checkName(String name) {
        if (name.startsWith("pusher:") || name.startsWith("pusher_internal:")) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN, "no name of an event begins with pusher: or pusher_internal:");
        }
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
