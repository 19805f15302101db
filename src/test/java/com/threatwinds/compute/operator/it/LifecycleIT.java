package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.GET;
import static com.threatwinds.compute.operator.simulator.Operation.LIST;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static com.threatwinds.compute.operator.simulator.Operation.RESTART;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The main path: from apply to a running machine and back. */
class LifecycleIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @Test
  void createStopStartResetRestartAndDeleteCostSixCallsThatChangeSomething() {
    Subject web = it.running("web", "power", "Running");
    web.power("Stopped").awaitReady("Stopped");
    web.power("Running").awaitReady("Running");
    web.power("Reset").awaitRequest("Reset", null, "Accepted").awaitReady("Running");
    web.power("Restart").awaitRequest("Restart", null, "Accepted").awaitReady("Running");
    web.awaitEvent("Restarted");
    web.delete().awaitGone();

    assertThat(it.attempts()).containsExactly(CREATE, STOP, START, RESET, RESTART, DELETE);
    assertThat(it.journal().attempts()).allMatch(Call::committed);
    assertThat(it.machines()).isEmpty();
    assertThat(web.reasons())
        .containsSubsequence(
            "Creating",
            "Provisioning",
            "Running",
            "Stopping",
            "Stopped",
            "Starting",
            "Running",
            "Resetting",
            "Running",
            "Restarting",
            "Running");
    await()
        .untilAsserted(
            () ->
                assertThat(web.eventReasons())
                    .containsExactlyInAnyOrder(
                        "Created",
                        "Provisioned",
                        "Stopped",
                        "Started",
                        "Reset",
                        "Restarted",
                        "Deleted"));
  }

  @Test
  void everyCallThatChangesAnInstanceFollowsAFreshReadOfIt() {
    Subject web = it.running("web", "power", "Running");
    web.power("Stopped").awaitReady("Stopped");
    web.power("Restart").awaitRequest("Restart", null, "Accepted").awaitReady("Running");
    web.power("Reset").awaitRequest("Reset", null, "Accepted").awaitReady("Running");
    web.delete().awaitGone();

    assertThat(it.attempts()).containsExactly(CREATE, STOP, START, RESET, DELETE);
    List<Call> calls = it.journal().calls(GET, STOP, START, RESET, DELETE);
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).operation().isChange()) {
        assertThat(i).isPositive();
        assertThat(calls.get(i - 1).operation()).as(calls.toString()).isEqualTo(GET);
        assertThat(calls.get(i - 1).succeeded()).isTrue();
      }
    }
  }

  @Test
  void tellsAllThatTheApiSaysOfTheInstance() {
    Subject web = it.running("web", "zone", "us-central1-b");

    Machine machine = it.machine(web);
    JsonNode status = web.status();
    assertThat(status.path("instanceId").asText()).isEqualTo(machine.id());
    assertThat(status.path("name").asText()).isEqualTo(machine.id());
    assertThat(status.path("state").asText()).isEqualTo("RUNNING");
    assertThat(status.path("zone").asText()).isEqualTo("us-central1-b");
    assertThat(status.path("machineType").asText()).isEqualTo("n1-standard-2");
    assertThat(status.path("externalIp").asText()).isEqualTo(machine.externalIp()).isNotEmpty();
    assertThat(status.path("internalIp").asText()).isEqualTo(machine.internalIp()).isNotEmpty();
    assertThat(status.path("userId").asText()).isEqualTo(OperatorFixture.USER);
    assertThat(status.path("createdAt").asText()).isNotEmpty();
    assertThat(status.path("observedGeneration").asLong()).isEqualTo(1);
    assertThat(status.at("/accepted/templateId").asText()).isEqualTo(OperatorFixture.TEMPLATE);
    assertThat(status.at("/accepted/zone").asText()).isEqualTo("us-central1-b");
    assertThat(status.has("create")).isFalse();
    assertThat(status.has("lastError")).isFalse();
  }

  @Test
  void followsTheAddressThatChangesOverAStopAndStart() {
    Subject web = it.running("web", "power", "Running");
    String address = web.status().path("externalIp").asText();

    web.power("Stopped").awaitReady("Stopped");
    assertThat(web.status().path("externalIp").asText()).isEmpty();
    web.power("Running").awaitReady("Running");

    assertThat(web.status().path("externalIp").asText())
        .isEqualTo(it.machine(web).externalIp())
        .isNotEqualTo(address);
  }

  @Test
  void announcesTheCreateBeforeItIsSent() {
    it.operator();
    try (ActiveFault held = it.api().hold(Match.on(CREATE), Phase.BEFORE_COMMIT)) {
      Subject web = it.apply("web");
      held.awaitHit(Subject.PATIENCE);

      JsonNode announced = web.now();

      assertThat(announced.at("/metadata/finalizers").toString()).contains(Subject.FINALIZER);
      assertThat(announced.at("/status/create/attemptId").asText()).isNotEmpty();
      assertThat(announced.at("/status/create/startedAt").asText()).isNotEmpty();
      assertThat(Subject.told(announced)).containsExactly("False", "True", "False", "Creating");
      assertThat(announced.at("/status/instanceId").isMissingNode()).isTrue();
      held.release();
      web.awaitReady("Running");
    }
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void keepsACopyOfTheBindingInAnAnnotationAndPutsItBack() {
    Subject web = it.running("web");
    String copy = "/metadata/annotations/compute.threatwinds.com~1instance-id";
    await().until(() -> web.now().at(copy).asText().equals(web.instanceId()));

    web.annotate("instance-id", null);

    await().until(() -> web.now().at(copy).asText().equals(web.instanceId()));
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void writesNothingWhileNothingHappens() {
    Subject web = it.running("web", "power", "Running");
    web.awaitEvent("Provisioned");
    it.awaitLists(1);
    String version = web.resourceVersion();

    it.awaitLists(3);

    assertThat(web.resourceVersion()).isEqualTo(version);
    assertThat(web.eventReasons()).containsExactlyInAnyOrder("Created", "Provisioned");
  }

  @Test
  void readsTheListSeldomAgainOnceNothingMoves() {
    it.api().settings().provisioning(Duration.ofMinutes(5));
    it.operator();
    Subject web = it.apply("web", "deletionPolicy", "Retain").awaitReconciling("Provisioning");

    web.delete().awaitGone();

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () -> {
              List<Call> lists = it.journal().calls(LIST);
              assertThat(lists).hasSizeGreaterThan(1);
              Duration last =
                  Duration.between(
                      lists.get(lists.size() - 2).receivedAt(), lists.getLast().receivedAt());
              assertThat(last).isGreaterThan(OperatorFixture.POLL.dividedBy(2));
            });
  }

  @Test
  void aCreateCostsFewWritesAndNoneThatSaysNothingNew() {
    Subject web = it.running("web", "power", "Running");
    it.awaitLists(2);

    List<String> contents =
        web.versions().stream()
            .map(
                v ->
                    v.path("status")
                        + " "
                        + v.at("/metadata/finalizers")
                        + v.at("/metadata/annotations"))
            .toList();
    assertThat(contents).doesNotHaveDuplicates();
    // applied; finalizer, attempt, binding, its copy, running
    assertThat(contents).hasSizeBetween(5, 7);
  }

  @Test
  void leavesPowerAloneWhereNothingIsAskedOfIt() {
    Subject web = it.running("web");

    it.api().world().stop(web.instanceId());
    web.awaitReady("Stopped");
    it.api().world().force(web.instanceId(), MachineState.SUSPENDED);
    web.awaitReady("Suspended");
    it.api().world().force(web.instanceId(), MachineState.RUNNING);
    web.awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void startsASuspendedInstanceThatShouldRun() {
    Subject web = it.running("web", "power", "Running");

    it.api().world().force(web.instanceId(), MachineState.SUSPENDED);

    await().untilAsserted(() -> assertThat(it.attempts()).containsExactly(CREATE, START));
    web.awaitReady("Running");
  }

  @Test
  void stopsANewInstanceThatShouldBeStopped() {
    it.operator();

    Subject web = it.apply("web", "power", "Stopped").awaitReady("Stopped");

    assertThat(it.attempts()).containsExactly(CREATE, STOP);
    assertThat(it.machine(web).state()).isEqualTo(MachineState.TERMINATED);
  }

  @Test
  void changesNothingWhilePausedAndCatchesUpAfterwards() {
    Subject web = it.running("web", "power", "Running");
    web.annotate("paused", "true");
    await()
        .until(
            () ->
                Subject.condition(web.now(), "Reconciling")
                    .path("reason")
                    .asText()
                    .equals("Paused"));

    web.power("Stopped");
    await().until(() -> Subject.told(web.now()).getFirst().equals("False"));
    it.awaitLists(2);

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(Subject.told(web.now()).subList(1, 3)).containsExactly("False", "False");
    web.annotate("paused", null).awaitReady("Stopped");
    assertThat(it.attempts()).containsExactly(CREATE, STOP);
  }

  @Test
  void createsNothingForAResourceThatIsBornPaused() {
    it.operator();
    var json = new com.fasterxml.jackson.databind.ObjectMapper().createObjectNode();
    json.putObject("metadata").putObject("annotations").put(Subject.PREFIX + "paused", "true");
    json.putObject("spec").put("templateId", OperatorFixture.TEMPLATE);
    Subject web = it.applyJson(it.namespace(), "web", json);
    await().until(() -> Subject.told(web.now()).getLast().equals("Paused"));
    it.awaitLists(1);
    assertThat(it.attempts()).isEmpty();

    web.annotate("paused", null).awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
  }
}
