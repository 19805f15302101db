package com.threatwinds.compute.operator.kubeproxy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The faults that are in, in the order in which they strike. */
public final class KubeFaults {

  private final EventLoop loop;
  private final List<KubeFault> active = new CopyOnWriteArrayList<>();

  KubeFaults(EventLoop loop) {
    this.loop = loop;
  }

  /** Puts a fault in; calls are counted from now on. */
  public KubeFault add(KubeMatch match, KubePhase phase, KubeEffect effect) {
    KubeFault fault = new KubeFault(loop, match, phase, effect, active::remove);
    active.add(fault);
    return fault;
  }

  public List<KubeFault> all() {
    return List.copyOf(active);
  }

  /** Takes all out; what they hold goes on. */
  public void clear() {
    all().forEach(KubeFault::close);
  }

  void abandon() {
    active.forEach(KubeFault::abandon);
  }

  /** Those that strike this call; every fault that covers it has counted it. */
  List<KubeFault> claim(KubeCall call) {
    return active.stream().filter(fault -> fault.claims(call)).toList();
  }
}
