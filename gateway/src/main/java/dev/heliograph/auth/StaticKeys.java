package dev.heliograph.auth;

import dev.heliograph.config.TokenKeyConfig;
import dev.heliograph.config.WorkspaceConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys that stand in the configuration. A kid may stand in several workspaces: all its keys are candidates, in the configuration's order, and
 * the signature decides. Immutable; any thread.
 */
final class StaticKeys {
    private final Map<String, List<VerificationKey>> byId = new HashMap<>();
    private final Map<String, List<VerificationKey>> byIssuer = new HashMap<>();
    private final List<VerificationKey> all = new ArrayList<>();

    StaticKeys(Collection<WorkspaceConfig> workspaces, Clock clock) {
        for (WorkspaceConfig workspace : workspaces) {
            var tenant = new Tenant(workspace.name(), workspace.issuer(), workspace.audience());
            for (TokenKeyConfig key : workspace.keys()) {
                switch (key) {
                    case TokenKeyConfig.Hmac hmac -> add(hmac.kid(), tenant, VerificationKey.of(hmac, tenant, clock));
                    case TokenKeyConfig.Pem pem -> add(pem.kid(), tenant, VerificationKey.of(pem, tenant, clock));
                    case TokenKeyConfig.Jwks published -> {}
                }
            }
        }
    }

    private void add(String keyId, Tenant tenant, VerificationKey key) {
        all.add(key);
        byId.computeIfAbsent(keyId, id -> new ArrayList<>()).add(key);
        if (tenant.issuer() != null) {
            byIssuer.computeIfAbsent(tenant.issuer(), issuer -> new ArrayList<>())
                    .add(key);
        }
    }

    int size() {
        return all.size();
    }

    List<VerificationKey> byId(String keyId) {
        return byId.getOrDefault(keyId, List.of());
    }

    /** The keys of the workspaces that expect this issuer. */
    List<VerificationKey> byIssuer(@Nullable String issuer) {
        return issuer == null ? List.of() : byIssuer.getOrDefault(issuer, List.of());
    }

    List<VerificationKey> all() {
        return all;
    }
}
