package dev.heliograph.streaming;

import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.session.Medium;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event stream: its client says nothing, and a last event ends it that says what a Close frame would. */
final class StreamMedium implements Medium {
    /** Of the answer that is a stream. */
    static final Map<String, String> HEADERS = headers();

    private final Retry retry;

    StreamMedium(Retry retry) {
        this.retry = retry;
    }

    private static Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "text/event-stream");
        headers.put("Cache-Control", "no-store, no-transform");
        headers.put("X-Accel-Buffering", "no");
        return headers;
    }

    @Override
    public byte @Nullable [] ping() {
        return null;
    }

    /** A browser comes back as soon as its stream ends, and not before: it is told when by {@link #farewell}. */
    @Override
    public boolean heedsDrain() {
        return false;
    }

    @Override
    public byte[] farewell(CloseCode code, String reason) {
        var block = new EventWriter(reason.length() + 64);
        if (code == CloseCode.SERVICE_RESTART || code == CloseCode.TRY_AGAIN_LATER) {
            block.retry(retry.restartMs());
        }
        byte[] data = new JsonBytes(reason.length() + 64)
                .raw("{\"code\":")
                .number(code.code())
                .raw(",\"reason\":")
                .string(reason)
                .raw('}')
                .toBytes();
        return block.event("close").data(data).end();
    }
}
