package dev.heliograph.explain;

import dev.heliograph.admin.OperatorDoor;
import dev.heliograph.admin.OperatorRefusal;
import dev.heliograph.admin.Parameters;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.Set;
import java.util.TreeSet;

/** {@code /admin/explain}: why a client did or did not get something. Any thread that may wait for the loops. */
public final class ExplainDoor {
    private static final String CONNECTION = "connection";
    private static final String CHANNEL = "channel";
    private static final String MESSAGE = "message";
    private static final String WORKSPACE = "workspace";
    private static final String LIMIT = "limit";
    private static final Set<String> PARAMETERS = Set.of(CONNECTION, CHANNEL, MESSAGE, WORKSPACE, LIMIT);
    private static final int LIMIT_MAX = 100;
    private static final int LIMIT_DEFAULT = 10;

    private final Inspected inspected;
    private final Search search;

    private ExplainDoor(Inspected inspected) {
        this.inspected = inspected;
        this.search = new Search(inspected);
    }

    public static OperatorDoor of(Inspected inspected) {
        return OperatorDoor.get("/admin/explain", new ExplainDoor(inspected)::answer);
    }

    private Response answer(Request request) {
        var parameters = Parameters.of(request, PARAMETERS);
        String connection = parameters.text(CONNECTION);
        String channel = parameters.text(CHANNEL);
        String message = parameters.text(MESSAGE);
        int limit = parameters.count(LIMIT, LIMIT_DEFAULT, LIMIT_MAX);
        if (channel != null && (connection != null || message != null)) {
            throw OperatorRefusal.badRequest(
                    "parameter channel: stands alone; expected connection, channel, message, or message and connection");
        }
        if (message != null) {
            return OperatorDoor.json(
                    200,
                    new MessageAnswer(inspected, search)
                            .of(
                                    message,
                                    parameters.text(WORKSPACE) == null ? null : workspace(parameters),
                                    connection));
        }
        if (connection != null) {
            return OperatorDoor.json(200, search.explained(connection));
        }
        return channel != null
                ? OperatorDoor.json(
                        200, new ChannelAnswer(inspected, search).of(channel(workspace(parameters), channel)))
                : OperatorDoor.json(200, new Busiest(inspected, search).of(limit));
    }

    private String workspace(Parameters parameters) {
        String given = parameters.text(WORKSPACE);
        if (given == null && inspected.workspaces().size() == 1) {
            return inspected.workspaces().iterator().next();
        }
        if (given == null || !inspected.workspaces().contains(given)) {
            throw OperatorRefusal.badRequest(
                    "parameter workspace: expected one of " + new TreeSet<>(inspected.workspaces()));
        }
        return given;
    }

    static ChannelId channel(String workspace, String name) {
        try {
            return ChannelId.named(workspace, name);
        } catch (ProtocolException invalid) {
            throw OperatorRefusal.badRequest("parameter channel: " + invalid.getMessage());
        }
    }
}
