package dev.heliograph.config;

/**
 * One setting as it was read.
 *
 * @param key where it stands, e.g. {@code workspaces.acme.keys[0].kid}
 * @param schemaKey the same with {@code *} for names and {@code []} for places in lists, e.g. {@code workspaces.*.keys[].kid}
 * @param value as one would write it; {@code ***} for a secret
 * @param fallback what holds if it is not set; {@code none} for nothing, {@code required} if it must be
 * @param from the line or variable that set it; {@code default} if nobody did
 */
public record Setting(String key, String schemaKey, String value, String fallback, String from) {}
