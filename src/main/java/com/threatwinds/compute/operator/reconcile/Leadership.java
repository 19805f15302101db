package com.threatwinds.compute.operator.reconcile;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether this process may act. No fence by itself, since leases compare wall clocks; it only
 * spares calls that are bound to be another's by now.
 */
final class Leadership {

  private final List<Runnable> waiting = new ArrayList<>();
  private boolean held;

  /**
   * @param held whether to begin with: true where nobody else can lead
   */
  Leadership(boolean held) {
    this.held = held;
  }

  synchronized boolean isHeld() {
    return held;
  }

  /** Runs it now or as soon as this process leads. */
  synchronized void whenHeld(Runnable task) {
    if (held) {
      task.run();
    } else {
      waiting.add(task);
    }
  }

  synchronized void won() {
    held = true;
    waiting.forEach(Runnable::run);
    waiting.clear();
  }

  synchronized void lost() {
    held = false;
  }
}
