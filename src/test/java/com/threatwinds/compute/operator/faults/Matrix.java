package com.threatwinds.compute.operator.faults;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All cases, family by family. */
final class Matrix {

  /** The fewest cases of each family. */
  static final Map<String, Integer> AT_LEAST =
      Map.ofEntries(
          entry("F1", 96),
          entry("F2", 48),
          entry("F3", 48),
          entry("F4", 36),
          entry("F5", 12),
          entry("F6", 14),
          entry("F7", 20),
          entry("F8", 4),
          entry("F9", 10),
          entry("F10", 10),
          entry("F11", 24),
          entry("F12", 12),
          entry("F13", 16),
          entry("F14", 12),
          entry("F15", 18),
          entry("F16", 10));

  private Matrix() {}

  static List<FaultCase> of(GoodRun good) {
    List<FaultCase> cases = new ArrayList<>();
    cases.addAll(CrashCases.of(good.boundaries()));
    cases.addAll(AnswerCases.all());
    cases.addAll(AccountCases.all());
    cases.addAll(ClusterCases.of(good.boundaries()));
    return cases;
  }
}
