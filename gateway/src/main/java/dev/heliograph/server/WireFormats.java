package dev.heliograph.server;

import dev.heliograph.config.CompressionConfig;
import dev.heliograph.config.Config;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.protocol.codec.FrameLimits;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.MessageDeflater;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.dazzle.DazzleCodec;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherCodec;
import dev.heliograph.protocol.pusher.PusherLimits;
import dev.heliograph.streaming.Formats;
import dev.heliograph.websocket.Dialects;

/** What this gateway speaks, each in plain and, where that is on, compressed. Of all loops, and closed after them. */
final class WireFormats implements AutoCloseable {
    static final NativeCodec NATIVE = new NativeCodec();
    static final DazzleCodec DAZZLE = new DazzleCodec();
    /** What tells wire formats apart, for the images that hang on publications; the one after each is the same compressed. */
    private static final int NATIVE_FORMAT = 0;

    private static final int PUSHER_FORMAT = 2;
    static final Formats OF_STREAMS = new Formats(4, 5);
    private static final int DAZZLE_FORMAT = 6;

    private final CompressionConfig compression;
    private final FrameLimits frames;
    private final Dialects ofNative;
    private final Dialects ofDazzle;
    private final Dialects ofPusher;

    WireFormats(Config config) {
        LimitsConfig limits = config.limits();
        compression = config.compression();
        frames = new FrameLimits(
                limits.frameBytesMax(), limits.messageBytesMax(), limits.fragmentsMax(), limits.messageTimeoutMs());
        ofNative = dialects(new WireFormat(NATIVE_FORMAT, NATIVE, Frames::text), NATIVE_FORMAT + 1);
        ofDazzle = dialects(new WireFormat(DAZZLE_FORMAT, DAZZLE, Frames::text), DAZZLE_FORMAT + 1);
        byte[] farewell = Frames.close(PusherCode.OVER_CAPACITY.code(), PusherCode.OVER_CAPACITY.reason());
        ofPusher = dialects(
                new WireFormat(PUSHER_FORMAT, new PusherCodec(PusherLimits.HOSTED), Frames::text, farewell),
                PUSHER_FORMAT + 1);
    }

    private Dialects dialects(WireFormat plain, int deflatedIndex) {
        return compression.enabled()
                ? Dialects.compressing(
                        plain,
                        deflatedIndex,
                        frames,
                        new MessageDeflater(MessageDeflater.FASTEST, compression.thresholdBytes()))
                : Dialects.plain(plain, frames);
    }

    Dialects ofNative() {
        return ofNative;
    }

    Dialects ofDazzle() {
        return ofDazzle;
    }

    Dialects ofPusher() {
        return ofPusher;
    }

    @Override
    public void close() {
        ofNative.close();
        ofDazzle.close();
        ofPusher.close();
    }
}
