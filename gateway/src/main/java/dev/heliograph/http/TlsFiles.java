package dev.heliograph.http;

import dev.heliograph.config.TlsConfig;
import dev.heliograph.config.TlsIdentity;
import dev.heliograph.config.TlsIdentityException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What certificate file and key file held at one moment, or why they could not be read. Prints nothing of it. */
final class TlsFiles {
    private final String chain;
    private final String key;
    private final @Nullable TlsIdentityException unreadable;

    private TlsFiles(String chain, String key, @Nullable TlsIdentityException unreadable) {
        this.chain = chain;
        this.key = key;
        this.unreadable = unreadable;
    }

    static TlsFiles read(TlsConfig config) {
        try {
            return new TlsFiles(
                    TlsIdentity.text(config.certificateFile(), "certificateFile"),
                    TlsIdentity.text(config.keyFile(), "keyFile"),
                    null);
        } catch (TlsIdentityException problem) {
            return new TlsFiles("", "", problem);
        }
    }

    TlsIdentity identity(TlsConfig config) throws TlsIdentityException {
        if (unreadable != null) {
            throw unreadable;
        }
        return TlsIdentity.of(chain, key, config);
    }

    private String problem() {
        return unreadable == null ? "" : String.valueOf(unreadable.getMessage());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsFiles files
                && chain.equals(files.chain)
                && key.equals(files.key)
                && problem().equals(files.problem());
    }

    @Override
    public int hashCode() {
        return Objects.hash(chain, key, problem());
    }
}
