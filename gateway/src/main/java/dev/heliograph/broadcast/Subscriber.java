package dev.heliograph.broadcast;

import dev.heliograph.egress.Outbox;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One subscription of one connection. Confined to the connection's event loop; made by {@link LoopHub#subscribe}. */
public final class Subscriber implements OfChannel {
    final Outbox outbox;
    final ChannelId channel;
    final Selection selection;
    /** Where in its group's array it stands; -1 while it is catching up and after it has left. */
    int slot = -1;
    /** Up to where it has been sent everything, apart from what its group was sent since it joined. */
    Position seen = new Position("", 0);
    /** The offset of {@link #seen}: older publications that are still on their way are skipped. */
    long after;
    /** It has been sent something of its group's since it joined, so it needs no look at {@link #after} any more. */
    boolean settled;

    private boolean left;
    private final @Nullable Watch watch;

    Subscriber(Outbox outbox, ChannelId channel, SubscribeOptions options, @Nullable Filter permitted) {
        this.outbox = outbox;
        this.channel = channel;
        this.selection = Selection.of(options, permitted);
        this.watch = options.watchSessionId() == null ? null : new Watch(options.watchSessionId());
    }

    /** It is in a group from now on, which counts for it. */
    void onJoined(Tally group) {
        if (watch != null) {
            watch.onJoined(group);
        }
    }

    /** Whether it is to be sent one that it has missed; counts it. */
    boolean takesMissed(Publication publication) {
        Selection.Verdict verdict = selection.look(publication);
        if (watch != null) {
            watch.onMissed(verdict);
        }
        return verdict == Selection.Verdict.TAKEN;
    }

    /** Whether its client has named a watch session, and is told what it is not sent. */
    public boolean isWatch() {
        return watch != null;
    }

    /** What its watch session was sent and what not, if that is not what was asked for last time; null: there is no news, or no watch session. */
    public ServerMessage.@Nullable Stats news() {
        return watch == null ? null : watch.news(channel.name());
    }

    @Override
    public ChannelId channel() {
        return channel;
    }

    /** The place before the first publication of a page. */
    Position before(HistoryPage page) {
        Position first = page.publications().getFirst().position();
        return new Position(first.epoch(), first.offset() - 1);
    }

    /** Whether it is sent what is published; else it is still being sent what it missed. */
    public boolean isLive() {
        return slot >= 0;
    }

    /** Where its filters and its sampling look; empty if it has none. */
    public Set<String> filterPaths() {
        return selection.paths();
    }

    /** The part of the traces that it is sent, above 0 up to 1. */
    public double sampleRate() {
        return selection.sampleRate();
    }

    /** How many it is sent a second at most; null: all. */
    public @Nullable Double maxPerSecond() {
        return selection.isPaced() ? selection.maxPerSecond() : null;
    }

    /** Where the filter of its token's grant looks; empty if there is none. */
    public Set<String> permittedPaths() {
        return selection.permitted() == null ? Set.of() : selection.permitted().paths();
    }

    /** Why it is not to be sent a publication, {@code not_permitted}, {@code filtered} or {@code sampled}; null: it is, or one that stands for it. */
    public @Nullable String refusal(Publication publication) {
        return switch (selection.look(publication)) {
            case WITHHELD -> "not_permitted";
            case FILTERED -> "filtered";
            case SAMPLED -> "sampled";
            case TAKEN -> null;
        };
    }

    boolean hasLeft() {
        return left;
    }

    void leave() {
        left = true;
    }
}
