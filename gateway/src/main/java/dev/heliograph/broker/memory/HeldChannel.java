package dev.heliograph.broker.memory;

import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.function.Consumer;

/** A channel of the memory broker in the hands of who keeps a durable twin of it. Any thread. */
public interface HeldChannel {
    /** One hold less, after which the channel may be given up. */
    void release();

    /** Gives the draft the next offset, and hands it to the event loops. Only while the channel is held. */
    Publication append(Draft draft, long nowMs);

    /** The position of the newest publication, kept or not. */
    Position top();

    /** Offset of the oldest kept publication; one behind the newest if none is kept. */
    long first();

    /** Offset of the publication that is kept beside the others, for those who come; 0 if there is none. */
    long beside();

    /**
     * Takes up what an earlier run kept: in the order of the offsets, before anything is appended. An offset that is missing in between makes all before it count as
     * forgotten.
     */
    void restore(Publication publication, long nowMs);

    /**
     * Takes up the place of what a deletion request has removed, and which counts as seen.
     *
     * @param ofServer whether no client had made it
     */
    void restoreRemoved(long offset, boolean ofServer, long nowMs);

    /**
     * Removes what is kept about a person.
     *
     * @param gone is told what was removed of the log
     * @return how many publications were removed
     */
    int purge(long subject, Consumer<Publication> gone);
}
