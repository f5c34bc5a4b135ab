package dev.heliograph.auth;

/** What a grant can allow. The lower-case name is the key in a token's {@code grants}. */
public enum Operation {
    SUBSCRIBE,
    PUBLISH,
    PRESENCE,
    HISTORY,
    CONTROL,
    ADMIN
}
