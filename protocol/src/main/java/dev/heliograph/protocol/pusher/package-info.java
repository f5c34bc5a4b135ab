/**
 * What can be said in Pusher's Channels protocol, versions 5 to 7, and in its HTTP API: messages, bodies, signatures. Nothing of sockets or state. Source:
 * pusher.com/docs/channels, "Pusher Channels Protocol", "HTTP API Reference", "Auth signatures" and "Webhooks"; where hosted Pusher does something that its
 * pages do not say, its official clients and their tests.
 *
 * <ul>
 *   <li>On a connection: {@link dev.heliograph.protocol.pusher.PusherCodec}.
 *   <li>HTTP API: {@link dev.heliograph.protocol.pusher.ApiSignature}, then {@link dev.heliograph.protocol.pusher.EventBodies} or
 *       {@link dev.heliograph.protocol.pusher.ChannelQuery}, answered by {@link dev.heliograph.protocol.pusher.ApiAnswers}.
 *   <li>Auth endpoint: {@link dev.heliograph.protocol.pusher.AuthRequest}, {@link dev.heliograph.protocol.pusher.SocketAuth},
 *       {@link dev.heliograph.protocol.pusher.AuthAnswers}.
 *   <li>Webhooks: {@link dev.heliograph.protocol.pusher.WebhookEvent}, {@link dev.heliograph.protocol.pusher.WebhookBody}.
 * </ul>
 */
@NullMarked
package dev.heliograph.protocol.pusher;

import org.jspecify.annotations.NullMarked;
