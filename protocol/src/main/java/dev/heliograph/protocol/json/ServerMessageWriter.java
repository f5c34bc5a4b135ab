package dev.heliograph.protocol.json;

import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.Authenticated;
import dev.heliograph.protocol.message.ServerMessage.Connected;
import dev.heliograph.protocol.message.ServerMessage.Degraded;
import dev.heliograph.protocol.message.ServerMessage.Drain;
import dev.heliograph.protocol.message.ServerMessage.Failed;
import dev.heliograph.protocol.message.ServerMessage.History;
import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import dev.heliograph.protocol.message.ServerMessage.Joined;
import dev.heliograph.protocol.message.ServerMessage.Lost;
import dev.heliograph.protocol.message.ServerMessage.NotJoined;
import dev.heliograph.protocol.message.ServerMessage.Ping;
import dev.heliograph.protocol.message.ServerMessage.Pong;
import dev.heliograph.protocol.message.ServerMessage.PresenceDone;
import dev.heliograph.protocol.message.ServerMessage.PresenceMembers;
import dev.heliograph.protocol.message.ServerMessage.PresenceSync;
import dev.heliograph.protocol.message.ServerMessage.Published;
import dev.heliograph.protocol.message.ServerMessage.Restored;
import dev.heliograph.protocol.message.ServerMessage.Skipped;
import dev.heliograph.protocol.message.ServerMessage.Stats;
import dev.heliograph.protocol.message.ServerMessage.Subscribed;
import dev.heliograph.protocol.message.ServerMessage.SubscribedMany;
import dev.heliograph.protocol.message.ServerMessage.Unsubscribed;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What each message of the gateway looks like. The order of fields is fixed, so that equal messages are equal bytes. */
final class ServerMessageWriter {
    private final JsonBytes out;
    private final long nowMs;

    private ServerMessageWriter(int expectedLength, long nowMs) {
        this.out = new JsonBytes(expectedLength);
        this.nowMs = nowMs;
    }

    /** The one frame that is built for every event: nothing in it depends on its receiver. */
    static byte[] event(Publication publication) {
        String channel = publication.channel().name();
        var writer = new ServerMessageWriter(
                publication.data().length() + channel.length() + 224, publication.timestampMs());
        OwnType ownType = publication.ownType();
        if (ownType == null) {
            writer.open("event", channel, null);
            writer.named(publication);
            writer.out.raw("}");
        } else {
            writer.own(publication, ownType);
        }
        writer.out.raw(",\"timestamp\":").number(writer.nowMs).raw(",\"position\":");
        writer.position(publication.position());
        return writer.out.raw("}").toBytes();
    }

    static byte[] write(ServerMessage message, long nowMs) {
        var writer = new ServerMessageWriter(256, nowMs);
        switch (message) {
            case Connected connected -> writer.connected(connected);
            case Authenticated authenticated -> writer.authenticated(authenticated);
            case Subscribed subscribed -> writer.subscribed(subscribed);
            case SubscribedMany many -> writer.subscribedMany(many);
            case Unsubscribed done -> writer.open("unsubscribed", done.channel(), done.requestId());
            case Published published -> writer.published(published);
            case History history -> writer.history(history);
            case PresenceDone done ->
                writer.open(
                        "presence:" + done.what().name().toLowerCase(Locale.ROOT), done.channel(), done.requestId());
            case PresenceSync sync ->
                writer.open("presence:sync", sync.channel(), null, sync.state().toJson());
            case PresenceMembers members ->
                writer.open(
                        "presence:members",
                        members.channel(),
                        members.requestId(),
                        members.page().toJson());
            case Drain drain -> writer.drain(drain);
            case Ping _ -> writer.open("ping", null, null);
            case Pong pong -> writer.open("pong", null, pong.requestId());
            case Lost lost -> writer.lost(lost);
            case Skipped skipped -> writer.skipped(skipped);
            case Degraded degraded -> writer.reason("degraded", degraded.reason());
            case Restored restored -> writer.reason("restored", restored.reason());
            case Stats stats -> writer.stats(stats);
            case Failed failed -> writer.failed(failed);
        }
        return writer.close();
    }

    /** Leaves the payload open. */
    private void open(String type, @Nullable String channel, @Nullable String requestId) {
        head(type, channel, requestId);
        out.raw("{");
    }

    /** The same with all of a payload in it that is an object. */
    private void open(String type, @Nullable String channel, @Nullable String requestId, RawJson payload) {
        head(type, channel, requestId);
        out.raw(payload.utf8(), 0, payload.length() - 1);
    }

    private void head(String type, @Nullable String channel, @Nullable String requestId) {
        out.raw("{\"version\":1,\"type\":\"").raw(type).raw("\"");
        if (channel != null) {
            out.raw(",\"channel\":").string(channel);
        }
        if (requestId != null) {
            out.raw(",\"requestId\":").string(requestId);
        }
        out.raw(",\"payload\":");
    }

    private byte[] close() {
        return out.raw("},\"timestamp\":").number(nowMs).raw("}").toBytes();
    }

    private void connected(Connected connected) {
        open("connected", null, null);
        out.raw("\"connectionId\":").string(connected.connectionId());
        out.raw(",\"userId\":").stringOrNull(connected.userId());
        out.raw(",\"node\":").string(connected.node());
        out.raw(",\"pingInterval\":").number(connected.pingIntervalMs());
        out.raw(",\"maxMessageBytes\":").number(connected.maxMessageBytes());
    }

    private void authenticated(Authenticated authenticated) {
        open("authenticated", null, authenticated.requestId());
        out.raw("\"userId\":").stringOrNull(authenticated.userId());
        out.raw(",\"expiresAt\":").number(authenticated.expiresAtMs()).raw(",\"lost\":[");
        List<String> lost = authenticated.lost();
        for (int i = 0; i < lost.size(); i++) {
            out.raw(i == 0 ? "" : ",").string(lost.get(i));
        }
        out.raw("]");
    }

