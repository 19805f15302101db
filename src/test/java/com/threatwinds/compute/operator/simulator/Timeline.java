package com.threatwinds.compute.operator.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One instance over time, its promised future included. So nothing has to happen when a transition
 * is due, and a lagging list is a look at an earlier moment.
 */
final class Timeline {

  private final List<Moment> moments = new ArrayList<>();

  /** As it was then; empty before it was made and after it was deleted. */
  Optional<Machine> at(Instant when) {
    for (int i = moments.size() - 1; i >= 0; i--) {
      if (!moments.get(i).since().isAfter(when)) {
        return Optional.ofNullable(moments.get(i).machine());
      }
    }
    return Optional.empty();
  }

  /** As it is, also if the clock was put back to before it was made. */
  Optional<Machine> now(Instant now) {
    if (!moments.isEmpty() && moments.getFirst().since().isAfter(now)) {
      return Optional.ofNullable(moments.getFirst().machine());
    }
    return at(now);
  }

  /** Whether it was like that at any moment between these two, as far as they have come. */
  boolean was(MachineState state, Instant from, Instant to) {
    for (int i = 0; i < moments.size(); i++) {
      Moment moment = moments.get(i);
      boolean begun = !moment.since().isAfter(to);
      boolean lasts = i + 1 == moments.size() || !moments.get(i + 1).since().isBefore(from);
      if (begun && lasts && moment.machine() != null && moment.machine().state() == state) {
        return true;
      }
    }
    return false;
  }

  /** From now on it will be otherwise than promised: what follows is told by {@link #then}. */
  Timeline turn(Instant now) {
    moments.removeIf(moment -> moment.since().isAfter(now));
    return this;
  }

  /**
   * @param machine null if it is gone then
   */
  Timeline then(Instant since, @Nullable Machine machine) {
    moments.add(new Moment(since, machine));
    return this;
  }

  private record Moment(Instant since, @Nullable Machine machine) {}
}
