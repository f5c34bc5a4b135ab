package dev.heliograph.broker;

import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where publications get their order. Any thread. */
public interface Broker {
    /**
     * Gives the draft the next position of its channel, keeps it as the channel's rules say, and hands it to the event loops.
     *
     * @param done called once with the publication; on this thread by a broker that needs no network or disk
     */
    void publish(Draft draft, Consumer<Publication> done);

    /**
     * Reads the channel's log.
     *
     * @param after what the reader has seen; null for the newest {@code limit}
     * @param limit most publications returned; 0 asks for the position only
     * @param done called once; on this thread by a broker that needs no network or disk
     */
    void history(ChannelId channel, @Nullable Position after, int limit, Consumer<HistoryPage> done);

    /** That event loop has its first subscriber of the channel: what is published from now on is handed to it. */
    void occupied(ChannelId channel, int loop);

    /** That event loop has no subscriber of the channel any more. */
    void vacated(ChannelId channel, int loop);

    /** Whether anybody would notice a publication on that channel: a subscriber here or elsewhere, or a reader of its log. */
    boolean wanted(ChannelId channel);

    /** Removes what is retained about a person from every channel of the workspace; says how many publications were removed. */
    long purge(String workspace, long subject);
}
