package dev.heliograph.config;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may use an app's auth endpoints with a GitHub token: whoever is on the list, and whoever has access to the repository, that is, reads
 * it if it is private and writes to it if it is public.
 *
 * @param apiUrl GitHub's own, or that of an Enterprise Server
 * @param users logins
 * @param repository {@code owner/name}; null: only the list counts
 * @param subscribe patterns of the channels that they may subscribe to
 */
public record GitHubConfig(
        URI apiUrl, List<String> users, @Nullable String repository, List<String> subscribe) {
    public GitHubConfig {
        users = List.copyOf(users);
        subscribe = List.copyOf(subscribe);
    }

    private static final URI DEFAULT_API_URL = URI.create("https://api.github.com");
    private static final ValueType<String> USER =
            ValueType.text("[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?", "a GitHub login");
    private static final ValueType<String> REPOSITORY =
            ValueType.text("[A-Za-z0-9_-]{1,64}/[A-Za-z0-9._-]{1,100}", "owner/name");

    /** Null: nobody. */
    static @Nullable GitHubConfig read(Section s) {
        var github = new GitHubConfig(
                s.value("apiUrl", Names.KEYS_URL, DEFAULT_API_URL),
                s.values("users", USER, List.of()),
                s.optional("repository", REPOSITORY),
                s.values("subscribe", Names.CHANNEL_PATTERN, List.of()));
        boolean anybody = !github.users().isEmpty() || github.repository() != null;
        if (anybody && github.subscribe().isEmpty()) {
            s.report("subscribe", "is empty; expected patterns of the channels that these users may subscribe to");
        }
        if (!anybody && !github.subscribe().isEmpty()) {
            s.reportSelf("lets nobody in; expected users or repository");
        }
        return anybody ? github : null;
    }
}
