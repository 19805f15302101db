package com.threatwinds.compute.operator.api.v1alpha1;

/** The three conditions of every {@link ComputeInstance}, with the meanings of kstatus. */
public enum ConditionType {
  /** The instance is as the spec asks, a stopped one that should be stopped included. */
  READY("Ready"),
  /** The operator will act, or look again, by itself. */
  RECONCILING("Reconciling"),
  /** A person must act. Never true together with {@link #RECONCILING}. */
  STALLED("Stalled");

  private final String word;

  ConditionType(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
