package dev.heliograph.app;

import dev.heliograph.config.PusherConfig;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.protocol.pusher.AppKeys;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherCodec;
import dev.heliograph.protocol.pusher.PusherLimits;
import java.util.concurrent.atomic.AtomicInteger;

/** A workspace as an app of Pusher's protocol. Immutable, but for the count of its connections. Any thread. */
public final class App {
    private final String workspace;
    private final PusherConfig config;
    private final AppKeys keys;
    private final PusherLimits limits;
    private final PusherCodec codec;
    private final AtomicInteger connections = new AtomicInteger();

    App(String workspace, PusherConfig config) {
        this.workspace = workspace;
        this.config = config;
        this.keys = new AppKeys(config.keys().stream()
                .map(key -> new AppKey(key.key(), key.secret().reveal()))
                .toList());
        this.limits = new PusherLimits(
                PusherLimits.HOSTED.channelLengthMax(), config.dataBytesMax(), PusherLimits.HOSTED.userInfoBytesMax());
        this.codec = new PusherCodec(limits);
    }

    /** The workspace whose channels are this app's. */
    public String workspace() {
        return workspace;
    }

    public PusherConfig config() {
        return config;
    }

    public AppKeys keys() {
        return keys;
    }

    public PusherLimits limits() {
        return limits;
    }

    PusherCodec codec() {
        return codec;
    }

    /** A channel of this app, which native clients know by the same name. */
    public ChannelId channel(PusherChannel channel) {
        return new ChannelId(workspace, channel.name());
    }

    /** Counts one more connection; false if there are as many as may be. */
    public boolean enter() {
        int max = config.connectionsMax();
        if (connections.incrementAndGet() <= max || max == 0) {
            return true;
        }
        connections.decrementAndGet();
        return false;
    }

    /** One connection that was counted is gone. */
    void leave() {
        connections.decrementAndGet();
    }

    /** Connections that are open now. */
    public int connections() {
        return connections.get();
    }
}
