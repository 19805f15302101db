package com.threatwinds.compute.operator.simulator;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The faults that are in, in the order in which they strike. */
public final class Faults {

  private final List<ActiveFault> active = new CopyOnWriteArrayList<>();
  private final AtomicInteger lastId = new AtomicInteger();

  Faults() {}

  /** Puts a fault in; calls are counted from now on. */
  public ActiveFault add(Match match, Phase phase, Effect effect) {
    int id = lastId.incrementAndGet();
    ActiveFault fault = new ActiveFault(id, match, phase, effect, () -> remove(id));
    active.add(fault);
    return fault;
  }

  public List<ActiveFault> all() {
    return List.copyOf(active);
  }

  public Optional<ActiveFault> find(int id) {
    return active.stream().filter(fault -> fault.id() == id).findFirst();
  }

  /** Takes all out; what they hold goes on. */
  public void clear() {
    all().forEach(ActiveFault::close);
  }

  void abandon() {
    active.forEach(ActiveFault::abandon);
  }

  /** Those that strike this call; every fault that covers it has counted it. */
  List<ActiveFault> claim(
      Operation operation, @Nullable String instanceId, @Nullable String account) {
    return active.stream().filter(fault -> fault.claims(operation, instanceId, account)).toList();
  }

  private void remove(int id) {
    active.removeIf(fault -> fault.id() == id);
  }
}
