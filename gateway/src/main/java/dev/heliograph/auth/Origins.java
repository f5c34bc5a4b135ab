package dev.heliograph.auth;

import dev.heliograph.config.Origin;
import dev.heliograph.config.WorkspaceConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From which web pages browsers may connect: an exact allow-list per workspace. Immutable; any thread. A request without {@code Origin} comes from
 * no browser and passes; {@code Origin: null} never does.
 */
public final class Origins {
    private static final String SELF = "self";
    private static final Allowed NOBODY = new Allowed(Set.of(), false);

    private final Map<String, Allowed> workspaces = new HashMap<>();
    private final Allowed any;

    private record Allowed(Set<Origin> origins, boolean self) {}

    public Origins(Map<String, WorkspaceConfig> configured) {
        var all = new HashSet<Origin>();
        boolean self = false;
        for (WorkspaceConfig workspace : configured.values()) {
            Allowed allowed = allowed(workspace);
            workspaces.put(workspace.name(), allowed);
            all.addAll(allowed.origins());
            self |= allowed.self();
        }
        this.any = new Allowed(Set.copyOf(all), self);
    }

    private static Allowed allowed(WorkspaceConfig workspace) {
        var origins = new HashSet<Origin>();
        for (String text : workspace.origins()) {
            Origin origin = Origin.parse(text);
            if (origin != null) {
                origins.add(origin);
            } else if (!text.equals(SELF)) {
                throw new IllegalArgumentException("'" + text + "' is no origin, of workspace " + workspace.name());
            }
        }
        return new Allowed(Set.copyOf(origins), workspace.origins().contains(SELF));
    }

    /**
     * Whether that workspace lets it in.
     *
     * @param origin the {@code Origin} header
     * @param host the {@code Host} header, which {@code self} is held against
     */
    public boolean allows(String workspace, @Nullable String origin, @Nullable String host) {
        return allows(workspaces.getOrDefault(workspace, NOBODY), origin, host);
    }

    /** Whether some workspace lets it in; for a connection whose workspace is not known before its token is. */
    public boolean allowsSomewhere(@Nullable String origin, @Nullable String host) {
        return allows(any, origin, host);
    }

    private static boolean allows(Allowed allowed, @Nullable String text, @Nullable String host) {
        if (text == null) {
            return true;
        }
        Origin origin = Origin.parse(text);
        return origin != null && (allowed.origins().contains(origin) || (allowed.self() && isSelf(origin, host)));
    }

    /** The scheme is the page's own: behind a proxy that ends TLS, the gateway cannot know which one the browser used. */
    private static boolean isSelf(Origin origin, @Nullable String host) {
        return host != null && origin.equals(Origin.parse(origin.scheme() + "://" + host));
    }
}
