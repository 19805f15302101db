package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.GET;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody else does to an instance behind the operator's back. */
class DriftIT {

  @RegisterExtension
  private static final OperatorFixture it =
      OperatorFixture.standard()
          .with("COMPUTE_API_TOKEN", "")
          .with("COMPUTE_API_KEY", OperatorFixture.KEY)
          .with("COMPUTE_API_SECRET", OperatorFixture.SECRET);

  @Test
  void whatIsStoppedBehindOurBackIsStartedAgain() {
    Subject web = it.running("web", "power", "Running");

    it.api().world().stop(web.instanceId());

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(it.attempts()).containsExactly(CREATE, START));
    web.awaitReady("Running");
    web.awaitEvent("Started");
    assertThat(it.journal().calls()).allMatch(call -> call.authentication().equals("key"));
  }

  @Test
  void whatIsStartedBehindOurBackIsStoppedAgain() {
    Subject web = it.running("web", "power", "Running");
    web.power("Stopped").awaitReady("Stopped");

    it.api().world().start(web.instanceId());

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(it.attempts()).containsExactly(CREATE, STOP, STOP));
    web.awaitReady("Stopped");
    assertThat(it.machine(web).state()).isEqualTo(MachineState.TERMINATED);
  }

  @Test
  void whatIsGoneBehindOurBackIsToldAfterASecondReadAndNotMadeAgain() {
    Subject web = it.running("web", "power", "Running");
    String id = web.instanceId();

    it.api().world().delete(id);
    web.awaitStalled("InstanceNotFound");

    List<Call> reads =
        it.journal().callsFor(id).stream()
            .filter(call -> call.operation() == GET && Integer.valueOf(404).equals(call.status()))
            .toList();
    assertThat(reads).hasSizeGreaterThanOrEqualTo(2);
    web.awaitEvent("InstanceNotFound");
    assertThat(web.instanceId()).isEqualTo(id);
    it.restartOperator();
    it.awaitLists(2);
    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).isEmpty();
  }

  @Test
  void fromOneSpurious404NothingIsConcluded() {
    Subject web = it.running("web", "power", "Running");
    it.awaitLists(1);
    ActiveFault spurious = it.api().fault(Match.on(GET), Phase.BEFORE_COMMIT, Effect.status(404));

    it.api().world().dropFromListOnce(web.instanceId());
    spurious.awaitHit(Subject.PATIENCE);
    it.awaitLists(2);

    web.awaitReady("Running");
    assertThat(web.reasons()).doesNotContain("InstanceNotFound");
    assertThat(web.eventReasons()).doesNotContain("InstanceNotFound");
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void anEntryMissingFromOneListIsNoNews() {
    Subject web = it.running("web", "power", "Running");
    it.awaitLists(1);
    String version = web.resourceVersion();

    it.api().world().dropFromListOnce(web.instanceId());
    it.awaitLists(3);

    assertThat(web.resourceVersion()).isEqualTo(version);
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void anEmptyListMakesNoneOfManyLookGone() {
    List<Subject> all =
        IntStream.range(0, 4).mapToObj(i -> it.running("web-" + i, "power", "Running")).toList();
    it.awaitLists(1);
    List<String> versions = all.stream().map(Subject::resourceVersion).toList();
    ActiveFault empty =
        it.api()
            .fault(
                Match.on(com.threatwinds.compute.operator.simulator.Operation.LIST).times(3),
                Phase.BEFORE_COMMIT,
                Effect.status(404));

    empty.awaitHits(3, Subject.PATIENCE);
    it.awaitLists(1);

    assertThat(all.stream().map(Subject::resourceVersion).toList()).isEqualTo(versions);
    assertThat(it.attempts()).containsOnly(CREATE).hasSize(4);
  }

  @Test
  void anUnknownStateIsWaitedForAndNeverActedUpon() {
    Subject web = it.running("web", "power", "Running");
    it.awaitLists(1);
    ActiveFault strange =
        it.api()
            .fault(
                Match.on(GET, com.threatwinds.compute.operator.simulator.Operation.LIST).always(),
                Phase.AFTER_COMMIT,
                Effect.rewrite(body -> body.replace("\"RUNNING\"", "\"REPAIRING\"")));

    await()
        .atMost(Subject.PATIENCE)
        .until(() -> web.status().path("state").asText().equals("REPAIRING"));
    assertThat(Subject.told(web.now()).subList(0, 3)).containsExactly("False", "True", "False");
    strange.close();

    web.awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void anInstanceThatWasSuspendedStaysSoWherePowerIsLeftAlone() {
    Subject web = it.running("web");

    it.api().world().force(web.instanceId(), MachineState.SUSPENDED);

    web.awaitReady("Suspended");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE);
  }
}
