package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What a client's Close says (RFC 6455 section 5.5.1); {@link Frames#NO_STATUS} and no reason if it says nothing. */
record ClosePayload(int code, String reason) {

    static ClosePayload read(ByteBuf payload) throws FrameException {
        if (!payload.isReadable()) {
            return new ClosePayload(Frames.NO_STATUS, "");
        }
        int code = payload.readUnsignedShort();
        if (!isSendable(code)) {
            throw FrameException.protocolError("close code " + code + " must not be sent");
        }
        if (!Utf8Check.isWhole(payload)) {
            throw FrameException.notUtf8();
        }
        return new ClosePayload(code, payload.toString(StandardCharsets.UTF_8));
    }

    /** RFC 6455 section 7.4 and the IANA registry: 1004 is undefined, 1005, 1006 and 1015 never travel, 1016 to 2999 are unassigned. */
    private static boolean isSendable(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }
}
