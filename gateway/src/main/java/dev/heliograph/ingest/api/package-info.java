/** The native doors for servers: publications, what becomes of entities, messages to users. */
@NullMarked
package dev.heliograph.ingest.api;

import org.jspecify.annotations.NullMarked;
