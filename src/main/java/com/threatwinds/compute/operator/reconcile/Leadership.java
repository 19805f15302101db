package com.threatwinds.compute.operator.reconcile;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether this process may act. No fence by itself, since leases compare wall clocks; it only
 * spares calls that are bound to be another's by now.
 */
final class Leadership {

  private final List<Runnable> waiting = new ArrayList<>();
  private final Runnable end;
  private boolean held;
  private boolean leaving;

  /**
   * @param held whether to begin with: true where nobody else can lead
   * @param end ends the process, after the answers that are under way
   */
  Leadership(boolean held, Runnable end) {
    this.held = held;
    this.end = end;
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

  /** Another leads, or may: a process that once led and lost it starts anew. */
  synchronized void lost() {
    held = false;
    if (!leaving) {
      end.run();
    }
  }

  /** This process ends of its own will. */
  synchronized void leave() {
    leaving = true;
  }
}
