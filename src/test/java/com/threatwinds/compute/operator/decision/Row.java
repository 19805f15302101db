package com.threatwinds.compute.operator.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.decision.Given.Asked;
import com.threatwinds.compute.operator.decision.Given.Recorded;

/** One row of the table: a sentence, and what must be decided on which grounds. */
record Row(
    String sentence,
    Desired desired,
    ComputeInstanceStatus status,
    Observation observation,
    Expected expected) {

  static Row row(
      String sentence, Asked asked, Recorded recorded, Observation observation, Expected expected) {
    return new Row(sentence, asked.desired(), recorded.status(), observation, expected);
  }

  static Row row(
      String sentence, Asked asked, Recorded recorded, Observation observation, Action expected) {
    return row(
        sentence, asked, recorded, observation, action -> assertThat(action).isEqualTo(expected));
  }

  /** What an action must be. */
  interface Expected {
    void check(Action action);
  }

  /** A wait for that reason, whose sentence has these words. */
  static Expected waits(Reason reason, String... words) {
    return action ->
        assertThat(action)
            .isInstanceOfSatisfying(
                Action.Wait.class,
                wait -> {
                  assertThat(wait.reason()).isEqualTo(reason);
                  assertThat(words).allMatch(wait.message()::contains, wait.message());
                });
  }

  /** A stall for that reason, whose sentence has these words. */
  static Expected stalls(Reason reason, String... words) {
    return action ->
        assertThat(action)
            .isInstanceOfSatisfying(
                Action.Stall.class,
                stall -> {
                  assertThat(stall.reason()).isEqualTo(reason);
                  assertThat(words).allMatch(stall.message()::contains, stall.message());
                });
  }

  void holds() {
    expected.check(Decider.decide(desired, status, observation));
  }

  /** Names the row in a report. */
  @Override
  public String toString() {
    return sentence;
  }
}
