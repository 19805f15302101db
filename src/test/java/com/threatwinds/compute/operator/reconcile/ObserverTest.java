package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObserverTest {

  private static final Fingerprint OTHERS = new Fingerprint("00000000000000bb");

  private ModelOperator operator = new ModelOperator();
  private final ModelApi api = operator.api;
  private final ModelCluster cluster = operator.cluster;

  private Observation glance(String name) {
    return operator.rooms.observer().glance(new Pass(cluster, cluster.cached(name).orElseThrow()));
  }

  private Observation look(String name) {
    return operator.rooms.observer().look(new Pass(cluster, cluster.cached(name).orElseThrow()));
  }

  private int callsSince(Runnable act) {
    int before = api.calls().size();
    act.run();
    return api.calls().size() - before;
  }

  // -- what it costs

  @Test
  void aGlanceAtWhatTheListShowsCostsNoCall() {
    operator.running(Wish.plain());

    assertThat(callsSince(() -> assertThat(glance("web")).isInstanceOf(Observation.Found.class)))
        .isZero();
  }

  @Test
  void aLookIsLive() {
    operator.running(Wish.plain());
    api.freezeList();
    operator.poll();
    api.move("i-1", InstanceState.TERMINATED);

    assertThat(glance("web")).isEqualTo(found(InstanceState.RUNNING, Optional.empty()));
    assertThat(look("web")).isEqualTo(found(InstanceState.TERMINATED, Optional.of(Errors.OURS)));
  }

  private Observation found(InstanceState state, Optional<Fingerprint> seenWith) {
    var listed = api.find("i-1").orElseThrow();
    var shown = ModelApi.instance("i-1", state);
    return new Observation.Found(
        new com.threatwinds.compute.operator.compute.Instance(
            listed.id(),
            shown.name(),
            listed.zone(),
            listed.machineType(),
            shown.externalIp(),
            shown.internalIp(),
            state,
            state.name(),
            listed.templateId(),
            listed.userId(),
            listed.createdAt()),
        Optional.empty(),
        seenWith);
  }

  @Test
  void whatTheListMayShowTooOldIsLookedAtLive() {
    operator.running(Wish.plain());
    operator.rooms.inventory().changed(new InstanceId("i-1"));

    assertThat(callsSince(() -> glance("web"))).isOne();
  }

  private void listIsOut() {
    api.outage(Errors.unavailable(Operation.LIST, 503));
    operator.poll();
  }

  @Test
  void whatWaitsIsLookedAtLiveWhileTheListCanNotBeRead() {
    cluster.apply(Wish.plain());
    operator.run("web", status -> status.instanceId() != null);
    operator.poll();
    listIsOut();
    api.move("i-1", InstanceState.RUNNING);

    assertThat(callsSince(() -> operator.pass("web"))).isOne();

    assertThat(operator.reason("web")).isEqualTo("Running");
  }

  @Test
  void whatWaitsForNothingCostsNoCallAndNoWriteWhileTheListCanNotBeRead() {
    for (int i = 0; i < 20; i++) {
      operator.running(Wish.named("r" + i));
    }
    listIsOut();
    int writes = cluster.writes().size();

    assertThat(callsSince(() -> cluster.names().forEach(operator::pass))).isZero();

    assertThat(cluster.writes()).hasSize(writes);
    assertThat(operator.reason("r0")).isEqualTo("Running");
  }

  @Test
  void anOldListMakesNothingReadyForANewSpec() {
    operator.running(Wish.plain().power(Power.RUNNING));
    listIsOut();
    api.outage(Errors.unavailable(Operation.GET, 503));
    api.move("i-1", InstanceState.TERMINATED);
    cluster.edit("web", w -> w.power(null));

    operator.pass("web");

    assertThat(operator.reason("web")).isEqualTo("ApiUnavailable");
    api.endOutages();
    operator.rest("web");
    assertThat(operator.reason("web")).isEqualTo("Stopped");
  }

  @Test
  void aListFromBeforeAStopNeverShowsThatItIsUndoneHoweverLongNoneCanBeRead() {
    operator.running(Wish.plain().power(Power.RUNNING));
    cluster.edit("web", w -> w.power(Power.STOPPED));
    operator.pass("web");
    api.move("i-1", InstanceState.TERMINATED);
    operator.pass("web");
    assertThat(operator.reason("web")).isEqualTo("Stopped");
    listIsOut();
    operator.advance(SampleSettings.SETTLE.multipliedBy(2));

    operator.pass("web");

    assertThat(operator.reason("web")).isEqualTo("Stopped");
    assertThat(api.changes()).containsExactly("create small -", "stop i-1");
  }

  @Test
  void nothingIsKnownBeforeTheFirstList() {
    cluster.apply(Wish.plain());

    assertThat(callsSince(() -> assertThat(glance("web")).isEqualTo(new Observation.NotYet())))
        .isZero();
  }

  @Test
  void whyNothingIsKnownIsTold() {
    cluster.apply(Wish.plain());
    api.fail(Errors.unauthenticated(Operation.LIST));
    operator.poll();

    assertThat(glance("web")).isInstanceOf(Observation.Failed.class);
  }

  @Test
  void thousandsThatAreAsAskedCostNothingAfterARestart() {
    for (int i = 0; i < 20; i++) {
      operator.running(Wish.named("r" + i));
    }
    ModelOperator next = operator.restarted();
    int calls = api.calls().size();
    int writes = cluster.writes().size();

    next.poll();
    cluster.names().forEach(next::pass);

    assertThat(api.calls().size() - calls).isOne();
    assertThat(cluster.writes()).hasSize(writes);
  }

  // -- absence

  @Test
  void oneAbsenceProvesNothing() {
    operator.running(Wish.plain());
    api.remove("i-1");
    operator.poll();

    operator.pass("web");

    assertThat(operator.reason("web")).isEqualTo("ApiUnavailable");
    assertThat(glance("web")).isEqualTo(new Observation.Absent(false, true));
  }

  @Test
  void aSecondReadAPollLaterConfirmsIt() {
    operator.running(Wish.plain());
    api.remove("i-1");
    operator.poll();
    operator.pass("web");

    operator.rest("web");

    assertThat(operator.reason("web")).isEqualTo("InstanceNotFound");
    assertThat(api.changes()).as("no other is made").hasSize(1);
  }

  @Test
  void whatComesBackWasNeverGone() {
    operator.running(Wish.plain());
    var instance = api.find("i-1").orElseThrow();
    api.remove("i-1");
    operator.poll();
    operator.pass("web");
    api.put(instance);

    operator.rest("web");

    assertThat(operator.reason("web")).isEqualTo("Running");
    api.remove("i-1");
    operator.poll();
    operator.advance(SampleSettings.FAST);
    assertThat(glance("web")).as("counted anew").isEqualTo(new Observation.Absent(false, true));
  }

  @Test
  void aListThatStillShowsItDelaysTheConclusion() {
    operator.running(Wish.plain());
    api.freezeList();
    api.remove("i-1");
    assertThat(look("web")).isEqualTo(new Observation.Absent(false, true));

    operator.advance(SampleSettings.FAST);
    operator.poll();
    assertThat(look("web")).isEqualTo(new Observation.Absent(false, true));

    operator.advance(SampleSettings.FAST.multipliedBy(6));
    assertThat(look("web")).isEqualTo(new Observation.Absent(true, true));
  }

  @Test
  void aListThatGoesOnToShowItDoesNotKeepADeletionWaitingForEver() {
    operator.running(Wish.plain());
    api.freezeList();
    api.remove("i-1");
    cluster.delete("web");

    for (int i = 0; i < 10; i++) {
      glance("web");
      look("web");
      operator.advance(SampleSettings.FAST);
      operator.poll();
    }

    assertThat(look("web")).isEqualTo(new Observation.Absent(true, true));
  }

  @Test
  void aDeletionIsAGlanceAtTheListAndOneLook() {
    operator.running(Wish.plain());
    cluster.delete("web");

    int calls = callsSince(() -> operator.pass("web"));

    assertThat(calls).as("the look and the delete").isEqualTo(2);
    assertThat(cluster.exists("web")).isFalse();
  }

  @Test
  void a404OfAGatewayIsNoAbsence() {
    operator.running(Wish.plain());
    api.fail(Errors.strayNotFound(Operation.GET));

    assertThat(look("web")).isInstanceOf(Observation.Failed.class);
  }

  @Test
  void whatIsStalledForAnAbsenceDoesNotKeepTheListBusy() {
    operator.running(Wish.plain());
    api.remove("i-1");
    operator.poll();
    operator.rest("web");
    operator.advance(SampleSettings.SETTLE);
    operator.poll();
    operator.pass("web");

    operator.poll();

    assertThat(operator.rooms.inventory().dueIn()).isEqualTo(SampleSettings.SLOW);
  }

  // -- accounts

  @Test
  void anotherAccountNeverMeansGone() {
    operator.running(Wish.plain().power(Power.RUNNING));
    cluster.delete("web");
    api.credentials(OTHERS);
    api.remove("i-1");
    operator = operator.restarted();

    for (int i = 0; i < 20; i++) {
      operator.poll();
      operator.pass("web").ifPresent(operator::advance);
    }

    assertThat(cluster.exists("web")).isTrue();
    assertThat(operator.reason("web")).isEqualTo("AccountMismatch");
    assertThat(api.count(Operation.DELETE)).isZero();
  }

  @Test
  void rotatedCredentialsAreProvenByWhatTheListShows() {
    operator.running(Wish.plain());
    operator.running(Wish.named("other"));
    api.credentials(OTHERS);
    api.remove("i-1");
    operator = operator.restarted();

    operator.poll();
    assertThat(look("web")).isEqualTo(new Observation.Absent(false, true));
  }

  @Test
  void rotatedCredentialsAreProvenByAnEarlierAnswer() {
    operator.running(Wish.plain());
    api.credentials(OTHERS);
    operator.poll();
    api.remove("i-1");
    operator.poll();

    assertThat(look("web")).isEqualTo(new Observation.Absent(false, true));
  }

  @Test
  void aListOfAnotherUserIsOfAnotherAccount() {
    operator.running(Wish.plain());
    api.remove("i-1");
    var foreign = ModelApi.instance("f-1", InstanceState.RUNNING);
    api.put(
        new com.threatwinds.compute.operator.compute.Instance(
            foreign.id(),
            null,
            null,
            null,
            null,
            null,
            foreign.state(),
            "RUNNING",
            null,
            "user-2",
            null));
    api.credentials(OTHERS);
    operator.poll();

    assertThat(glance("web")).isEqualTo(new Observation.OtherAccount());
    operator.pass("web");
    assertThat(operator.reason("web"))
        .as("a resource that waits for nothing keeps its conditions")
        .isEqualTo("Running");
  }

  // -- taking over

  @Test
  void takesOverWhatIsFree() {
    api.put("i-9", InstanceState.RUNNING);
    cluster.apply(Wish.plain().takeOver("i-9"));

    operator.rest("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-9");
    assertThat(cluster.status("web").takenOver()).isTrue();
    assertThat(operator.events).containsExactly("Adopted");
  }

  @Test
  void takesOverNothingWhereItIsNotAllowed() {
    operator =
        new ModelOperator(
            api, cluster, SampleSettings.of(Recovery.AUTO, SampleSettings.FAST, false));
    api.put("i-9", InstanceState.RUNNING);
    cluster.apply(Wish.plain().annotated(Annotations.INSTANCE_ID, "i-9"));

    operator.rest("web");

    assertThat(operator.reason("web")).isEqualTo("TakeoverNotAllowed");
    assertThat(api.changes()).as("nothing is created either").isEmpty();
  }

  @Test
  void takesOverNothingThatAnotherHolds() {
    operator.running(Wish.named("owner"));
    cluster.apply(Wish.plain().takeOver("i-1"));

    operator.rest("web");

    assertThat(operator.reason("web")).isEqualTo("InstanceClaimed");
    assertThat(operator.reason("owner")).isEqualTo("Running");
  }

  @Test
  void takesOverNothingWhoseHolderCanNotBeRead() {
    api.put("i-9", InstanceState.RUNNING);
    api.put("i-8", InstanceState.RUNNING);
    cluster.apply(Wish.named("broken"));
    cluster.writeBehindOurBack(
        "broken", s -> StatusRows.stored("{\"instanceId\": \"i-9\", \"power\": 5}"));
    cluster.apply(Wish.named("lost").annotated(Annotations.INSTANCE_ID, "i-8"));
    cluster.writeBehindOurBack("lost", s -> StatusRows.stored("{\"instanceId\": {}}"));
    cluster.apply(Wish.named("a").takeOver("i-9"));
    cluster.apply(Wish.named("b").takeOver("i-8"));

    operator.rest("a");
    operator.rest("b");

    assertThat(List.of(operator.reason("a"), operator.reason("b")))
        .containsExactly("InstanceClaimed", "InstanceClaimed");
  }

  @Test
  void aHolderThatTheInformerDoesNotKnowYetIsFoundLive() {
    api.put("i-9", InstanceState.RUNNING);
    cluster.apply(Wish.plain().takeOver("i-9"));
    cluster.apply(Wish.named("owner"));
    cluster.freezeCache();
    cluster.writeBehindOurBack(
        "owner",
        s ->
            StatusRows.pass(
                Wish.named("owner").takeOver("i-9"),
                s,
                new Observation.Found(
                    ModelApi.instance("i-9", InstanceState.RUNNING), Optional.empty()),
                new com.threatwinds.compute.operator.decision.Action.TakeOver(
                    ModelApi.instance("i-9", InstanceState.RUNNING)),
                new Outcome.Made(
                    new com.threatwinds.compute.operator.compute.Seen(
                        ModelApi.instance("i-9", InstanceState.RUNNING), Errors.OURS))));
    operator.poll();

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isNull();
    assertThat(operator.reason("web")).isEqualTo("InstanceClaimed");
  }

  @Test
  void twoAnnotationsForOneInstanceBindNeither() {
    api.put("i-9", InstanceState.RUNNING);
    cluster.apply(Wish.named("a").annotated(Annotations.INSTANCE_ID, "i-9"));
    cluster.apply(Wish.named("b").annotated(Annotations.INSTANCE_ID, "i-9"));

    operator.rest("a");
    operator.rest("b");

    assertThat(List.of(operator.reason("a"), operator.reason("b")))
        .containsExactly("InstanceClaimed", "InstanceClaimed");
    assertThat(api.changes()).isEmpty();
  }
}
