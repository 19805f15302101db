package com.threatwinds.compute.operator.kubeproxy;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the operator, at the point where its bytes leave and enter the socket. Frozen,
 * it keeps what would pass, and no longer reads, so that not even its end is noticed.
 */
final class Wire extends ChannelDuplexHandler {

  private record Held(Object message, Runnable passing) {}

  private final Deque<Held> held = new ArrayDeque<>();
  private boolean frozen;
  private @Nullable ChannelHandlerContext context;

  Wire(boolean frozen) {
    this.frozen = frozen;
  }

  void freeze() {
    frozen = true;
    if (context != null) {
      context.channel().config().setAutoRead(false);
    }
  }

  void thaw() {
    ChannelHandlerContext open = context;
    if (!frozen || open == null) {
      return;
    }
    frozen = false;
    while (!held.isEmpty()) {
      held.remove().passing().run();
    }
    open.flush();
    open.fireChannelReadComplete();
    open.channel().config().setAutoRead(true);
  }

  boolean isOpen() {
    return context != null && context.channel().isOpen();
  }

  /** Resets it (RST); what was held is lost. */
  void cut() {
    ChannelHandlerContext open = context;
    if (open != null && isOpen()) {
      open.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      open.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    if (frozen) {
      freeze();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    context = null;
    held.forEach(lost -> ReferenceCountUtil.release(lost.message()));
    held.clear();
  }

  /** Whoever above wants to read again has to wait for the thaw. */
  @Override
  public void read(ChannelHandlerContext to) {
    if (!frozen) {
      to.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    pass(message, () -> from.fireChannelRead(message));
  }

  @Override
  public void write(ChannelHandlerContext to, Object message, ChannelPromise written) {
    pass(message, () -> to.write(message, written));
  }

  private void pass(Object message, Runnable passing) {
    if (frozen) {
      held.add(new Held(message, passing));
    } else {
      passing.run();
    }
  }
}
