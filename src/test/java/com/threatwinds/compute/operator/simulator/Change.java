package com.threatwinds.compute.operator.simulator;

import org.jspecify.annotations.Nullable;

/**
 * What a call changed in the world. A restart or reset changes no state, but is a change.
 *
 * @param from null for an instance that was made
 * @param to null for one that is gone
 */
public record Change(
    String instanceId,
    String templateId,
    String zone,
    @Nullable MachineState from,
    @Nullable MachineState to) {

  static Change of(@Nullable Machine before, @Nullable Machine after) {
    Machine either = after != null ? after : before;
    if (either == null) {
      throw new IllegalArgumentException("a change of nothing");
    }
    return new Change(
        either.id(),
        either.templateId(),
        either.zone(),
        before == null ? null : before.state(),
        after == null ? null : after.state());
  }

  @Override
  public String toString() {
    return instanceId
        + " "
        + (from == null ? "-" : from)
        + "->"
        + (to == null ? "-" : to)
        + " "
        + templateId
        + " "
        + zone;
  }
}
