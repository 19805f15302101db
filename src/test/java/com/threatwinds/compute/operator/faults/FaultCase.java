package com.threatwinds.compute.operator.faults;

import com.threatwinds.compute.operator.faults.Boundary.Moment;
import java.util.Optional;

/**
 * One row of the matrix: what goes wrong, and when.
 *
 * @param family {@code F1} to {@code F16}
 * @param name unlike any other's of its family
 * @param place where a process is hit, for a case that hits one at a boundary
 * @param setup of its stage
 * @param quick whether it is among the few of every run
 */
record FaultCase(
    String family,
    String name,
    Optional<Place> place,
    Stage.Setup setup,
    boolean quick,
    Script script) {

  /** One moment of one boundary. */
  record Place(Boundary boundary, Moment moment) {
    @Override
    public String toString() {
      return boundary + " " + moment;
    }
  }

  /** What happens on the stage; ends when everything is as the user asks. */
  interface Script {
    void play(Stage stage) throws Exception;
  }

  FaultCase(String family, String name, Stage.Setup setup, Script script) {
    this(family, name, Optional.empty(), setup, false, script);
  }

  /** One that hits a process there. */
  FaultCase at(Boundary boundary, Moment moment) {
    return new FaultCase(
        family, name, Optional.of(new Place(boundary, moment)), setup, quick, script);
  }

  /** Among those of every run. */
  FaultCase quickly(boolean whether) {
    return new FaultCase(family, name, place, setup, whether, script);
  }

  /**
   * The same, played by another build of the operator.
   *
   * @param whose in words
   */
  FaultCase of(Replica.Build build, String whose) {
    return new FaultCase(family, name + ", " + whose, place, setup.of(build), quick, script);
  }

  @Override
  public String toString() {
    return family + " " + name;
  }
}
