package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * The connection on whose behalf something is published, and which does not receive it.
 *
 * @param connection its number, unlike that of every other connection; not 0
 * @param client whether the client itself published it, and not a server for it
 * @param user whom the channel's members know the client as; null if it is nobody there
 */
public record Sender(
        long connection, boolean client, @Nullable String user) {}
