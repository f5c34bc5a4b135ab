package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.pusher.PusherServerMessage.CacheMiss;
import dev.heliograph.protocol.pusher.PusherServerMessage.ConnectionEstablished;
import dev.heliograph.protocol.pusher.PusherServerMessage.Failed;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberAdded;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberRemoved;
import dev.heliograph.protocol.pusher.PusherServerMessage.Ping;
import dev.heliograph.protocol.pusher.PusherServerMessage.Pong;
import dev.heliograph.protocol.pusher.PusherServerMessage.PresenceSucceeded;
import dev.heliograph.protocol.pusher.PusherServerMessage.SigninSuccess;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionCount;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionError;
import dev.heliograph.protocol.pusher.PusherServerMessage.SubscriptionSucceeded;
import dev.heliograph.protocol.pusher.PusherServerMessage.WatchlistEvent;
import dev.heliograph.protocol.pusher.PusherServerMessage.WatchlistEvents;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each message of the gateway looks like. The order of fields is fixed, so that equal messages are equal bytes. */
final class ServerMessageWriter {
    private static final int LENGTH_EXPECTED = 192;
    private static final int MEMBER_LENGTH_EXPECTED = 128;

    private final JsonBytes out;

    private ServerMessageWriter(int expectedLength) {
        this.out = new JsonBytes(expectedLength);
    }

    static byte[] write(PusherServerMessage message) {
        var writer = new ServerMessageWriter(LENGTH_EXPECTED);
        switch (message) {
            case ConnectionEstablished established -> writer.established(established);
            case Ping _ -> writer.empty("pusher:ping", null);
            case Pong _ -> writer.empty("pusher:pong", null);
            case Failed failed -> writer.failed(failed);
            case SubscriptionSucceeded done -> writer.empty("pusher_internal:subscription_succeeded", done.channel());
            case PresenceSucceeded done -> writer.presence(done);
            case SubscriptionError refused -> writer.refused(refused);
            case MemberAdded added -> writer.added(added);
            case MemberRemoved removed -> writer.removed(removed);
            case SubscriptionCount count -> writer.count(count);
            case CacheMiss miss -> writer.empty("pusher:cache_miss", miss.channel());
            case SigninSuccess success -> writer.signedIn(success);
            case WatchlistEvents events -> writer.watchlist(events.events());
        }
        return writer.out.raw("}").toBytes();
    }

    /** Leaves the data to be written. */
    private void open(String event, @Nullable String channel) {
        out.raw("{\"event\":\"").raw(event).raw("\"");
        if (channel != null) {
            out.raw(",\"channel\":").string(channel);
        }
        out.raw(",\"data\":");
    }

    private void empty(String event, @Nullable PusherChannel channel) {
        open(event, channel == null ? null : channel.name());
        out.raw("\"{}\"");
    }

    private void established(ConnectionEstablished established) {
        open("pusher:connection_established", null);
        out.quoted(new JsonBytes(LENGTH_EXPECTED)
                .raw("{\"socket_id\":")
                .string(established.socketId().text())
                .raw(",\"activity_timeout\":")
                .number(established.activityTimeoutSeconds())
                .raw("}"));
    }

    private void failed(Failed failed) {
        open("pusher:error", null);
        out.raw("{\"code\":");
        if (failed.code() == null) {
            out.raw("null");
        } else {
            out.number(failed.code().code());
        }
        out.raw(",\"message\":").string(failed.message()).raw("}");
    }

    private void presence(PresenceSucceeded done) {
        List<PresenceMember> members = done.members();
        var data = new JsonBytes(LENGTH_EXPECTED + members.size() * MEMBER_LENGTH_EXPECTED);
        data.raw("{\"presence\":{\"ids\":[");
        for (int i = 0; i < members.size(); i++) {
            members.get(i).id().writeTo(data.raw(i == 0 ? "" : ","));
        }
        data.raw("],\"hash\":{");
        for (int i = 0; i < members.size(); i++) {
            PresenceMember member = members.get(i);
            data.raw(i == 0 ? "" : ",").string(member.id().text()).raw(":").raw(member.info());
        }
        data.raw("},\"count\":").number(members.size()).raw("}}");
        open("pusher_internal:subscription_succeeded", done.channel().name());
        out.quoted(data);
    }

    private void refused(SubscriptionError refused) {
        open("pusher:subscription_error", refused.channel());
        out.raw("{\"type\":").string(refused.type());
        out.raw(",\"error\":").string(refused.error());
        out.raw(",\"status\":").number(refused.status()).raw("}");
    }

    private void added(MemberAdded added) {
        open("pusher_internal:member_added", added.channel().name());
        JsonBytes data = added.member().id().writeTo(new JsonBytes(LENGTH_EXPECTED).raw("{\"user_id\":"));
        out.quoted(data.raw(",\"user_info\":").raw(added.member().info()).raw("}"));
    }

    private void removed(MemberRemoved removed) {
        open("pusher_internal:member_removed", removed.channel().name());
        JsonBytes data = removed.user().writeTo(new JsonBytes(LENGTH_EXPECTED).raw("{\"user_id\":"));
        out.quoted(data.raw("}"));
    }

    private void count(SubscriptionCount count) {
        open("pusher_internal:subscription_count", count.channel().name());
        out.raw("\"{\\\"subscription_count\\\":").number(count.count()).raw("}\"");
    }

    private void signedIn(SigninSuccess success) {
        open("pusher:signin_success", null);
        out.raw("{\"user_data\":").string(success.userData()).raw("}");
    }

    private void watchlist(List<WatchlistEvent> events) {
        open("pusher_internal:watchlist_events", null);
        out.raw("{\"events\":[");
        for (int i = 0; i < events.size(); i++) {
            WatchlistEvent event = events.get(i);
            out.raw(i == 0 ? "{\"name\":" : ",{\"name\":");
            out.raw(event.online() ? "\"online\"" : "\"offline\"").raw(",\"user_ids\":[");
            for (int j = 0; j < event.userIds().size(); j++) {
                out.raw(j == 0 ? "" : ",").string(event.userIds().get(j));
            }
            out.raw("]}");
        }
        out.raw("]}");
    }
}
