package com.threatwinds.compute.operator.reconcile;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What passes run on.
 *
 * <p>A pass may wait 30 s for an answer, so there are more than there could be platform threads;
 * but not one for each resource at once: each holds a resource unpacked, and so does each pass that
 * the framework has submitted. Who wants thousands looked at asks whether there is room.
 */
final class Workers extends ThreadPoolExecutor {

  private static final int AT_ONCE = 256;

  private volatile boolean open;
  private volatile Runnable room = () -> {};

  Workers() {
    super(
        AT_ONCE,
        AT_ONCE,
        10,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        Thread.ofVirtual().name("pass-", 0).factory());
    allowCoreThreadTimeOut(true);
  }

  /** The framework takes events from now on. */
  void open() {
    open = true;
    room.run();
  }

  /** Whether one more pass may be asked for. */
  boolean hasRoom() {
    return open && getQueue().size() < AT_ONCE && !isShutdown();
  }

  /** Runs whenever there may be room again. */
  void whenRoom(Runnable task) {
    room = task;
  }

  @Override
  protected void afterExecute(Runnable pass, @Nullable Throwable failure) {
    room.run();
  }
}
