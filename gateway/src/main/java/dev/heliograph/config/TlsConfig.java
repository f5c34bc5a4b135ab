package dev.heliograph.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the public listener needs to speak TLS.
 *
 * @param certificateFile the chain in PEM, the server's own certificate first
 * @param keyFile its private key in PEM, PKCS#8
 * @param keyPassword opens an encrypted key; null: the key is not encrypted
 */
public record TlsConfig(
        Path certificateFile, Path keyFile, @Nullable Secret keyPassword, Version minVersion) {
    static final Version DEFAULT_MIN_VERSION = Version.TLS_1_2;

    private static final ValueType<Version> VERSION =
            new ValueType<>("one of 1.2, 1.3", Version::of, version -> version.number);

    /** The oldest version that clients may use. */
    public enum Version {
        TLS_1_2("1.2"),
        TLS_1_3("1.3");

        private final String number;

        Version(String number) {
            this.number = number;
        }

        private static @Nullable Version of(String number) {
            for (Version version : values()) {
                if (version.number.equals(number)) {
                    return version;
                }
            }
            return null;
        }
    }

    /** Null: nothing of it is set, and the listener speaks plain HTTP. */
    static @Nullable TlsConfig read(Section s) {
        Path certificateFile = s.file("certificateFile", Names.FILE);
        Path keyFile = s.file("keyFile", Names.FILE);
        boolean encrypted = s.confidential().has("keyPassword");
        Secret password = s.confidential().secret("keyPassword", 1, "none");
        Version minVersion = s.value("minVersion", VERSION, DEFAULT_MIN_VERSION);
        if (certificateFile == null && keyFile == null) {
            refuseWithoutFiles(s, encrypted);
            return null;
        }
        if (certificateFile == null || keyFile == null) {
            reportMissing(s, certificateFile == null ? "certificateFile" : "keyFile");
            return null;
        }
        var tls = new TlsConfig(certificateFile, keyFile, password, minVersion);
        if (!encrypted || password != null) {
            check(s, tls);
        }
        return tls;
    }

    private static void refuseWithoutFiles(Section s, boolean encrypted) {
        if ((encrypted || s.has("minVersion")) && !s.has("certificateFile") && !s.has("keyFile")) {
            s.reportSelf("has no certificate; expected certificateFile and keyFile, in PEM");
        }
    }

    private static void reportMissing(Section s, String key) {
        if (!s.has(key)) {
            s.report(key, "is missing; expected the path of a file in PEM, as the other of the pair is set");
        }
    }

    private static void check(Section s, TlsConfig tls) {
        try {
            TlsIdentity.read(tls);
        } catch (TlsIdentityException unusable) {
            s.report(unusable.key(), unusable.problem());
        }
    }
}
