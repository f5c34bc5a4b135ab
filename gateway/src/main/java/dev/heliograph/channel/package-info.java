/** What kind of channel a name denotes and the rules its namespace sets. */
@NullMarked
package dev.heliograph.channel;

import org.jspecify.annotations.NullMarked;
