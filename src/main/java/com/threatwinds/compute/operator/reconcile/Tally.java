package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.InstanceState;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How many resources stand where, kept up to date as they change: to unpack and count ten thousand
 * for each scrape would take a tenth of a second.
 *
 * <p>Whatever a status says, there is a closed set of things that it is counted as.
 */
final class Tally {

  /** Whether the resource is as asked, in the words of a condition. */
  enum Ready {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String word;

    Ready(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /**
   * Where a resource stands.
   *
   * @param state of its instance; null if it has none
   * @param reason of what it waits for; null if it waits for nothing, or nobody has said why
   */
  private record Standing(@Nullable InstanceState state, Ready ready, @Nullable Reason reason) {}

  private final Map<Standing, Integer> counts = new HashMap<>();

  /** A resource changed: null is one that was not there, or is no longer. */
  synchronized void moved(@Nullable ComputeInstance before, @Nullable ComputeInstance after) {
    if (before != null) {
      counts.merge(of(before), -1, Tally::sum);
    }
    if (after != null) {
      counts.merge(of(after), 1, Tally::sum);
    }
  }

  private static @Nullable Integer sum(int some, int more) {
    return some + more == 0 ? null : some + more;
  }

  /** How many have an instance in that state, or none at all, and are so ready. */
  synchronized int count(@Nullable InstanceState state, Ready ready) {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().state() == state && e.getKey().ready() == ready)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** How many are not ready for that reason. */
  synchronized int waiting(Reason reason) {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().reason() == reason)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static Standing of(ComputeInstance resource) {
    ComputeInstanceStatus status = Pass.statusOf(resource);
    InstanceState state = status.state() == null ? null : InstanceState.of(status.state());
    Optional<Condition> condition = status.condition(ConditionType.READY);
    Ready ready = condition.map(Tally::readyOf).orElse(Ready.UNKNOWN);
    Reason reason = ready == Ready.TRUE ? null : condition.flatMap(Tally::reasonOf).orElse(null);
    return new Standing(state, ready, reason);
  }

  private static Ready readyOf(Condition condition) {
    return Stream.of(Ready.values())
        .filter(ready -> ready.toString().equals(condition.getStatus()))
        .findFirst()
        .orElse(Ready.UNKNOWN);
  }

  private static Optional<Reason> reasonOf(Condition condition) {
    return Stream.of(Reason.values())
        .filter(reason -> reason.toString().equals(condition.getReason()))
        .findFirst();
  }
}
