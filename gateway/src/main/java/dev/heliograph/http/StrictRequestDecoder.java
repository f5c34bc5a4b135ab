package dev.heliograph.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Netty's request decoder behind two gates: a head is shown to it only when {@link HeadScan} has passed the whole of it, and a request only when the one
 * before is answered; until then its bytes stay here. Adds a {@link Refused} to what it emits, once, and drops everything after it. Event loop.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    private static final int CHUNK_BYTES_MAX = 65_536;

    private final BooleanSupplier open;
    private HeadScan scan = new HeadScan();
    private boolean inRequest;
    private boolean sawEmptyLine;
    private boolean refused;
    private @Nullable ChannelHandlerContext context;

    /** @param open whether bytes may be read now: false while a request is being answered */
    StrictRequestDecoder(BooleanSupplier open) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(HeadScan.LINE_BYTES_MAX + 2)
                .setMaxHeaderSize(HeadScan.FIELDS_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX)
                .setStrictLineParsing(true)
                .setAllowDuplicateContentLengths(false));
        this.open = open;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
        } else if (open.getAsBoolean()) {
            decodeOpen(ctx, in, out);
        }
    }

    private void decodeOpen(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        try {
            if (!inRequest && !headIsWhole(in)) {
                return;
            }
        } catch (Refused refusal) {
            refused = true;
            in.skipBytes(in.readableBytes());
            out.add(refusal);
            return;
        }
        inRequest = true;
        super.decode(ctx, in, out);
        if (!out.isEmpty() && out.getLast() instanceof LastHttpContent) {
            inRequest = false;
            sawEmptyLine = false;
            scan = new HeadScan();
        }
    }

    private boolean headIsWhole(ByteBuf in) throws Refused {
        // RFC 9112 §2.2: one empty line before a request is ignored
        if (!sawEmptyLine && in.getByte(in.readerIndex()) == '\r') {
            if (in.readableBytes() < 2) {
                return false;
            }
            sawEmptyLine = true;
            if (in.getByte(in.readerIndex() + 1) == '\n') {
                in.skipBytes(2);
            }
        }
        return in.isReadable() && scan.isWhole(in);
    }

    /** A peer that ended its sending may still be waiting for answers to what is buffered here. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.fireUserEventTriggered(event);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    /** Goes on with the bytes that waited. */
    void onResume() throws Exception {
        if (context != null && !context.isRemoved()) {
            channelRead(context, Unpooled.EMPTY_BUFFER);
        }
    }

    /** Drops what is here and what comes. */
    void onStop() {
        refused = true;
    }

    /** Whether bytes are here that belong to no request yet read. */
    boolean holdsBytes() {
        return actualReadableBytes() > 0;
    }
}
