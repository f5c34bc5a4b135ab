package dev.heliograph.protocol.segment;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Bodies as producers sent them, kept as files. */
final class Golden {
    static final EventLimits LIMITS = new EventLimits(32_768, 2_500);
    static final int BODY_BYTES_MAX = 4 << 20;

    private Golden() {}

    static byte[] body(String file) {
        try (InputStream in = Golden.class.getResourceAsStream("/segment/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("no file segment/" + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static @Nullable String text(@Nullable Slice slice) {
        return slice == null ? null : slice.toString();
    }
}
