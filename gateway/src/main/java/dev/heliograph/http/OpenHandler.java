package dev.heliograph.http;

/** Answers requests of which some are held: for a while, until there is something to say, or as a stream for as long as the client stays. It does not answer HEAD. */
@FunctionalInterface
public non-sealed interface OpenHandler extends Handling {
    /** Called on the connection's event loop; ends, now or later, in {@link Held#answer} or {@link Held#stream}. */
    void handle(Held held);

    /**
     * What is answered to a request that the server itself refuses for now, before its handler sees it.
     *
     * @param plain as everybody else is told
     */
    default Response refusedForNow(Request request, Response plain, String message) {
        return plain;
    }
}
