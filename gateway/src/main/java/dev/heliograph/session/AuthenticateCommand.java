package dev.heliograph.session;

import dev.heliograph.auth.Grants;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.Verdict;
import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ServerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code authenticate}: proves who the client is, or renews its token in place. */
final class AuthenticateCommand {
    private final Session session;

    AuthenticateCommand(Session session) {
        this.session = session;
    }

    void run(ClientMessage.Authenticate command) {
        if (!session.beginsVerifying()) {
            session.refuse(
                    command.requestId(),
                    null,
                    ErrorCode.CONFLICT,
                    "another authenticate is being checked; wait for it");
            return;
        }
        session.context()
                .verifier()
                .verify(
                        command.token(),
                        verdict -> session.hub().onLoop(() -> {
                            session.endsVerifying();
                            if (!session.isClosed()) {
                                onVerdict(command.requestId(), verdict);
                            }
                        }));
    }

    private void onVerdict(@Nullable String requestId, Verdict verdict) {
        switch (verdict) {
            case Verdict.Verified(Principal principal) -> onVerified(requestId, principal);
            case Verdict.Refused refused when session.principal() == null -> turnAway(requestId, refused);
            case Verdict.Refused refused
            when isPassing(refused) ->
                session.send(new ServerMessage.Failed(requestId, null, ErrorCode.UNAVAILABLE, refused.message()));
            case Verdict.Refused refused ->
                session.refuse(requestId, null, ErrorCode.UNAUTHENTICATED, refused.message());
        }
    }

    /** A token that came with the upgrade is answered by {@code connected}, which names its user. */
    void onUpgradeVerdict(Verdict verdict) {
        switch (verdict) {
            case Verdict.Verified(Principal principal) -> session.admit(null, principal);
            case Verdict.Refused refused -> turnAway(null, refused);
        }
    }

    private void turnAway(@Nullable String requestId, Verdict.Refused refused) {
        if (isPassing(refused)) {
            session.putOff(requestId, refused.message());
        } else if (refused.reason() == Verdict.Reason.REVOKED) {
            session.revoke(requestId);
        } else {
            session.refuseConnection(requestId, refused.message(), DisconnectCause.TOKEN_REFUSED);
        }
    }

    /** The token may well be good: another one would fare no better. */
    private static boolean isPassing(Verdict.Refused refused) {
        return refused.reason() == Verdict.Reason.KEYS_UNAVAILABLE;
    }

    private void onVerified(@Nullable String requestId, Principal principal) {
        Principal before = session.principal();
        if (before != null && !isSamePerson(before, principal)) {
            session.refuse(
                    requestId, null, ErrorCode.FORBIDDEN, "a renewed token has the workspace and subject of the first");
        } else if (session.admit(requestId, principal)) {
            session.send(new ServerMessage.Authenticated(
                    requestId, principal.userId(), principal.expiresAtMs(), endLost(before, principal)));
        }
    }

    private static boolean isSamePerson(Principal before, Principal after) {
        return before.workspace().equals(after.workspace())
                && (before.userId() == null || Objects.equals(before.userId(), after.userId()));
    }

    /** Ends the subscriptions and presences that the new token does not grant, or with another filter, and names them. */
    private List<String> endLost(@Nullable Principal before, Principal principal) {
        var lost = new ArrayList<String>();
        session.subscriptions.forEach(subscriber -> {
            String channel = subscriber.channel().name();
            Grants.Rows rows = principal.grants().rows(channel);
            if (rows == null || (before != null && !rows.equals(before.grants().rows(channel)))) {
                lost.add(channel);
                session.unsubscribe(subscriber);
            }
        });
        session.endLostStays(principal, lost);
        return lost;
    }
}
