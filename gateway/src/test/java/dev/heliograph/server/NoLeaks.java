package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.http.LeakWatch;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class whose gateways lost a buffer or logged a fault of their own. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private @Nullable LeakWatch watch;

    @Override
    public void beforeAll(ExtensionContext context) {
        watch = new LeakWatch();
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        try (LeakWatch watched = Objects.requireNonNull(watch)) {
            assertEquals(List.of(), watched.leaks());
            assertEquals(List.of(), watched.failures());
        }
    }
}
