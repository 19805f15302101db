package com.threatwinds.compute.operator.bench;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param id such as P4
 * @param what was measured, with its unit and its size
 * @param ours NaN if it could not be measured
 * @param peer the plain operator's, in the same run; null where it has no such thing
 * @param goal in words
 * @param met whether ours is within the goal
 */
record Row(String id, String what, double ours, @Nullable Double peer, String goal, boolean met) {

  /** A figure that may not be more than that. */
  static Row atMost(String id, String what, double ours, @Nullable Double peer, double goal) {
    return new Row(id, what, ours, peer, "≤ " + Figures.text(goal), ours <= goal);
  }

  static Row atLeast(String id, String what, double ours, @Nullable Double peer, double goal) {
    return new Row(id, what, ours, peer, "≥ " + Figures.text(goal), ours >= goal);
  }

  static Row exactly(String id, String what, double ours, @Nullable Double peer, double goal) {
    return new Row(id, what, ours, peer, Figures.text(goal), ours == goal);
  }

  /** A figure without a goal of its own. */
  static Row noted(String id, String what, double ours, @Nullable Double peer) {
    return new Row(id, what, ours, peer, "", true);
  }
}
