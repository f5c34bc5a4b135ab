package dev.heliograph.streaming;

import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.session.SessionContext;

/**
 * In which words a stream is told.
 *
 * @param format of what it is sent
 * @param sessions whose codec makes the same blocks as the format
 */
record Dialect(WireFormat format, SessionContext sessions) {}
