/** One client's conversation: state, principal, subscriptions, and one small class per command it may send. */
@NullMarked
package dev.heliograph.session;

import org.jspecify.annotations.NullMarked;
