package dev.heliograph.session;

import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ServerMessage;

/** {@code unsubscribe}: ends a subscription. */
final class UnsubscribeCommand {
    private final Session session;

    UnsubscribeCommand(Session session) {
        this.session = session;
    }

    void run(ClientMessage.Unsubscribe command) {
        session.active();
        Subscriber subscriber = session.subscriptions.get(command.channel());
        if (subscriber == null) {
            session.refuse(
                    command.requestId(),
                    command.channel(),
                    ErrorCode.NOT_SUBSCRIBED,
                    "this connection is not subscribed to " + command.channel());
            return;
        }
        session.unsubscribe(subscriber);
        if (command.requestId() != null) {
            session.send(new ServerMessage.Unsubscribed(command.requestId(), command.channel()));
        }
    }
}
