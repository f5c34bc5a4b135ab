/** The doors for producers: Segment's SDKs and webhooks, RudderStack's, CloudEvents. */
@NullMarked
package dev.heliograph.ingest;

import org.jspecify.annotations.NullMarked;
