package dev.heliograph.explain;

import dev.heliograph.admin.OperatorRefusal;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.pipeline.Decisions;
import dev.heliograph.pipeline.Decisions.Decision;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What became of one message, named by its producer's id or, as {@code channel@epoch:offset}, by its position. */
final class MessageAnswer {
    private static final Pattern POSITION = Pattern.compile("(?<channel>.+)@(?<epoch>[^@:]+):(?<offset>[0-9]{1,18})");

    private final Inspected inspected;
    private final Search search;

    MessageAnswer(Inspected inspected, Search search) {
        this.inspected = inspected;
        this.search = search;
    }

    /**
     * @param workspace that the message is of; null: of any, where its id says enough
     * @param connection whose part in it is asked for; null: nobody's
     */
    Map<String, Object> of(String message, @Nullable String workspace, @Nullable String connection) {
        Matcher position = POSITION.matcher(message);
        var shown = new LinkedHashMap<String, Object>();
        shown.put("message", message);
        if (position.matches()) {
            var channel = ExplainDoor.channel(workspaceOf(workspace), position.group("channel"));
            var at = new Position(position.group("epoch"), Long.parseLong(position.group("offset")));
            shown.put("publications", List.of(publication(channel, at, connection)));
        } else {
            List<Decision> decisions = inspected.decisions().of(message).stream()
                    .filter(each ->
                            workspace == null || each.source().workspace().equals(workspace))
                    .toList();
            if (decisions.isEmpty()) {
                throw OperatorRefusal.notFound("none of the last " + Decisions.SIZE
                        + " events had this message id; expected one, or channel@epoch:offset");
            }
            shown.put(
                    "decisions", decisions.stream().map(MessageAnswer::decision).toList());
            shown.put("publications", publications(decisions, connection));
        }
        return shown;
    }

    private String workspaceOf(@Nullable String given) {
        if (given != null) {
            return given;
        }
        if (inspected.workspaces().size() == 1) {
            return inspected.workspaces().iterator().next();
        }
        throw OperatorRefusal.badRequest("parameter workspace: is missing; a position needs it");
    }

    private static Map<String, Object> decision(Decision decision) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("outcome", decision.outcome());
        shown.put("source", decision.source().toString());
        shown.put("at", decision.atMs());
        shown.put(
                "channel",
                decision.channel() == null ? null : decision.channel().name());
        shown.put("position", decision.position());
        return shown;
    }

    private List<Map<String, Object>> publications(List<Decision> decisions, @Nullable String connection) {
        var publications = new ArrayList<Map<String, Object>>();
        for (Decision decision : decisions) {
            if (decision.channel() != null && decision.position() != null) {
                publications.add(publication(decision.channel(), decision.position(), connection));
            }
        }
        return publications;
    }

    private Map<String, Object> publication(ChannelId channel, Position at, @Nullable String connection) {
        Publication kept = kept(channel, at);
        var shown = new LinkedHashMap<String, Object>();
        shown.put("channel", channel.name());
        shown.put("workspace", channel.workspace());
        shown.put("position", at);
        shown.put("inHistory", kept != null);
        shown.put("publishedAt", kept == null ? null : kept.timestampMs());
        shown.put("subscribersNow", inspected.broker().subscribers(channel));
        if (connection != null) {
            shown.put("connection", search.ask(connection, session -> session.onExplain(channel, at, kept)));
        }
        return shown;
    }

    private @Nullable Publication kept(ChannelId channel, Position at) {
        if (at.offset() == 0) {
            return null;
        }
        HistoryPage page = ChannelAnswer.history(inspected, channel, new Position(at.epoch(), at.offset() - 1), 1);
        return page.publications().stream()
                .filter(each -> each.position().equals(at))
                .findFirst()
                .orElse(null);
    }
}
