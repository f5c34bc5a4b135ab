package dev.heliograph.pipeline;

/**
 * What became of a request's events; each is counted in one of the three.
 *
 * @param published given a position
 * @param dropped for a reason that sending them again would not change
 * @param refused not published because the broker failed; sending them again is right, and they are not taken for duplicates then
 */
public record Outcome(int published, int dropped, int refused) {}
