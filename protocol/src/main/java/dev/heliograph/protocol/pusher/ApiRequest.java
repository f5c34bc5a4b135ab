package dev.heliograph.protocol.pusher;

/**
 * A request to the HTTP API, as far as it is signed.
 *
 * @param method in upper case
 * @param path as the publisher has signed it: where a proxy has a prefix of its own, without or with that prefix, as configured
 * @param body as it came, not decompressed; only to be read
 */
public record ApiRequest(String method, String path, QueryParameters query, byte[] body) {}
