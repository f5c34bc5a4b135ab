package dev.heliograph.auth;

import org.jspecify.annotations.Nullable;

/**
 * Whom a key speaks for.
 *
 * @param issuer the {@code iss} that its tokens must carry; null: any
 * @param audience the {@code aud} that its tokens must carry; null: any
 */
record Tenant(
        String workspace, @Nullable String issuer, @Nullable String audience) {}
