package dev.heliograph.streaming;

import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.http.Held;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.StreamRefusal;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.session.Medium;
import dev.heliograph.session.RequestOrigin;
import dev.heliograph.session.SessionContext;
import dev.heliograph.session.SubscribeRules;
import dev.heliograph.websocket.Credentials;
import dev.heliograph.websocket.WebSocketRules;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in to which channels: everything that can be refused is refused here, by a status and before the first byte of a stream. Any thread.
 *
 * <p>A browser's {@code EventSource} gives up for good upon any status but 200. That is right for what will not get better by itself. Who is to come back is answered
 * with a stream that ends at once and says when (docs/decisions/0017).
 */
final class Entrance {
    private static final String EVENT_STREAM = "text/event-stream";

    private final SessionContext context;
    private final WebSocketRules rules;
    private final Retry retry;
    private final @Nullable Medium streamed;

    /** @param streamed how a stream is ended; null: there are none here */
    Entrance(SessionContext context, WebSocketRules rules, Retry retry, @Nullable Medium streamed) {
        this.context = context;
        this.rules = rules;
        this.retry = retry;
        this.streamed = streamed;
    }

    /** Somebody who has been let in. */
    record Guest(Principal principal, RequestOrigin origin) {}

    /** What a request asks for, put into effect; a {@link ProtocolException} is answered. */
    interface Asking {
        void begin();
    }

    /** Runs it; what it finds wrong is answered. */
    void attempt(Held held, Asking asking) {
        try {
            asking.begin();
        } catch (ProtocolException e) {
            refuse(held, e);
        }
    }

    /**
     * @param then called with whoever may subscribe to all of the channels; on the event loop, or where a key had to be fetched first, on another thread. What it
     *     finds wrong is answered
     */
    void admit(Held held, Query query, Consumer<Guest> then) {
        Request request = held.request();
        if (rules.isTight().getAsBoolean()) {
            refuse(
                    held,
                    StreamRefusal.OVERLOAD,
                    503,
                    ErrorCode.UNAVAILABLE,
                    "the gateway has too much waiting for slow clients; try again soon");
            return;
        }
        var origin = new RequestOrigin(request.header("origin"), request.header("host"));
        Credentials credentials = Credentials.of(request);
        if (credentials.token() != null) {
            context.verifier()
                    .verify(
                            credentials.token(),
                            verdict -> attempt(held, () -> onVerdict(held, query, origin, verdict, then)));
            return;
        }
        Principal anonymous =
                credentials.workspace() == null ? null : rules.anonymous().apply(credentials.workspace());
        if (anonymous == null) {
            refuse(
                    held,
                    StreamRefusal.UNAUTHENTICATED,
                    401,
                    ErrorCode.UNAUTHENTICATED,
                    "a token is needed, as Authorization: Bearer or ?token=; or ?workspace= where that has channels for"
                            + " everyone");
        } else {
            enter(held, query, new Guest(anonymous, origin), then);
        }
    }

    private void onVerdict(Held held, Query query, RequestOrigin origin, Verdict verdict, Consumer<Guest> then) {
        switch (verdict) {
            case Verdict.Verified(Principal principal) -> enter(held, query, new Guest(principal, origin), then);
            case Verdict.Refused refused
            when refused.reason() == Verdict.Reason.KEYS_UNAVAILABLE ->
                refuse(held, StreamRefusal.KEYS_UNAVAILABLE, 503, ErrorCode.UNAVAILABLE, refused.message());
            case Verdict.Refused refused
            when refused.reason() == Verdict.Reason.REVOKED ->
                refuse(held, StreamRefusal.FORBIDDEN, 403, ErrorCode.FORBIDDEN, refused.message());
            case Verdict.Refused refused ->
                refuse(held, StreamRefusal.UNAUTHENTICATED, 401, ErrorCode.UNAUTHENTICATED, refused.message());
        }
    }

    private void enter(Held held, Query query, Guest guest, Consumer<Guest> then) {
        Principal principal = guest.principal();
        if (!context.origins().test(principal.workspace(), guest.origin())) {
            refuse(
                    held,
                    StreamRefusal.ORIGIN,
                    403,
                    ErrorCode.FORBIDDEN,
                    "pages of this origin may not use this workspace");
            return;
        }
        for (String channel : query.channels()) {
            SubscribeRules.permitted(context, principal, channel, query.options());
        }
        then.accept(guest);
    }

    private void refuse(Held held, ProtocolException fault) {
        String message = String.valueOf(fault.getMessage());
        switch (fault.code()) {
            case FORBIDDEN -> refuse(held, StreamRefusal.FORBIDDEN, 403, fault.code(), message);
            case UNAVAILABLE -> refuse(held, StreamRefusal.UNAVAILABLE, 503, fault.code(), message);
            default -> refuse(held, StreamRefusal.MALFORMED, 400, fault.code(), message);
        }
    }

    void refuse(Held held, StreamRefusal reason, int status, ErrorCode code, String message) {
        context.metrics().increment(Count.STREAMING_REFUSED, reason);
        Response plain = plain(status, code, message);
        held.answer(isPassing(status) ? passing(held.request(), plain, message) : plain);
    }

    void tooMany(Held held) {
        refuse(
                held,
                StreamRefusal.CONNECTIONS_PER_ADDRESS,
                429,
                ErrorCode.RATE_LIMITED,
                "too many connections are open from this address");
    }

    /** A refusal for now: to a browser's stream one that ends, to everyone else the plain one. */
    Response passing(Request request, Response plain, String message) {
        String accept = request.header("accept");
        boolean asBrowser = accept != null && accept.contains(EVENT_STREAM);
        return asBrowser && streamed != null
                ? new Response(200, StreamMedium.HEADERS, streamed.farewell(CloseCode.TRY_AGAIN_LATER, message))
                : plain;
    }

    private static boolean isPassing(int status) {
        return status == 429 || status == 503;
    }

    private Response plain(int status, ErrorCode code, String message) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("Content-Type", "application/json");
        headers.put("Cache-Control", "no-store");
        if (status == 401) {
            headers.put("WWW-Authenticate", "Bearer");
        } else if (isPassing(status)) {
            headers.put("Retry-After", retry.restartSeconds());
        }
        byte[] body = new JsonBytes(message.length() + 64)
                .raw("{\"code\":")
                .string(code.name())
                .raw(",\"message\":")
                .string(message)
                .raw("}\n")
                .toBytes();
        return new Response(status, headers, body);
    }
}
