package com.threatwinds.compute.operator.compute;

/** The calls of the API, by the word that status, log and metrics use for them. */
public enum Operation {
  CREATE("create", true),
  LIST("list", false),
  GET("get", false),
  DELETE("delete", true),
  START("start", true),
  STOP("stop", true),
  RESTART("restart", true),
  RESET("reset", true),
  TEMPLATES("templates", false),
  ZONES("zones", false),
  /** Those of the Billing API. */
  BILLING("billing", false);

  private final String word;
  private final boolean change;

  Operation(String word, boolean change) {
    this.word = word;
    this.change = change;
  }

  /** Whether it changes something at the API. */
  public boolean isChange() {
    return change;
  }

  @Override
  public String toString() {
    return word;
  }
}
