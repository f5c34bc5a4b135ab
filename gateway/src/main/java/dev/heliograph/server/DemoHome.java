package dev.heliograph.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/** The demo's folder: its configuration and the secrets made for it, once, readable by their owner alone. */
final class DemoHome {
    static final String CONFIG = "demo.yaml";

    private static final List<String> SECRETS = List.of(
            "admin-token", "token-secret", "pseudonym-key", "write-key", "webhook-secret", "bearer", "pusher-secret");
    private static final int SECRET_BYTES = 36;

    private final Path folder;

    private DemoHome(Path folder) {
        this.folder = folder;
    }

    /** Makes what is missing in the folder; what is there already stays. */
    static DemoHome in(Path folder) {
        try {
            Files.createDirectories(folder, readableByOwner("rwx------"));
            var random = new SecureRandom();
            for (String name : SECRETS) {
                make(folder.resolve(name), random);
            }
            try (InputStream demo = DemoHome.class.getResourceAsStream(CONFIG)) {
                Files.copy(
                        Objects.requireNonNull(demo, CONFIG),
                        folder.resolve(CONFIG),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the demo's folder cannot be written: " + folder, e);
        }
        return new DemoHome(folder);
    }

    /** Created with its permissions, never with wider ones for a moment. */
    private static void make(Path file, SecureRandom random) throws IOException {
        if (Files.exists(file) && Files.size(file) > 0) {
            return;
        }
        Files.deleteIfExists(file);
        Files.createFile(file, readableByOwner("rw-------"));
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        Files.writeString(file, Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n");
    }

    private static FileAttribute<?>[] readableByOwner(String permissions) {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    Path config() {
        return folder.resolve(CONFIG);
    }
}
