/** The wire to one peer and its bounded outbox: order, flush at end of batch, what to do when the peer is slow. */
@NullMarked
package dev.heliograph.egress;

import org.jspecify.annotations.NullMarked;
