/** Clients of Pusher's protocol, and the gateway that they are tried on. */
@NullMarked
package dev.heliograph.pusherclients;

import org.jspecify.annotations.NullMarked;
