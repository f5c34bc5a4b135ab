package dev.heliograph.websocket;

import dev.heliograph.auth.Principal;
import dev.heliograph.session.RequestOrigin;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may open a connection.
 *
 * @param mayConnect whether at least one workspace has the origin on its list; which one counts is decided with the token
 * @param anonymous who a connection without a token is in a workspace; null if that workspace has no such thing
 * @param isTight whether those who are here already are almost too much
 */
public record WebSocketRules(
        Predicate<RequestOrigin> mayConnect,
        Function<String, @Nullable Principal> anonymous,
        BooleanSupplier isTight) {}
