package com.threatwinds.compute.operator.kubeproxy;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Every request of the operator that arrived at the proxy, by arrival. */
public final class KubeRecord {

  private final Queue<KubeCall> calls = new ConcurrentLinkedQueue<>();
  private final AtomicLong lastNumber = new AtomicLong();

  KubeRecord() {}

  /** All; some may still be under way. */
  public List<KubeCall> calls() {
    return List.copyOf(calls);
  }

  public List<KubeCall> calls(Predicate<KubeCall> wanted) {
    return calls.stream().filter(wanted).toList();
  }

  /** Those that were meant to change something, committed or not. */
  public List<KubeCall> writes() {
    return calls(KubeCall::isWrite);
  }

  /** Those that came after this number. */
  public List<KubeCall> since(long number) {
    return calls(call -> call.number() > number);
  }

  /** The last number given, for {@link #since}. */
  public long mark() {
    return lastNumber.get();
  }

  /** Forgets everything; numbers go on. */
  public void clear() {
    calls.clear();
  }

  KubeCall received(String method, String path, Map<String, String> query, Buffer body) {
    KubeCall call = new KubeCall(lastNumber.incrementAndGet(), method, path, query, body);
    calls.add(call);
    return call;
  }

  /** A line each. */
  @Override
  public String toString() {
    return calls.stream().map(KubeCall::toString).collect(Collectors.joining("\n", "", "\n"));
  }
}
