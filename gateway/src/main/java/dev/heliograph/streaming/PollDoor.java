package dev.heliograph.streaming;

import dev.heliograph.auth.Operation;
import dev.heliograph.http.Held;
import dev.heliograph.http.OpenHandler;
import dev.heliograph.protocol.message.ClientMessage.History;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.streaming.Entrance.Guest;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The door for polls: {@code GET /publications?channel=…}. Any event loop. Source: docs/PROTOCOL.md, "Polling". */
final class PollDoor implements OpenHandler {
    /** Longest that a poll waits. */
    static final int WAIT_SECONDS_MAX = 30;

    private final StreamingContext context;

    PollDoor(StreamingContext context) {
        this.context = context;
    }

    /**
     * What is asked for beside the channels.
     *
     * @param after null: from now on, unless {@code last} is given
     * @param last how many of the newest publications of each channel; 0: none
     */
    record Terms(@Nullable Cursor after, int last, int limit, long waitMs) {
        static Terms of(Parameters parameters) {
            int limit = parameters.whole("limit", 1, History.LIMIT_MAX, History.LIMIT_DEFAULT);
            int wait = parameters.whole("wait", 0, WAIT_SECONDS_MAX, 0);
            int last = parameters.whole("last", 1, History.LIMIT_MAX, 0);
            String after = parameters.text("after");
            Cursor cursor = after == null ? null : Cursor.parse(after);
            if (after != null && cursor == null) {
                throw Parameters.bad("after", "the cursor of an earlier answer");
            }
            if (cursor != null && last > 0) {
                throw new ProtocolException(ErrorCode.BAD_MESSAGE, "give after, or last, not both");
            }
            return new Terms(cursor, last, limit, TimeUnit.SECONDS.toMillis(wait));
        }
    }

    @Override
    public void handle(Held held) {
        context.polls().attempt(held, () -> begin(held));
    }

    private void begin(Held held) {
        var parameters = new Parameters(held.request());
        var query = Query.ofPoll(
                parameters,
                parameters.all("channel"),
                context.sessions().limits().subscriptionsMax());
        Terms terms = Terms.of(parameters);
        context.polls().admit(held, query, guest -> enter(held, query, terms, guest));
    }

    private void enter(Held held, Query query, Terms terms, Guest guest) {
        if (terms.last() > 0) {
            query.channels().forEach(channel -> guest.principal().permit(Operation.HISTORY, channel));
        }
        context.loops().apply(held.eventLoop()).clients().hub().onLoop(() -> begin(held, query, terms, guest));
    }

    /** One that waits is to its address as good as a connection. */
    private void begin(Held held, Query query, Terms terms, Guest guest) {
        if (terms.waitMs() > 0 && !held.enters()) {
            context.polls().tooMany(held);
        } else {
            new Poll(context, held, query, terms, guest).onBegin();
        }
    }
}
