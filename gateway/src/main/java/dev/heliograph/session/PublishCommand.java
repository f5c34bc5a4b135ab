package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
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
        long acceptedNanos = session.context().ticker().getAsLong();
        var draft = new Draft(id, command.name(), command.data(), command.key(), 0, acceptedNanos);
        Consumer<Position> done = position -> published(command, position);
        if (command.id() == null) {
            session.context().broker().publish(draft, publication -> done.accept(publication.position()));
        } else {
            session.context().publishOnce().publish(draft, principal.userId(), command.id(), done);
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
