/** Workspaces as apps of Pusher's protocol: who they are, what their clients say, and what is told of what happens in them. */
@NullMarked
package dev.heliograph.app;

import org.jspecify.annotations.NullMarked;
