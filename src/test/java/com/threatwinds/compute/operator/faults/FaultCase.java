package com.threatwinds.compute.operator.faults;

/**
 * One row of the matrix: what goes wrong, and when.
 *
 * @param family {@code F1} to {@code F16}
 * @param name unlike any other's of its family
 * @param setup of its stage
 * @param quick whether it is among the few of every run
 */
record FaultCase(String family, String name, Stage.Setup setup, boolean quick, Script script) {

  /** What happens on the stage; ends when everything is as the user asks. */
  interface Script {
    void play(Stage stage) throws Exception;
  }

  FaultCase(String family, String name, Stage.Setup setup, Script script) {
    this(family, name, setup, false, script);
  }

  /** Among those of every run. */
  FaultCase quickly(boolean whether) {
    return new FaultCase(family, name, setup, whether, script);
  }

  FaultCase of(Replica.Build build) {
    return new FaultCase(family, name, setup.of(build), quick, script);
  }

  @Override
  public String toString() {
    return family + " " + name;
  }
}
