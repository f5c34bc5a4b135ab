package dev.heliograph.pipeline;

import dev.heliograph.config.WorkspaceConfig;
import org.jspecify.annotations.Nullable;

/**
 * The keyed hashes of one workspace. Each purpose has a key of its own, derived from the workspace's, so that what is shown for one cannot be joined with
 * what is shown for another, nor across workspaces. Any thread.
 */
final class Pseudonyms {
    private static final long LOW_56_BITS = (1L << 56) - 1;

    private final boolean named;
    private final KeyedHash users;
    private final KeyedHash traces;
    private final KeyedHash samples;
    private final KeyedHash subjects;

    /**
     * @param ownKey stands in for a workspace that configures no key, for what is never shown: subjects and samples. Names are not made then, since one
     *     that changes with every start is of no use
     */
    Pseudonyms(WorkspaceConfig workspace, byte[] ownKey) {
        this.named = workspace.pseudonymKey() != null;
        var root = new KeyedHash(
                workspace.pseudonymKey() != null ? workspace.pseudonymKey().bytes() : ownKey);
        this.users = derive(root, workspace.name(), "user");
        this.traces = derive(root, workspace.name(), "trace");
        this.samples = derive(root, workspace.name(), "sample");
        this.subjects = derive(root, workspace.name(), "subject");
    }

    private static KeyedHash derive(KeyedHash root, String workspace, String purpose) {
        return new KeyedHash(root.hash("heliograph " + purpose, workspace));
    }

    /** What stands for a person in envelopes; null without a configured key. */
    @Nullable
    String user(String kind, String id) {
        return named ? name(users, kind, id) : null;
    }

    /** What stands for a trace; null without a configured key. */
    @Nullable
    String trace(String kind, String id) {
        return named ? name(traces, kind, id) : null;
    }

    private static String name(KeyedHash hash, String kind, String id) {
        return "p_" + Hashes.base32(hash.hash(kind, id));
    }

    /** 56 uniform bits that depend on the id alone. */
    long sample(String kind, String id) {
        return Hashes.longAt(samples.hash(kind, id), 0) & LOW_56_BITS;
    }

    /** What a deletion request finds a person's events by; never 0. */
    long subject(String userId) {
        long subject = Hashes.longAt(subjects.hash("user", userId), 0);
        return subject == 0 ? 1 : subject;
    }
}
