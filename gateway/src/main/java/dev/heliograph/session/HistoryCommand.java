package dev.heliograph.session;

import dev.heliograph.auth.Grants;
import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.codec.FilterValues;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** {@code history}: reads a channel's log, as much as fits into one answer; the answer's position is where the next request goes on. */
final class HistoryCommand {
    private final Session session;
    private final Principal principal;

    HistoryCommand(Session session, Principal principal) {
        this.session = session;
        this.principal = principal;
    }

    void run(ClientMessage.History command) {
        ChannelId id = principal.permit(Operation.HISTORY, command.channel());
        Grants.Rows rows = principal.grants().historyRows(id.name());
        if (rows == null) {
            throw new ProtocolException(
                    ErrorCode.FORBIDDEN,
                    "a token that grants channels in part reads the history of what it may subscribe to, which "
                            + id.name() + " is not");
        }
        Filter filter = rows.filter();
        session.context()
                .broker()
                .history(
                        id,
                        command.after(),
                        command.limit(),
                        page -> session.hub().onLoop(() -> answer(command, page, filter)));
    }

    /** @param filter what of the channel may be seen; null: everything */
    private void answer(ClientMessage.History command, HistoryPage page, @Nullable Filter filter) {
        var fitting = new ArrayList<Publication>();
        int bytesMax = session.context().answerBytesMax();
        int bytes = 0;
        int read = 0;
        for (Publication publication : page.publications()) {
            if (filter == null || FilterValues.takes(filter, publication.data())) {
                bytes += publication.data().length();
                if (bytes > bytesMax && !fitting.isEmpty()) {
                    break;
                }
                fitting.add(publication);
            }
            read++;
        }
        session.send(new ServerMessage.History(
                command.requestId(), command.channel(), fitting, reached(page, read), page.complete()));
    }

    /** The position of the last that was looked at, or the channel's if nothing further is kept. */
    private static Position reached(HistoryPage page, int read) {
        boolean all = !page.more() && read == page.publications().size();
        return all || read == 0 ? page.top() : page.publications().get(read - 1).position();
    }
}
