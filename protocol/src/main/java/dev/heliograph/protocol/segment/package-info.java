/** What analytics producers send, as records and adapters. */
@NullMarked
package dev.heliograph.protocol.segment;

import org.jspecify.annotations.NullMarked;
