package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.function.Consumer;

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
        id.checkPublishable();
        checkName(command.name());
        long acceptedNanos = session.context().ticker().getAsLong();
        var draft = new Draft(id, command.name(), command.data(), command.key(), 0, acceptedNanos);
        Consumer<Position> done = position -> published(command, position);
        if (command.id() == null) {
            session.context().broker().publish(draft, publication -> done.accept(publication.position()));
        } else {
            session.context().publishOnce().publish(draft, principal.userId(), command.id(), done);
        }
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
}
