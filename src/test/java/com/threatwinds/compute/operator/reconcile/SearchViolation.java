package com.threatwinds.compute.operator.reconcile;

/** Something that must never happen did. */
final class SearchViolation extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int invariant;

  /**
   * @param invariant its number in the design; 0 for a pass that throws, 7 for a dead end
   */
  SearchViolation(int invariant, String what) {
    super(what, null, false, false);
    this.invariant = invariant;
  }

  int invariant() {
    return invariant;
  }
}
