package dev.heliograph.http;

/** Decides about a request to leave HTTP. */
@FunctionalInterface
public interface UpgradeHandler {
    /** Called on the connection's event loop while nothing is read; ends, now or later, in {@link Upgrade#accept} or {@link Upgrade#refuse}. */
    void upgrade(Upgrade upgrade);
}
