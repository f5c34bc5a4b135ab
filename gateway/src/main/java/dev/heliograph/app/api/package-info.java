/** The doors that apps' servers use: Pusher's HTTP API, and the endpoints that sign subscriptions for clients. */
@NullMarked
package dev.heliograph.app.api;

import org.jspecify.annotations.NullMarked;
