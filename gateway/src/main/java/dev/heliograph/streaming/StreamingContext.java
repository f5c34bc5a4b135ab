package dev.heliograph.streaming;

import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.session.Medium;
import dev.heliograph.session.SessionContext;
import dev.heliograph.websocket.WebSocketRules;
import io.netty.channel.EventLoop;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * What all event streams and polls of a gateway share.
 *
 * @param sessions what all sessions share
 * @param streams where streams are let in
 * @param polls where polls are
 * @param loops what belongs to an event loop
 */
record StreamingContext(
        SessionContext sessions,
        Entrance streams,
        Entrance polls,
        Medium medium,
        Retry retry,
        Dialect plain,
        Dialect dazzle,
        Function<EventLoop, StreamLoop> loops) {

    static StreamingContext of(
            SessionContext sessions,
            WebSocketRules rules,
            Formats formats,
            Function<EventLoop, StreamLoop> loops,
            IntUnaryOperator random) {
        var retry = new Retry(random);
        var plain = new EventStreamCodec(retry);
        var medium = new StreamMedium(retry);
        return new StreamingContext(
                sessions,
                new Entrance(sessions, rules, retry, medium),
                new Entrance(sessions, rules, retry, null),
                medium,
                retry,
                dialect(sessions, formats.plain(), plain, medium),
                dialect(sessions, formats.dazzle(), new DazzleStreamCodec(plain, retry), medium),
                loops);
    }

    private static Dialect dialect(SessionContext sessions, int format, Codec codec, Medium medium) {
        byte[] fault = medium.farewell(CloseCode.INTERNAL_ERROR, "internal error");
        var images = new WireFormat(format, codec, UnaryOperator.identity()).failingBy(fault);
        return new Dialect(images, sessions.speaking(codec));
    }
}
