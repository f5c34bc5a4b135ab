package dev.heliograph.pipeline;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the pipeline takes from its surroundings.
 *
 * @param nanoTime as {@link System#nanoTime}
 * @param ids makes ids that are unique, for events that come without one
 * @param ownKey 32 random bytes: keys what is never shown in workspaces that configure no pseudonym key
 */
public record Ambience(LongSupplier nanoTime, Supplier<String> ids, byte[] ownKey) {}
