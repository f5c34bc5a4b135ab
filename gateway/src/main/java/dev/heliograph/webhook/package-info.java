/** What happens in an app, told to its server over HTTP: smoothed, kept on disk until it has been taken, signed. */
@NullMarked
package dev.heliograph.webhook;

import org.jspecify.annotations.NullMarked;
