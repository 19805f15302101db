package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A create whose answer is lost, one way or another: one instance in the end, and bound. */
class CreateOutcomeIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @Test
  void anAnswerLostAfterTheCommitEndsWithThatInstanceBound() {
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());

    Subject web = it.apply("web", "power", "Running").awaitReconciling("ConfirmingCreate");
    web.awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
    assertThat(web.eventReasons()).contains("ConfirmingCreate", "Adopted");
    assertThat(web.status().has("create")).isFalse();
  }

  @Test
  void aConnectionLostBeforeTheCommitEndsWithOneInstanceToo() {
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.BEFORE_COMMIT, Effect.reset());

    Subject web = it.apply("web").awaitReconciling("ConfirmingCreate");
    web.awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE, CREATE);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
  }

  @Test
  void aServerErrorAfterTheCommitEndsWithThatInstanceBound() {
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.status(500));

    Subject web = it.apply("web").awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
  }

  @Test
  void anAnswerThatCannotBeReadEndsWithThatInstanceBound() {
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.halfBody());

    Subject web = it.apply("web").awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
  }

  @Test
  void aCreateThatIsDoneLateIsFoundAllTheSame() {
    it.operator();
    try (ActiveFault held = it.api().hold(Match.on(CREATE), Phase.BEFORE_COMMIT)) {
      Subject web = it.apply("web").awaitReconciling("ConfirmingCreate");

      held.release();
      web.awaitReady("Running");

      assertThat(it.attempts()).containsExactly(CREATE);
      assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
    }
  }

  @Test
  void aListThatLagsDoesNotHideTheOutcome() {
    it.api().settings().listLag(Duration.ofMillis(900));
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());

    Subject web = it.apply("web").awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
  }

  @ParameterizedTest
  @EnumSource
  void aProcessKilledWhileItWaitsForTheAnswerLeavesOneInstance(Commit commit) {
    OperatorProcess operator = it.operator();
    ActiveFault held =
        it.api()
            .fault(
                Match.on(CREATE),
                commit == Commit.DONE ? Phase.AFTER_COMMIT : Phase.BEFORE_COMMIT,
                commit == Commit.LATE ? Effect.hang() : Effect.blackHole());
    Subject web = it.apply("web");
    held.awaitHit(Subject.PATIENCE);

    operator.kill();
    held.close();
    it.operator();
    web.awaitReady("Running");

    assertThat(it.attempts(CREATE)).isEqualTo(commit == Commit.NEVER ? 2 : 1);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(web.instanceId());
  }

  private enum Commit {
    DONE,
    LATE,
    NEVER
  }

  @Test
  void threeCreatesThatLoseTheirAnswersAtOnceEndWithAnInstanceEach() {
    it.operator();
    it.api().fault(Match.on(CREATE).times(3), Phase.AFTER_COMMIT, Effect.reset());

    List<Subject> all = List.of(it.apply("a"), it.apply("b"), it.apply("c"));
    all.forEach(one -> one.awaitReady("Running"));

    assertThat(it.attempts()).containsExactly(CREATE, CREATE, CREATE);
    Set<String> bound = new HashSet<>();
    all.forEach(one -> bound.add(one.instanceId()));
    assertThat(it.machines()).extracting(Machine::id).containsExactlyInAnyOrderElementsOf(bound);
  }

  @Test
  void ofThreeCreatesOfWhichOneWasDoneEachEndsWithAnInstance() {
    it.operator();
    it.api().fault(Match.on(CREATE).nth(1), Phase.BEFORE_COMMIT, Effect.reset());
    it.api().fault(Match.on(CREATE).nth(2), Phase.AFTER_COMMIT, Effect.reset());
    it.api().fault(Match.on(CREATE).nth(3), Phase.BEFORE_COMMIT, Effect.reset());

    List<Subject> all = List.of(it.apply("a"), it.apply("b"), it.apply("c"));
    all.forEach(one -> one.awaitReady("Running"));

    assertThat(it.journal().committed(CREATE)).hasSize(3);
    Set<String> bound = new HashSet<>();
    all.forEach(one -> bound.add(one.instanceId()));
    assertThat(it.machines()).extracting(Machine::id).containsExactlyInAnyOrderElementsOf(bound);
  }

  @Test
  void amongTwinsNoneIsTakenAndAPersonMayNameOne() {
    it.operator();
    Subject web = ambiguous();
    JsonNode create = web.status().path("create");
    assertThat(create.path("candidates")).hasSize(2);
    it.machines().forEach(machine -> assertThat(web.message()).contains(machine.id()));
    assertThat(web.message()).contains("resolve-create", create.path("attemptId").asText());
    web.awaitEvent("CreateOutcomeUnknown");
    it.awaitLists(2);
    assertThat(it.machines()).hasSize(2);
    assertThat(web.instanceId()).isEmpty();

    web.annotate("resolve-create", "adopt:tw-000000-11111111");
    it.awaitLists(2);
    assertThat(web.instanceId()).as("only a candidate may be named").isEmpty();
    String chosen = create.at("/candidates/1").asText();
    web.annotate("resolve-create", "adopt:" + chosen).awaitReady("Running");

    assertThat(web.instanceId()).isEqualTo(chosen);
    assertThat(it.machines()).hasSize(2);
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void amongTwinsAPersonMayAskForAnother() {
    it.operator();
    Subject web = ambiguous();
    List<String> twins = it.machines().stream().map(Machine::id).toList();

    web.annotate("resolve-create", "retry:" + web.status().at("/create/attemptId").asText());
    web.awaitReady("Running");

    assertThat(twins).doesNotContain(web.instanceId());
    assertThat(it.machines()).hasSize(3);
    assertThat(it.attempts()).containsExactly(CREATE, CREATE);
  }

  /** Its create was done, its answer lost, and somebody made the like meanwhile. */
  private Subject ambiguous() {
    ActiveFault lost = it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());
    Subject web = it.apply("web");
    lost.awaitHit(Subject.PATIENCE);
    it.api()
        .world()
        .add(
            OperatorFixture.USER,
            OperatorFixture.TEMPLATE,
            OperatorFixture.ZONE,
            MachineState.RUNNING);
    return web.awaitStalled("CreateOutcomeUnknown");
  }

  @Test
  void whereSettlingIsHeldAPersonDecidesAlways() {
    it.operatorWith(Map.of("COMPUTE_CREATE_RECOVERY", "hold"));
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());

    Subject web = it.apply("web").awaitStalled("CreateOutcomeUnknown");

    String made = it.machines().getFirst().id();
    assertThat(web.status().at("/create/candidates").toString()).contains(made);
    web.annotate("resolve-create", "adopt:" + made).awaitReady("Running");
    assertThat(web.instanceId()).isEqualTo(made);
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void byItselfItAdoptsOnlyWhereTheAccountIsOursAlone() {
    it.api().world().add(OperatorFixture.USER, "debian-12-standard", null, MachineState.RUNNING);
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());

    Subject web = it.apply("web").awaitStalled("CreateOutcomeUnknown");

    assertThat(web.status().at("/create/candidates")).hasSize(1);
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void whereAdoptingIsAllowedAForeignInstanceElsewhereIsNoObstacle() {
    it.api().world().add(OperatorFixture.USER, "debian-12-standard", null, MachineState.RUNNING);
    it.operatorWith(Map.of("COMPUTE_CREATE_RECOVERY", "adopt"));
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());

    Subject web = it.apply("web").awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machine(web).templateId()).isEqualTo(OperatorFixture.TEMPLATE);
  }

  @Test
  void anInstanceThatWasThereBeforeIsNeverTheOutcome() {
    Machine before =
        it.api()
            .world()
            .add(
                OperatorFixture.USER,
                OperatorFixture.TEMPLATE,
                OperatorFixture.ZONE,
                MachineState.RUNNING);
    it.operatorWith(Map.of("COMPUTE_CREATE_RECOVERY", "adopt"));
    it.awaitLists(1);
    it.api().fault(Match.on(CREATE), Phase.BEFORE_COMMIT, Effect.reset());

    Subject web = it.apply("web").awaitReady("Running");

    assertThat(web.instanceId()).isNotEqualTo(before.id());
    assertThat(it.machines()).hasSize(2);
  }

  @Test
  void aShutdownWaitsForTheAnswerAndRecordsIt() {
    OperatorProcess operator = it.operator();
    try (ActiveFault held = it.api().hold(Match.on(CREATE), Phase.AFTER_COMMIT)) {
      Subject web = it.apply("web");
      held.awaitHit(Subject.PATIENCE);

      operator.terminate();
      await()
          .atMost(Duration.ofSeconds(1))
          .pollDelay(Duration.ofMillis(500))
          .until(operator::isAlive);
      held.release();
      int exitCode = operator.awaitExit(Subject.PATIENCE);

      assertThat(exitCode).isIn(0, 143);
      assertThat(web.instanceId()).isEqualTo(it.machines().getFirst().id());
      assertThat(web.status().has("create")).isFalse();
    }
  }

  @Test
  void aShutdownDuringAnUnansweredCreateEndsWithItsTimeout() {
    OperatorProcess operator = it.operator();
    try (ActiveFault held = it.api().hold(Match.on(CREATE), Phase.AFTER_COMMIT)) {
      Subject web = it.apply("web");
      held.awaitHit(Subject.PATIENCE);

      operator.terminate();
      operator.awaitExit(Subject.PATIENCE);

      assertThat(web.status().path("create").path("attemptId").asText()).isNotEmpty();
      it.operator();
      web.awaitReady("Running");
      assertThat(it.attempts()).containsExactly(CREATE);
    }
  }

  @Test
  void aDeletedResourceSettlesItsOpenCreateFirst() {
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());
    Subject web = it.apply("web").awaitReconciling("ConfirmingCreate");

    web.delete().awaitGone();

    assertThat(it.machines()).isEmpty();
    assertThat(it.journal().changes()).extracting(Call::operation).containsExactly(CREATE, DELETE);
  }

  @Test
  void aDeletedResourceWhoseCreateWasNotDoneJustGoes() {
    it.operator();
    it.api().fault(Match.on(CREATE), Phase.BEFORE_COMMIT, Effect.reset());
    Subject web = it.apply("web").awaitReconciling("ConfirmingCreate");

    web.delete().awaitGone();

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).isEmpty();
  }

  @Test
  void aResourceDeletedWhileItsCreateIsUnderWayTakesTheInstanceWithIt() {
    it.operator();
    try (ActiveFault held = it.api().hold(Match.on(CREATE), Phase.AFTER_COMMIT)) {
      Subject web = it.apply("web");
      held.awaitHit(Subject.PATIENCE);

      web.delete();
      held.release();
      web.awaitGone();

      await().atMost(Subject.PATIENCE).until(() -> it.machines().isEmpty());
      assertThat(it.attempts()).containsExactly(CREATE, DELETE);
    }
  }
}