    private void subscribed(Subscribed subscribed) {
        open("subscribed", subscribed.joined().channel(), subscribed.requestId());
        joined(subscribed.joined());
    }

    private void subscribedMany(SubscribedMany many) {
        open("subscribed", null, many.requestId());
        out.raw("\"channels\":[");
        List<JoinResult> results = many.results();
        for (int i = 0; i < results.size(); i++) {
            out.raw(i == 0 ? "{" : ",{");
            result(results.get(i));
            out.raw("}");
        }
        out.raw("]");
    }

    private void result(JoinResult result) {
        switch (result) {
            case Joined joined -> {
                out.raw("\"channel\":").string(joined.channel()).raw(",");
                joined(joined);
            }
            case NotJoined refused -> {
                out.raw("\"channel\":").string(refused.channel()).raw(",\"error\":{");
                error(refused.code().name(), refused.message());
                out.raw("}");
            }
        }
    }

    private void joined(Joined joined) {
        out.raw("\"position\":");
        position(joined.position());
        out.raw(joined.recovered() ? ",\"recovered\":true" : ",\"recovered\":false");
        out.raw(joined.wasRecovering() ? ",\"wasRecovering\":true" : ",\"wasRecovering\":false");
        out.raw(",\"granted\":{");
        granted(joined.granted());
        out.raw("}");
    }

    private void granted(SubscribeOptions granted) {
        boolean paced = granted.maxPerSecond() != SubscribeOptions.UNPACED;
        if (paced) {
            out.raw("\"maxPerSecond\":").raw(plain(granted.maxPerSecond()));
        }
        if (granted.sampleRate() < 1) {
            out.raw(paced ? ",\"sampleRate\":" : "\"sampleRate\":").raw(plain(granted.sampleRate()));
        }
        if (granted.watchSessionId() != null) {
            boolean first = !paced && granted.sampleRate() >= 1;
            out.raw(first ? "\"watchSessionId\":" : ",\"watchSessionId\":").string(granted.watchSessionId());
        }
    }

    /** Without a fraction where there is none. */
    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private void published(Published published) {
        open("published", published.channel(), published.requestId());
        out.raw("\"position\":");
        position(published.position());
    }

    private void history(History history) {
        open("history", history.channel(), history.requestId());
        out.raw("\"publications\":[");
        List<Publication> publications = history.publications();
        for (int i = 0; i < publications.size(); i++) {
            Publication publication = publications.get(i);
            out.raw(i == 0 ? "{" : ",{");
            item(publication);
            out.raw(",\"timestamp\":").number(publication.timestampMs()).raw(",\"position\":");
            position(publication.position());
            out.raw("}");
        }
        out.raw("],\"position\":");
        position(history.position());
        out.raw(history.complete() ? ",\"complete\":true" : ",\"complete\":false");
    }

    private void lost(Lost lost) {
        open("lost", lost.channel(), null);
        range(lost.count(), lost.from(), lost.to());
        out.raw(",\"reason\":").string(lost.reason());
    }

    private void drain(Drain drain) {
        open("drain", null, null);
        out.raw("\"reconnectInMs\":").number(drain.reconnectInMs());
    }

    private void skipped(Skipped skipped) {
        open("skipped", skipped.channel(), null);
        range(skipped.count(), skipped.from(), skipped.to());
    }

    private void range(long count, Position from, Position to) {
        out.raw("\"count\":").number(count).raw(",\"from\":");
        position(from);
        out.raw(",\"to\":");
        position(to);
    }

    private void reason(String type, String reason) {
        open(type, null, null);
        out.raw("\"reason\":").string(reason);
    }

    private void stats(Stats stats) {
        open("stats", stats.channel(), null);
        out.raw("\"watchSessionId\":").string(stats.watchSessionId());
        out.raw(",\"sent\":").number(stats.sent());
        out.raw(",\"filtered\":").number(stats.filtered());
        out.raw(",\"sampled\":").number(stats.sampled());
        out.raw(",\"skipped\":").number(stats.skipped());
    }

    private void failed(Failed failed) {
        open("error", failed.channel(), failed.requestId());
        error(failed.code().name(), failed.message());
        if (failed.code() == ErrorCode.UNSUPPORTED_VERSION) {
            out.raw(",\"supported\":[1]");
        }
        if (failed.requestId() != null) {
            out.raw(",\"requestId\":").string(failed.requestId());
        }
    }

    private void error(String code, String message) {
        out.raw("\"code\":\"").raw(code).raw("\",\"message\":").string(message);
    }

    private void named(Publication publication) {
        out.raw("\"name\":").string(publication.name());
        if (publication.key() != null) {
            out.raw(",\"key\":").string(publication.key());
        }
        out.raw(",\"data\":").raw(publication.data());
    }

    private void item(Publication publication) {
        if (publication.ownType() == null) {
            named(publication);
        } else {
            out.raw("\"type\":").string(publication.name()).raw(",\"payload\":").raw(publication.data());
            meta(publication.ownType());
        }
    }

    /** The payload is the data itself. */
    private void own(Publication publication, OwnType ownType) {
        head(publication.name(), publication.channel().name(), null);
        out.raw(publication.data());
        meta(ownType);
    }

    private void meta(OwnType ownType) {
        if (ownType.meta() != null) {
            out.raw(",\"meta\":").raw(ownType.meta());
        }
    }

    private void position(Position position) {
        out.raw("{\"epoch\":")
                .string(position.epoch())
                .raw(",\"offset\":")
                .number(position.offset())
                .raw("}");
    }
}
