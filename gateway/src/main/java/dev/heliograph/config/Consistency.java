package dev.heliograph.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold between settings: nothing that identifies a workspace may name two of them. */
final class Consistency {
    /** Of a member in a roster: its user_info of 1 KiB, in which every character may be escaped, its id twice, and what is around. */
    private static final int MEMBER_BYTES_MAX = 2_348;

    private static final int HOSTED_MEMBERS_MAX = 100;

    private final List<ConfigError> errors;

    Consistency(List<ConfigError> errors) {
        this.errors = errors;
    }

    void check(Config config) {
        checkPorts(config);
        checkPage(config);
        checkKeys(config);
        checkSources(config);
        checkPseudonyms(config);
        checkApps(config);
        checkHistory(config);
    }

    private void checkPorts(Config config) {
        int port = config.admin().port();
        if (port != 0 && port == config.server().port()) {
            report("admin.port", port + " is server.port too; expected a port of its own");
        }
    }

    private void checkHistory(Config config) {
        if (config.history().store() == HistoryConfig.Place.DISK
                && config.store().folder() == null) {
            report("history.store", "is disk without store.folder; expected that folder, as history is kept there");
        }
    }

    private void checkPage(Config config) {
        PageConfig page = config.page();
        Set<String> names = config.workspaces().keySet();
        if (!page.workspace().isEmpty() && !names.contains(page.workspace())) {
            String hint = DidYouMean.hint(page.workspace(), names);
            report("page.workspace", "'" + page.workspace() + "' is no workspace; expected one of " + names + hint);
        } else if (page.enabled() && page.workspace().isEmpty() && names.size() > 1) {
            report("page.workspace", "is not set; expected one of " + names + ", as there are several");
        }
    }

    /** A kid may stand in several workspaces, with different keys: the signature decides. One key may not. */
    private void checkKeys(Config config) {
        Map<Object, String> owners = new HashMap<>();
        config.workspaces().forEach((name, workspace) -> {
            for (int i = 0; i < workspace.keys().size(); i++) {
                String place = "workspaces." + name + ".keys[" + i + "]";
                switch (workspace.keys().get(i)) {
                    case TokenKeyConfig.Hmac key -> {
                        claim(owners, List.of("kid", name, key.kid()), place + ".kid", "'" + key.kid() + "'");
                        claim(owners, key.secret().reveal(), place + ".secret", "this secret");
                    }
                    case TokenKeyConfig.Pem key -> {
                        claim(owners, List.of("kid", name, key.kid()), place + ".kid", "'" + key.kid() + "'");
                        claim(owners, key.pem().replaceAll("\\s", ""), place + ".pem", "this public key");
                    }
                    case TokenKeyConfig.Jwks key ->
                        claim(owners, List.of("issuer", key.issuer()), place + ".issuer", "'" + key.issuer() + "'");
                }
            }
        });
    }

    private void checkSources(Config config) {
        Map<Object, String> owners = new HashMap<>();
        config.workspaces()
                .forEach((workspace, settings) -> settings.environments()
                        .forEach((environment, sources) -> sources.sources().forEach((name, source) -> {
                            String place =
                                    "workspaces." + workspace + ".environments." + environment + ".sources." + name;
                            claim(owners, List.of("name", name), place, "the source name '" + name + "'");
                            for (int i = 0; i < source.writeKeys().size(); i++) {
                                claim(
                                        owners,
                                        source.writeKeys().get(i).reveal(),
                                        place + ".writeKeys[" + i + "]",
                                        "this key");
                            }
                        })));
    }

    private void checkPseudonyms(Config config) {
        config.workspaces()
                .forEach((workspace, settings) -> settings.environments()
                        .forEach((environment, sources) -> sources.sources().forEach((name, source) -> {
                            String key = "workspaces." + workspace + ".pseudonymKey";
                            boolean isTried = errors.stream()
                                    .anyMatch(error -> error.key().startsWith(key));
                            if (source.privacy().traceFromUser() && settings.pseudonymKey() == null && !isTried) {
                                report(
                                        "workspaces." + workspace + ".environments." + environment + ".sources." + name
                                                + ".privacy.traceFromUser",
                                        "is true without " + key + "; expected that key, or false");
                            }
                        })));
    }

    /** An app's id and its keys stand in URLs without the workspace's name. */
    private void checkApps(Config config) {
        Map<Object, String> owners = new HashMap<>();
        config.workspaces().forEach((name, workspace) -> {
            PusherConfig app = workspace.pusher();
            if (app == null) {
                return;
            }
            String place = "workspaces." + name + ".pusher";
            claim(owners, List.of("id", app.appId()), place + ".appId", "the app id '" + app.appId() + "'");
            for (int i = 0; i < app.keys().size(); i++) {
                String key = app.keys().get(i).key();
                claim(owners, List.of("key", key), place + ".keys[" + i + "].key", "'" + key + "'");
                claim(owners, app.keys().get(i).secret().reveal(), place + ".keys[" + i + "].secret", "this secret");
            }
            long rosterBytes = (long) app.membersMax() * MEMBER_BYTES_MAX;
            if (app.membersMax() > HOSTED_MEMBERS_MAX
                    && rosterBytes > 2L * config.limits().outboxBytesMax()) {
                report(
                        place + ".membersMax",
                        app.membersMax()
                                + " members with the largest user_info do not fit into an answer; expected at most "
                                + 2L * config.limits().outboxBytesMax() / MEMBER_BYTES_MAX
                                + ", or a larger limits.outboxBytesMax");
            }
            if (!app.webhooks().isEmpty() && config.store().folder() == null) {
                report(
                        place + ".webhooks",
                        "are set without store.folder; expected that folder, so that a restart loses no webhook");
            }
        });
    }

    /** Notes that {@code what} belongs to {@code place}, and reports it if it belongs to another already. */
    private void claim(Map<Object, String> owners, Object what, String place, String words) {
        String owner = owners.putIfAbsent(what, place);
        if (owner != null && !"".equals(what)) {
            report(place, words + " stands at " + owner + " already; expected one that is used once");
        }
    }

    private void report(String key, String problem) {
        errors.add(new ConfigError(key, problem, ""));
    }
}
