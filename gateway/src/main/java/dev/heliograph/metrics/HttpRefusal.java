package dev.heliograph.metrics;

import java.util.Locale;

/** Why the HTTP server itself refused a request, before any handler saw it. */
public enum HttpRefusal implements Label {
    /** It is not HTTP/1.1 or 1.0 as the grammar has it, or it can be read in two ways. */
    MALFORMED,
    /** Its first line or its headers are too large. */
    HEAD_TOO_LARGE,
    /** Its body is larger than its path allows, as it arrives or inflated. */
    BODY_TOO_LARGE,
    /** Its content encoding is not known or not accepted there. */
    ENCODING,
    /** Its body is not what its content encoding says. */
    CORRUPT,
    /** It expects what is not offered. */
    EXPECTATION,
    /** It did not arrive in time. */
    TIMEOUT,
    /** Too many connections are open. */
    CONNECTIONS,
    /** Too many WebSocket connections are open from one address. */
    CONNECTIONS_PER_ADDRESS,
    /** Too many bodies are held or wait for a worker. */
    OVERLOAD,
    /** No such path. */
    NOT_FOUND,
    /** The path has no such method. */
    METHOD,
    /** The page that sent it is of an origin that is not allowed. */
    ORIGIN,
    /** It asks to leave HTTP, and the gateway is about to stop. */
    DRAINING,
    /** The path is for WebSocket upgrades only, or the upgrade contradicts itself. */
    UPGRADE;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
