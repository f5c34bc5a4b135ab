package dev.heliograph.ingest.api;

import dev.heliograph.auth.Origins;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.auth.Verdict;
import dev.heliograph.http.Handler;
import dev.heliograph.http.Request;
import dev.heliograph.http.Response;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets pass to its door whoever has a token, and a page only if the token's workspace lists its origin. Any thread. */
final class TokenHandler implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(TokenHandler.class);

    private final TokenVerifier verifier;
    private final Origins origins;
    private final DoorAnswers answers;
    private final Door door;

    TokenHandler(TokenVerifier verifier, Origins origins, DoorAnswers answers, Door door) {
        this.verifier = verifier;
        this.origins = origins;
        this.answers = answers;
        this.door = door;
    }

    @Override
    public void handle(Request request, Consumer<Response> respond) {
        String token = request.bearer();
        if (token == null) {
            respond.accept(answers.refused(ErrorCode.UNAUTHENTICATED, "expected Authorization: Bearer with a token"));
            return;
        }
        verifier.verify(token, verdict -> onVerdict(verdict, request, respond));
    }

    private void onVerdict(Verdict verdict, Request request, Consumer<Response> respond) {
        switch (verdict) {
            case Verdict.Verified(Principal principal) -> answer(principal, request, respond);
            case Verdict.Refused(Verdict.Reason reason, String message) ->
                respond.accept(answers.refused(
                        reason == Verdict.Reason.KEYS_UNAVAILABLE ? ErrorCode.UNAVAILABLE : ErrorCode.UNAUTHENTICATED,
                        message));
        }
    }

    /** What fails here may fail on a thread that nobody looks after. */
    private void answer(Principal principal, Request request, Consumer<Response> respond) {
        try {
            if (origins.allows(principal.workspace(), request.header("origin"), request.header("host"))) {
                door.answer(principal, request, respond);
            } else {
                respond.accept(answers.refused(ErrorCode.FORBIDDEN, "origin not allowed"));
            }
        } catch (DecodeException e) {
            respond.accept(answers.refused(e.code(), String.valueOf(e.getMessage())));
        } catch (ProtocolException e) {
            respond.accept(answers.refused(e.code(), String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("{} below {} failed", request.method(), NativeRoutes.first(request.path()), e);
            respond.accept(answers.refused(ErrorCode.INTERNAL, "the gateway failed to answer; its log says why"));
        }
    }
}
