package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.PresencePage;
import dev.heliograph.protocol.message.ServerMessage;

/** {@code presence:list}: a page of a channel's members, as many as fit into one answer. */
final class PresenceListCommand {
    private final Session session;
    private final Principal principal;

    PresenceListCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(ClientMessage.PresenceList command) {
        ChannelId id = principal.permit(Operation.SUBSCRIBE, command.channel());
        PresencePage page = session.context()
                .attendances()
                .page(id, command.after(), command.limit(), session.context().answerBytesMax());
        session.send(new ServerMessage.PresenceMembers(command.requestId(), id.name(), page));
    }
}
