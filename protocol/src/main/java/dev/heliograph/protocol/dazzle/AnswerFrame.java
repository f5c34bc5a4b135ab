package dev.heliograph.protocol.dazzle;

import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.ServerMessage.Connected;
import dev.heliograph.protocol.message.ServerMessage.Failed;
import org.jspecify.annotations.Nullable;

/** The envelope of every frame, {@code type, timestamp, channel, payload, requestId}, and the frames that answer one client. */
final class AnswerFrame {
    private AnswerFrame() {}

    /** Leaves the object open. */
    static JsonBytes open(int expectedLength, String type, long timestampMs, @Nullable String channel) {
        var out = new JsonBytes(expectedLength);
        out.raw("{\"type\":").string(type).raw(",\"timestamp\":").number(timestampMs);
        if (channel != null) {
            out.raw(",\"channel\":").string(channel);
        }
        return out;
    }

    static byte[] connected(Connected connected, long nowMs) {
        JsonBytes out = open(192, "connected", nowMs, null);
        out.raw(",\"payload\":{\"connectionId\":").string(connected.connectionId());
        out.raw(",\"userId\":").stringOrNull(connected.userId());
        if (connected.resumeKey() != null) {
            out.raw(",\"resumeKey\":").string(connected.resumeKey());
        }
        return out.raw("}}").toBytes();
    }

    static byte[] done(String type, @Nullable String channel, @Nullable String requestId, long nowMs) {
        JsonBytes out = open(160, type, nowMs, channel);
        if (requestId != null) {
            out.raw(",\"requestId\":").string(requestId);
        }
        return out.raw('}').toBytes();
    }

    /** Which request it was stands in the payload, so that the client shows it to whoever listens for errors. */
    static byte[] failed(Failed failed, long nowMs) {
        JsonBytes out = open(192 + failed.message().length(), "error", nowMs, failed.channel());
        out.raw(",\"payload\":{\"code\":\"").raw(failed.code().name());
        out.raw("\",\"message\":").string(failed.message());
        if (failed.code() == ErrorCode.UNSUPPORTED_VERSION) {
            out.raw(",\"supported\":[1]");
        }
        if (failed.requestId() != null) {
            out.raw(",\"requestId\":").string(failed.requestId());
        }
        return out.raw("}}").toBytes();
    }
}
