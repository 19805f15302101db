package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static com.threatwinds.compute.operator.simulator.Operation.RESTART;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Restarts and resets: each request once, whatever happens to the operator meanwhile. */
class RequestsIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @Test
  void aResetIsSentOnceAcrossReapplyOperatorRestartAndRevert() {
    Subject web = it.running("web", "power", "Running");
    web.power("Reset", "r1").awaitRequest("Reset", "r1", "Accepted");

    web.power("Reset", "r1").annotate("touched", "by a re-apply");
    it.restartOperator();
    it.awaitLists(2);
    assertThat(it.attempts()).containsExactly(CREATE, RESET);

    web.power("Reset", "r2").awaitRequest("Reset", "r2", "Accepted");
    assertThat(it.attempts()).containsExactly(CREATE, RESET, RESET);

    web.power("Reset", "r1").awaitReady("Running");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, RESET, RESET);
    assertThat(it.machine(web).resets()).isEqualTo(2);
  }

  @Test
  void withoutAnIdEachChangeToTheValueIsOneRequest() {
    Subject web = it.running("web", "power", "Running");

    web.power("Restart").awaitRequest("Restart", null, "Accepted").awaitReady("Running");
    web.power("Running").awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE, RESTART);
    web.power("Restart");

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(it.attempts()).containsExactly(CREATE, RESTART, RESTART));
    it.restartOperator();
    it.awaitLists(2);
    assertThat(it.attempts()).containsExactly(CREATE, RESTART, RESTART);
  }

  @Test
  void eachNewValueOfAnAnnotationIsOneRequest() {
    Subject web = it.running("web");

    web.annotate("restart-requested", "monday").awaitRequest("Restart", "monday", "Accepted");
    web.annotate("restart-requested", "monday").set("power", "Running").awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE, RESTART);
    web.annotate("restart-requested", "tuesday").awaitRequest("Restart", "tuesday", "Accepted");
    web.annotate("reset-requested", "monday").awaitRequest("Reset", "monday", "Accepted");
    web.annotate("restart-requested", "monday");
    it.restartOperator();
    it.awaitLists(2);

    assertThat(it.attempts()).containsExactly(CREATE, RESTART, RESTART, RESET);
  }

  @Test
  void requestsThatAreThereAtTheCreationAreSkipped() {
    it.operator();
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.putObject("metadata")
        .putObject("annotations")
        .put(Subject.PREFIX + "restart-requested", "then");
    json.putObject("spec")
        .put("templateId", OperatorFixture.TEMPLATE)
        .put("power", "Reset")
        .put("powerRequestId", "r1");

    Subject web = it.applyJson(it.namespace(), "web", json).awaitReady("Running");

    assertThat(web.status().at("/power/outcome").asText()).isEqualTo("Skipped");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE);
    web.power("Reset", "r2").awaitRequest("Reset", "r2", "Accepted");
    assertThat(it.attempts()).containsExactly(CREATE, RESET);
  }

  @Test
  void annotationsAreSkippedWhileTheInstanceShouldBeStopped() {
    Subject web = it.running("web", "power", "Running");
    web.power("Stopped").awaitReady("Stopped");

    web.annotate("reset-requested", "now").awaitRequest("Reset", "now", "Skipped");

    web.power("Running").awaitReady("Running");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, STOP, START);
  }

  @ParameterizedTest
  @EnumSource(names = {"RESTART", "RESET"})
  void onAStoppedInstanceARequestIsAStartAndThereByDone(Operation operation) {
    String power = operation == RESTART ? "Restart" : "Reset";
    Subject web = it.running("web", "power", "Running");
    web.power("Stopped").awaitReady("Stopped");

    web.power(power, "r1").awaitRequest(power, "r1", "Accepted").awaitReady("Running");

    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, STOP, START);
    assertThat(it.machine(web).restarts() + it.machine(web).resets()).isZero();
  }

  @Test
  void aRequestMeansRunningFromThenOn() {
    Subject web = it.running("web", "power", "Running");
    web.power("Reset", "r1").awaitRequest("Reset", "r1", "Accepted");

    it.api().world().stop(web.instanceId());

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(it.attempts()).containsExactly(CREATE, RESET, START));
    web.awaitReady("Running");
  }

  @Test
  void aRequestThatTheApiRefusesIsRejectedAndNotRepeated() {
    Subject web = it.running("web", "power", "Running");
    it.api().fault(Match.on(RESET), Phase.BEFORE_COMMIT, Effect.status(400));

    web.power("Reset", "r1").awaitStalled("RequestRejected");

    assertThat(web.status().at("/power/outcome").asText()).isEqualTo("Rejected");
    assertThat(web.message()).contains("simulated status 400");
    assertThat(web.status().at("/lastError/httpStatus").asInt()).isEqualTo(400);
    assertThat(web.status().at("/lastError/errorId").asText()).isNotEmpty();
    web.awaitEvent("RequestRejected");
    it.restartOperator();
    it.awaitLists(2);
    assertThat(it.attempts()).containsExactly(CREATE, RESET);
    web.power("Reset", "r2").awaitRequest("Reset", "r2", "Accepted").awaitReady("Running");
    assertThat(web.status().has("lastError")).isFalse();
  }

  @Test
  void aRequestWhoseAnswerIsLostIsUnknownAndNeverSentAgain() {
    Subject web = it.running("web", "power", "Running");
    it.api().fault(Match.on(RESET), Phase.AFTER_COMMIT, Effect.reset());

    web.power("Reset", "r1").awaitRequest("Reset", "r1", "Unknown");

    web.awaitReady("Running").awaitEvent("PowerOutcomeUnknown");
    it.restartOperator();
    web.annotate("touched", "again");
    it.awaitLists(2);
    assertThat(it.attempts()).containsExactly(CREATE, RESET);
    assertThat(it.machine(web).resets()).isEqualTo(1);
    assertThat(web.eventReasons()).containsOnlyOnce("PowerOutcomeUnknown");
  }

  @Test
  void aRequestWithoutAnAnswerInTimeIsUnknown() {
    Subject web = it.running("web", "power", "Running");
    try (ActiveFault held = it.api().hold(Match.on(RESTART), Phase.AFTER_COMMIT)) {
      web.power("Restart", "r1");
      held.awaitHit(Subject.PATIENCE);

      web.awaitRequest("Restart", "r1", "Unknown").awaitReady("Running");
    }

    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, RESTART);
  }

  @Test
  void aServerErrorLeavesARequestUnknown() {
    Subject web = it.running("web", "power", "Running");
    it.api().fault(Match.on(RESET), Phase.AFTER_COMMIT, Effect.status(502).unexplained());

    web.power("Reset", "r1").awaitRequest("Reset", "r1", "Unknown").awaitReady("Running");

    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, RESET);
  }

  @Test
  void aRequestOfAKilledProcessIsUnknownAndItsIdIsNotForgotten() {
    Subject web = it.running("web", "power", "Running");
    ActiveFault held = it.api().hold(Match.on(RESET), Phase.AFTER_COMMIT);
    web.power("Reset", "r1");
    held.awaitHit(Subject.PATIENCE);
    assertThat(web.status().at("/power/outcome").asText()).isEqualTo("Issuing");

    it.operator().kill();
    held.close();
    web.power("Reset", "r2");
    it.operator();

    web.awaitRequest("Reset", "r2", "Accepted").awaitEvent("PowerOutcomeUnknown");
    web.power("Reset", "r1").awaitReady("Running");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, RESET, RESET);
  }

  @Test
  void aLimitedRequestIsSentOnceAfterThePause() {
    Subject web = it.running("web", "power", "Running");
    it.operatorWith(java.util.Map.of("LOG_FORMAT", "text"));
    it.api().fault(Match.on(RESET), Phase.BEFORE_COMMIT, Effect.status(429).retryAfter("2"));

    web.power("Reset", "r1").awaitReconciling("RateLimited");
    web.awaitRequest("Reset", "r1", "Accepted").awaitReady("Running");

    it.awaitLists(1);
    List<Call> resets = it.journal().calls(RESET);
    assertThat(resets).extracting(Call::committed).containsExactly(false, true);
    assertThat(Duration.between(resets.getFirst().receivedAt(), resets.getLast().receivedAt()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    assertThat(web.eventReasons()).doesNotContain("PowerOutcomeUnknown");
  }

  @Test
  void aRequestThatFindsNobodyListeningIsSentOnceSomebodyDoes() {
    Subject web = it.running("web", "power", "Running");
    it.api().offline();

    web.power("Restart", "r1").awaitReconciling("ApiUnavailable");
    it.api().online();

    web.awaitRequest("Restart", "r1", "Accepted").awaitReady("Running");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, RESTART);
  }

  @Test
  void aRequestWaitsWhileTheInstanceMoves() {
    Subject web = it.running("web", "power", "Running");
    it.api().world().force(web.instanceId(), MachineState.STOPPING);
    web.awaitReconciling("Stopping");

    web.power("Reset", "r1").awaitReconciling("Stopping");
    it.awaitLists(2);
    assertThat(it.attempts()).as("while it moves").containsExactly(CREATE);
    it.api().world().force(web.instanceId(), MachineState.TERMINATED);
    web.awaitRequest("Reset", "r1", "Accepted").awaitReady("Running");

    assertThat(it.attempts()).containsExactly(CREATE, START);
    assertThat(it.journal().attempts()).allMatch(Call::committed);
  }
}
