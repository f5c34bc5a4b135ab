package dev.heliograph.ingest.api;

import dev.heliograph.auth.Principal;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.codec.DecodeException;
import java.util.function.Consumer;

/** Answers one kind of request of somebody whose token is good. Any thread. */
@FunctionalInterface
interface Door {
    /**
     * @param respond called once, with what became of it; not at all if this throws
     * @throws DecodeException if the body cannot be understood
     * @throws dev.heliograph.protocol.message.ProtocolException if what it asks for cannot be done
     */
    void answer(Principal principal, Request request, Consumer<Response> respond) throws DecodeException;
}
