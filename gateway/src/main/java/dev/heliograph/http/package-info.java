/** The small HTTP server on Netty: bootstrap, routes, limits, CORS and origins, static files of the page. */
@NullMarked
package dev.heliograph.http;

import org.jspecify.annotations.NullMarked;
