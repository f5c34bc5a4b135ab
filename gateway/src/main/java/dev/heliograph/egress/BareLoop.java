package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;

/**
 * What the bare sockets of one event loop share.
 *
 * @param inbox direct memory that every read goes to; its capacity is what one connection may bring in one turn
 */
public record BareLoop(IoEventLoop eventLoop, ByteBuf inbox) {}
