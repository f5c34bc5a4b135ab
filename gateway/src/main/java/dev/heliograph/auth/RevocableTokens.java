package dev.heliograph.auth;

import java.util.function.Consumer;

/** Checks tokens as another verifier does and then whether they are revoked, so that nothing the other remembers hides that. Any thread. */
public final class RevocableTokens implements TokenVerifier {
    private static final Verdict REVOKED = new Verdict.Refused(Verdict.Reason.REVOKED, "the token has been revoked");

    private final TokenVerifier verifier;
    private final Revocations revocations;

    public RevocableTokens(TokenVerifier verifier, Revocations revocations) {
        this.verifier = verifier;
        this.revocations = revocations;
    }

    @Override
    public void verify(String token, Consumer<Verdict> done) {
        verifier.verify(token, verdict -> {
            boolean revoked = verdict instanceof Verdict.Verified(Principal principal) && revocations.hits(principal);
            done.accept(revoked ? REVOKED : verdict);
        });
    }

    @Override
    public long revocations() {
        return revocations.additions();
    }

    @Override
    public boolean isRevoked(Principal principal) {
        return revocations.hits(principal);
    }
}
