package com.threatwinds.compute.operator.reconcile;

import java.time.Duration;

/**
 * The passes under way, so that a shutdown waits for them: an answer that nobody waits for is an
 * instance that nobody knows of.
 *
 * <p>The framework's own wait (JOSDK 5.3.2 under QOSDK 7.7.3) was seen to end at once while a
 * create was under way.
 */
final class InFlight {

  private int passes;
  private boolean closed;

  /** Whether the pass may begin; one that did must {@link #leave}. */
  synchronized boolean enter() {
    if (closed) {
      return false;
    }
    passes++;
    return true;
  }

  synchronized void leave() {
    passes--;
    notifyAll();
  }

  /** Lets no pass begin any more, and waits for those that have, that long at the most. */
  synchronized void close(Duration longest) {
    closed = true;
    long end = System.nanoTime() + longest.toNanos();
    try {
      for (long left = longest.toNanos(); passes > 0 && left > 0; left = end - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
