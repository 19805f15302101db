package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.testing.OperatorProcess;
import java.util.List;
import java.util.Map;

/** Who is measured. */
enum Contender {
  /** 30 % of the pods of 256Mi and 768Mi that docs/scale.md advises. */
  OURS("77m", "230m"),

  /** What it needs for as many: a resource is about ten times as large in it. */
  PEER("192m", "768m");

  private static final int MOST_IN_HEAP = 10_000;

  private final String heap;
  private final String largeHeap;

  Contender(String heap, String largeHeap) {
    this.heap = heap;
    this.largeHeap = largeHeap;
  }

  /**
   * Starts it.
   *
   * @param resources that there are
   */
  OperatorProcess start(Map<String, String> settings, int resources) {
    // What a JVM chooses by itself in a small pod: here the machine's memory would decide. And what
    // the Dockerfile adds.
    List<String> jvm =
        List.of(
            "-XX:+UseSerialGC",
            "-Xms8m",
            "-Xmx" + (resources > MOST_IN_HEAP ? largeHeap : heap),
            "-XX:TrimNativeHeapInterval=10000");
    return switch (this) {
      case OURS -> OperatorProcess.start(settings, jvm);
      case PEER -> OperatorProcess.startPlain(settings, jvm);
    };
  }

  @Override
  public String toString() {
    return switch (this) {
      case OURS -> "ours";
      case PEER -> "peer";
    };
  }
}
