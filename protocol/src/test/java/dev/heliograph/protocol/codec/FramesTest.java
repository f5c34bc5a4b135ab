package dev.heliograph.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.heliograph.protocol.message.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Judged by Netty's decoder in the client's role, which refuses masked frames and lengths not in their shortest form. */
class FramesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 8100",
        "125, 817d",
        "126, 817e007e",
        "65535, 817effff",
        "65536, 817f0000000000010000",
        "300000, 817f00000000000493e0"
    })
    void text_ofAnyLength_hasTheShortestHeaderAndItsPayload(int length, String header) {
        byte[] payload = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
        byte[] frame = Frames.text(payload);
        assertEquals(header, HexFormat.of().formatHex(frame, 0, frame.length - length));
        TextWebSocketFrame read = read(TextWebSocketFrame.class, frame);
        assertEquals("x".repeat(length), read.text());
        assertEquals(true, read.isFinalFragment());
        read.release();
    }

    @Test
    void ping_carriesItsPayloadUpTo125Bytes() {
        PingWebSocketFrame read = read(PingWebSocketFrame.class, Frames.ping(new byte[125]));
        assertEquals(125, read.content().readableBytes());
        read.release();
        assertThrows(IllegalArgumentException.class, () -> Frames.ping(new byte[126]));
    }

    @Test
    void pong_copiesTheReadablePartAndLeavesItUnread() {
        ByteBuf ping = Unpooled.copiedBuffer("..echo..", StandardCharsets.UTF_8).setIndex(2, 6);
        PongWebSocketFrame read = read(PongWebSocketFrame.class, Frames.pong(ping));
        assertEquals("echo", read.content().toString(StandardCharsets.UTF_8));
        assertEquals(4, ping.readableBytes());
        read.release();
        assertThrows(
                IllegalArgumentException.class,
                () -> Frames.pong(Unpooled.buffer().writeZero(126)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, '', 0",
        "123, '', 123",
        "124, '', 123",
        "122, ü, 122",
        "121, ü, 123",
        "120, 🚀, 120",
        "121, 🚀, 121",
        "122, 🚀, 122",
        "119, 🚀, 123",
        "123, 🚀, 123",
        "119, 🚀🚀, 123"
    })
    void close_withALongReason_cutsItBetweenCharacters(int letters, String tail, int expectedBytes) {
        String reason = "r".repeat(letters) + tail;
        CloseWebSocketFrame read = read(CloseWebSocketFrame.class, Frames.close(CloseCode.SLOW_CONSUMER, reason));
        assertEquals(4408, read.statusCode());
        byte[] whole = reason.getBytes(StandardCharsets.UTF_8);
        assertEquals(new String(whole, 0, expectedBytes, StandardCharsets.UTF_8), read.reasonText());
        read.release();
    }

    @Test
    void closeReply_echoesTheCodeOrItsAbsence() {
        assertArrayEquals(HexFormat.of().parseHex("88020bb9"), Frames.closeReply(3001));
        assertArrayEquals(HexFormat.of().parseHex("8800"), Frames.closeReply(Frames.NO_STATUS));
    }

    private static <F extends WebSocketFrame> F read(Class<F> type, byte[] frame) {
        EmbeddedChannel client = new EmbeddedChannel(new WebSocket13FrameDecoder(false, false, 1 << 20));
        client.writeInbound(Unpooled.wrappedBuffer(frame));
        F read = type.cast(client.readInbound());
        assertEquals(false, client.finish(), "one frame and no more");
        return read;
    }
}
