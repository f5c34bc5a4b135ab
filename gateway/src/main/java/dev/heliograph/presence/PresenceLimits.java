package dev.heliograph.presence;

/**
 * What holds for every presence channel of the native protocol.
 *
 * @param timeoutNanos how long a connection stays a member without a sign of life
 * @param graceNanos how long a connection that is gone still counts, so that one that comes back was never away
 * @param windowNanos how long changes are collected before they are told
 * @param listMax most members that are told by name; beyond, only how many there are
 * @param listBytesMax about the most bytes of a message with the members by name; beyond, only how many there are
 * @param membersMax most members of one channel
 */
public record PresenceLimits(
        long timeoutNanos, long graceNanos, long windowNanos, int listMax, int listBytesMax, int membersMax) {}
