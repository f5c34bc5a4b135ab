/** The native protocol in the words of Dazzle's realtime client, see docs/PROTOCOL.md, "Dazzle's dialect". */
@NullMarked
package dev.heliograph.protocol.dazzle;

import org.jspecify.annotations.NullMarked;
