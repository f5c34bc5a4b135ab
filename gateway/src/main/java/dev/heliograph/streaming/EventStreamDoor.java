package dev.heliograph.streaming;

import dev.heliograph.http.Held;
import dev.heliograph.http.OpenHandler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The door for event streams: {@code GET /sse?channel=…}. Any event loop. Source: docs/PROTOCOL.md, "Server-sent events". */
final class EventStreamDoor implements OpenHandler {
    private static final Response HEAD = new Response(200, StreamMedium.HEADERS, new byte[0]);
    private static final String ENTITY = "entity:";

    private final StreamingContext context;
    private final boolean dazzlesPath;

    /** @param dazzlesPath whether it is asked as Dazzle's is */
    EventStreamDoor(StreamingContext context, boolean dazzlesPath) {
        this.context = context;
        this.dazzlesPath = dazzlesPath;
    }

    @Override
    public void handle(Held held) {
        context.streams().attempt(held, () -> begin(held));
    }

    private void begin(Held held) {
        var parameters = new Parameters(held.request());
        var query = Query.ofStream(
                parameters, channels(parameters), context.sessions().limits().subscriptionsMax());
        Dialect dialect = dialect(parameters);
        Cursor seen = seen(parameters);
        context.streams()
                .admit(
                        held,
                        query,
                        guest -> held.stream(
                                HEAD,
                                departed -> EventStream.start(context, departed, dialect, query, guest, seen),
                                () -> context.streams().tooMany(held)));
    }

    @Override
    public Response refusedForNow(Request request, Response plain, String message) {
        return context.streams().passing(request, plain, message);
    }

    private List<String> channels(Parameters parameters) {
        if (!dazzlesPath) {
            return parameters.all("channel");
        }
        List<String> entities = parameters.all("entity");
        if (entities.isEmpty()) {
            throw new ProtocolException(
                    ErrorCode.BAD_MESSAGE, "name the entities: ?entity=…; there is no stream of all of them");
        }
        return entities.stream().map(ENTITY::concat).toList();
    }

    private Dialect dialect(Parameters parameters) {
        String named = parameters.text("dialect");
        if (dazzlesPath || "dazzle".equals(named)) {
            return context.dazzle();
        }
        if (named != null) {
            throw Parameters.bad("dialect", "dazzle, or not given");
        }
        return context.plain();
    }

    /** What the client has seen; empty if it has brought something that is no cursor, null if it has brought nothing. */
    private static @Nullable Cursor seen(Parameters parameters) {
        String header = parameters.request().header("last-event-id");
        String id = header != null ? header : parameters.text("lastEventId");
        if (id == null || id.isEmpty()) {
            return null;
        }
        Cursor cursor = Cursor.parse(id);
        return cursor != null ? cursor : new Cursor();
    }
}
