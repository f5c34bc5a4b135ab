package dev.heliograph.pusherclients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives every test that asks for it the same gateway, and at the end demands that its log has no faults. */
final class OneGateway implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(OneGateway.class);

    private record Kept(PackagedGateway gateway) implements AutoCloseable {
        @Override
        public void close() {
            int exit = gateway.terminate();
            List<String> faults = gateway.faults();
            if (exit != 0 || !faults.isEmpty()) {
                throw new AssertionError("the gateway ended with " + exit + " and logged " + faults);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PackagedGateway.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(Kept.class, _ -> new Kept(start()), Kept.class)
                .gateway();
    }

    private static PackagedGateway start() {
        try {
            return PackagedGateway.start(
                    Files.createTempDirectory(Path.of("target"), "gateway-").toAbsolutePath(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
