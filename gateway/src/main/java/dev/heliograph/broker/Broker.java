package dev.heliograph.broker;

import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.Map;
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

    /**
     * Asks for what a channel's kind keeps for those who come: of a cache channel the last publication that no client made.
     *
     * @param done called once, with null if there is nothing; on this thread by a broker that needs no network or disk
     */
    void kept(ChannelId channel, Consumer<@Nullable Publication> done);

    /**
     * That event loop has one more subscriber of the channel.
     *
     * @param first it had none: what is published from now on is handed to it
     */
    void joined(ChannelId channel, int loop, boolean first);

    /**
     * That event loop has one subscriber of the channel less.
     *
     * @param last it has none any more
     */
    void left(ChannelId channel, int loop, boolean last);

    /** How many subscribers the channel has, all together. */
    int subscribers(ChannelId channel);

    /** Whether a workspace has more than half of the channels that it may have. */
    boolean isCrowded(String workspace);

    /** The channels of a workspace that have a subscriber, by name, with how many; those of the gateway's own are not among them. */
    Map<String, Integer> occupied(String workspace);

    /** Whether anybody would notice a publication on that channel: a subscriber here or elsewhere, or a reader of its log. */
    boolean wanted(ChannelId channel);

    /** Removes what is retained about a person from every channel of the workspace; says how many publications were removed. */
    long purge(String workspace, long subject);
}
