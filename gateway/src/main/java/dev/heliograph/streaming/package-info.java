/** The same sessions over plain HTTP: server-sent events, polling, long polling. */
@NullMarked
package dev.heliograph.streaming;

import org.jspecify.annotations.NullMarked;
