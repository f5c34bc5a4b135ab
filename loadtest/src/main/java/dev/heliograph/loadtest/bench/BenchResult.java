package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What was found.
 *
 * @param passed whether everything came to everybody, once and in order, wherever that was held against a ledger
 */
record BenchResult(ObjectNode json, boolean passed) {}
