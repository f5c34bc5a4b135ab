package dev.heliograph.broker;

import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where publications get their order. Any thread. */
public interface Broker {
    /**
     * Gives the draft the next position of its channel, keeps it as the channel's rules say, and hands it to the event loops. Where it is kept on disk, all of this
     * happens after it is there.
     *
     * @param receipt is told what became of it
     * @throws ProtocolException if there is no room for the channel; the receipt is not told then
     */
    void publish(Draft draft, Receipt receipt);

    /** For whoever tells nobody that a draft was refused later on; the broker counts it. */
    default void publish(Draft draft, Consumer<Publication> done) {
        publish(draft, new Receipt() {
            @Override
            public void published(Publication publication) {
                done.accept(publication);
            }

            @Override
            public void refused(ProtocolException refusal) {
                /* counted where it was refused */
            }
        });
    }

    /**
     * Waits for what has been published on that channel up to now: whoever answers for a publication of somebody else may say so after this.
     *
     * @param done called once; on this thread by a broker that needs no network or disk
     * @param refused called instead if what was published may not be kept
     */
    default void settle(ChannelId channel, Runnable done, Consumer<ProtocolException> refused) {
        done.run();
    }

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

    /**
     * Removes what is retained about a person from every channel of the workspace.
     *
     * @return how many publications were removed, when they are gone for good; fails with a {@link ProtocolException} if they may come back. At once by a broker that
     *     needs no network or disk
     */
    CompletableFuture<Long> purge(String workspace, long subject);
}
