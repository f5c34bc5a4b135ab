package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.app.Apps;
import dev.heliograph.auth.Principal;
import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.auth.Verdict;
import dev.heliograph.protocol.pusher.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks an app to sign something: by a JWT, whose key says which workspace and so which app it is for, or by a GitHub token, for an app that lets in
 * users of GitHub. Any thread.
 */
final class Identities {
    private final Apps apps;
    private final TokenVerifier tokens;
    private final Map<App, TokenVerifier> gitHub = new LinkedHashMap<>();

    /** @param gitHub what checks GitHub tokens, by workspace */
    Identities(Apps apps, TokenVerifier tokens, Map<String, TokenVerifier> gitHub) {
        this.apps = apps;
        this.tokens = tokens;
        apps.all().forEach(app -> {
            TokenVerifier verifier = gitHub.get(app.workspace());
            if (verifier != null) {
                this.gitHub.put(app, verifier);
            }
        });
    }

    /**
     * @param wanted an app's id or key, to tell apps with users of GitHub apart; null if there is but one
     * @param done called once, with the app that is to sign
     */
    void verify(String token, @Nullable String wanted, BiConsumer<App, Verdict> done) throws ApiException {
        if (isJwt(token)) {
            App any = apps.all().iterator().next();
            tokens.verify(token, verdict -> onVerdict(any, verdict, done));
        } else {
            App app = gitHubApp(wanted);
            java.util.Objects.requireNonNull(gitHub.get(app)).verify(token, verdict -> done.accept(app, verdict));
        }
    }

    /** A JWT has three parts; of GitHub's tokens none has a dot. */
    private static boolean isJwt(String token) {
        return token.indexOf('.') >= 0;
    }

    private void onVerdict(App any, Verdict verdict, BiConsumer<App, Verdict> done) {
        App app = verdict instanceof Verdict.Verified(Principal principal)
                ? apps.ofWorkspace(principal.workspace())
                : any;
        if (app == null) {
            done.accept(any, new Verdict.Refused(Verdict.Reason.NOT_LISTED, "this token's workspace is no app"));
        } else {
            done.accept(app, verdict);
        }
    }

    private App gitHubApp(@Nullable String wanted) throws ApiException {
        if (gitHub.isEmpty()) {
            throw new ApiException(
                    ApiException.UNAUTHORIZED,
                    "Invalid token: expected a JWT, since no app of this gateway takes tokens of GitHub");
        }
        if (wanted == null && gitHub.size() == 1) {
            return gitHub.keySet().iterator().next();
        }
        App byId = wanted == null ? null : apps.withId(wanted);
        App app = byId != null || wanted == null ? byId : apps.withKey(wanted);
        if (app == null || !gitHub.containsKey(app)) {
            throw new ApiException(
                    ApiException.BAD_REQUEST,
                    "Invalid parameter app: expected the id or key of an app that takes tokens of GitHub");
        }
        return app;
    }
}
