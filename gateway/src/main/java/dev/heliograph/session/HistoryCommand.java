package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.ArrayList;
import java.util.List;

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
        session.context()
                .broker()
                .history(
                        id,
                        command.after(),
                        command.limit(),
                        page -> session.hub().onLoop(() -> answer(command, page)));
    }

    private void answer(ClientMessage.History command, HistoryPage page) {
        var fitting = new ArrayList<Publication>();
        int bytesMax = session.context().answerBytesMax();
        int bytes = 0;
        for (Publication publication : page.publications()) {
            bytes += publication.data().length();
            if (bytes > bytesMax && !fitting.isEmpty()) {
                break;
            }
            fitting.add(publication);
        }
        session.send(new ServerMessage.History(
                command.requestId(), command.channel(), fitting, reached(page, fitting), page.complete()));
    }

    /** The last position of the answer, or the channel's if nothing further is kept. */
    private static Position reached(HistoryPage page, List<Publication> fitting) {
        boolean all = !page.more() && fitting.size() == page.publications().size();
        return all || fitting.isEmpty() ? page.top() : fitting.getLast().position();
    }
}
