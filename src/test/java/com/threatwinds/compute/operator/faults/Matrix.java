package com.threatwinds.compute.operator.faults;

import java.util.ArrayList;
import java.util.List;

/** All cases, family by family. */
final class Matrix {

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
