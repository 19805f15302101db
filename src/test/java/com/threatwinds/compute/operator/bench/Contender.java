package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.testing.OperatorProcess;
import java.util.List;
import java.util.Map;

/** Who is measured. */
enum Contender {
  OURS,
  PEER;

  /**
   * Starts it.
   *
   * @param heap such as {@code 192m}
   */
  OperatorProcess start(Map<String, String> settings, String heap) {
    // What a JVM chooses by itself in a pod of that size: there the machine's memory would decide.
    List<String> jvm = List.of("-XX:+UseSerialGC", "-Xms8m", "-Xmx" + heap);
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
