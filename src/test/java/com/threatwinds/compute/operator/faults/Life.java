package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.Subject;
import java.util.List;

/** The whole life of one instance, as its user sees it: what every crash is put into. */
final class Life {

  static final String NAME = "web";

  private Life() {}

  /** From the first apply to the last trace; the user waits for each step. */
  static void live(Stage stage) {
    Subject web = born(stage);
    power(stage, web);
    requests(stage, web);
    end(stage, web);
  }

  static Subject born(Stage stage) {
    Subject web = stage.apply(NAME, "power", "Running", "zone", Stage.ZONE);
    return stage.awaitReady(web, "Running");
  }

  static void power(Stage stage, Subject web) {
    stage.awaitReady(stage.power(web, "Stopped", null), "Stopped");
    stage.awaitReady(stage.power(web, "Running", null), "Running");
  }

  static void requests(Stage stage, Subject web) {
    stage.power(web, "Restart", "r1");
    assertThat(stage.awaitRequest(web, "Restart", "r1")).isIn("Accepted", "Unknown");
    stage.awaitReady(web, "Running");
    stage.power(web, "Reset", "r2");
    assertThat(stage.awaitRequest(web, "Reset", "r2")).isIn("Accepted", "Unknown");
    stage.awaitReady(web, "Running");
  }

  static void end(Stage stage, Subject web) {
    stage.delete(web);
    stage.awaitGone(web);
    noneIsLeft(stage);
  }

  /** Of ours; a late one may still be on its way out. */
  static void noneIsLeft(Stage stage) {
    await()
        .alias("no instance of ours is left")
        .atMost(Stage.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(stage.machines())
                    .extracting(Machine::id)
                    .containsExactlyInAnyOrderElementsOf(stage.foreign()));
  }

  /** How often that was tried, by whomever. */
  static int tried(Stage stage, Operation operation) {
    return stage.api().journal().calls(operation).size();
  }

  static List<Operation> committed(Stage stage) {
    return stage.api().journal().changes().stream().map(call -> call.operation()).toList();
  }
}
