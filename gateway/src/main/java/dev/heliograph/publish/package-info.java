/** What clients and servers publish, whatever the door: where they may, under a name they may, as often as they may, once for each id. */
@NullMarked
package dev.heliograph.publish;

import org.jspecify.annotations.NullMarked;
