package dev.heliograph.protocol.segment;

/**
 * What one body may hold.
 *
 * @param eventBytesMax largest event
 * @param eventsMax most events
 */
public record EventLimits(int eventBytesMax, int eventsMax) {}
