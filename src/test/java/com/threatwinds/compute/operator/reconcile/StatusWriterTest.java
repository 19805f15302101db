package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatusWriterTest {

  private static final Duration SPAN = SampleSettings.TIMEOUT.plus(SampleSettings.SETTLE);

  private final ModelOperator operator = new ModelOperator();
  private final ModelApi api = operator.api;
  private final ModelCluster cluster = operator.cluster;

  private void resource(Wish wish) {
    cluster.apply(wish);
    operator.poll();
  }

  // -- what was made is written until it holds

  @Test
  void anInstanceIsBoundAfterAnOutageOfTheKubernetesApi() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          for (int i = 0; i < 20; i++) {
            cluster.loseNextWrite();
          }
        });

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.changes()).hasSize(1);
  }

  @Test
  void anInstanceIsBoundWhateverElseIsEditedMeanwhile() {
    resource(Wish.plain());
    api.during(Operation.CREATE, () -> cluster.edit("web", w -> w.power(Power.STOPPED)));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  @Test
  void anInstanceIsBoundAlsoWhenTheResourceIsBeingDeletedByThen() {
    resource(Wish.plain());
    api.during(Operation.CREATE, () -> cluster.delete("web"));

    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    operator.rest("web");

    assertThat(cluster.exists("web")).isFalse();
    assertThat(api.ids()).isEmpty();
  }

  @Test
  void aLostAnswerToTheBindingIsNoConflictWithItself() {
    resource(Wish.plain());
    api.during(Operation.CREATE, cluster::loseNextAnswer);

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.ids()).containsExactly("i-1");
  }

  @Test
  void aStatusThatIsNeverToBeAcceptedDoesNotHoldTheLaneForEver() {
    resource(Wish.named("a"));
    resource(Wish.named("b"));
    api.during(
        Operation.CREATE,
        () -> {
          for (int i = 0; i < 10; i++) {
            cluster.refuseNext();
          }
        });

    assertThatThrownBy(() -> operator.pass("a")).isInstanceOf(KubernetesClientException.class);
    cluster.forgive();
    operator.pass("b");

    assertThat(cluster.status("b").instanceId()).isEqualTo("i-2");
    operator.rest("a");
    assertThat(cluster.status("a").instanceId()).as("found in the list").isEqualTo("i-1");
  }

  @Test
  void anInstanceIsBoundWhateverTheAttemptWasToldMeanwhile() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () ->
            cluster.writeBehindOurBack("web", s -> StatusReport.knowing(s, new InstanceId("i-9"))));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.ids()).containsExactly("i-1");
  }

  @Test
  void whoStoodStillTooLongLeavesTheBindingToWhoLeadsNow() {
    leadsFor(Duration.ofSeconds(10));
    resource(Wish.plain());
    beforeItIsRecorded(() -> operator.advance(SPAN));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isNull();
    assertThat(cluster.status("web").create()).as("whoever leads settles it").isNotNull();
    assertThat(api.ids()).containsExactly("i-1");
  }

  @Test
  void whoLostTheLeaseLeavesTheBindingOnlyOnceAnotherMayHaveSettledTheCreate() {
    leadsFor(Duration.ofSeconds(10));
    resource(Wish.plain());
    beforeItIsRecorded(() -> operator.advance(SPAN.minusSeconds(1)));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  @Test
  void whoLeadsAgainAfterAnotherLeavesTheBindingTo() {
    leadsFor(Duration.ofDays(1));
    resource(Wish.plain());
    beforeItIsRecorded(
        () -> {
          operator.advance(SPAN);
          operator.leadership.lost();
          operator.leadership.won();
        });

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isNull();
  }

  @Test
  void whoLedAllTheTimeBindsHoweverLongThatTook() {
    leadsFor(Duration.ofDays(1));
    resource(Wish.plain());
    beforeItIsRecorded(() -> operator.advance(SPAN.multipliedBy(2)));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  /** The instance is made, and the first write of its binding is lost. */
  private void beforeItIsRecorded(Runnable event) {
    api.during(Operation.CREATE, cluster::loseNextWrite);
    operator.whileAsleep(event);
  }

  private void leadsFor(Duration lease) {
    operator.leadership.granted(operator.clock.getAsLong(), lease);
  }

  // -- what is late

  @Test
  void anInstanceThatNobodyWaitsForAnyMoreIsDeleted() {
    resource(Wish.plain());
    api.during(Operation.CREATE, () -> cluster.remove("web"));

    operator.pass("web");

    assertThat(api.changes()).containsExactly("create small -", "delete i-1");
    assertThat(api.ids()).isEmpty();
  }

  @Test
  void anInstanceForAResourceThatWasReplacedIsDeleted() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          cluster.remove("web");
          cluster.apply(Wish.named("other"));
        });

    operator.pass("web");

    assertThat(api.ids()).isEmpty();
  }

  @Test
  void aLateInstanceIsKeptWhileAnOpenCreateMayClaimIt() {
    resource(Wish.named("a"));
    api.fail(Errors.noAnswer(Operation.CREATE));
    operator.pass("a");
    assertThat(cluster.status("a").create()).isNotNull();
    resource(Wish.named("b"));
    api.during(Operation.CREATE, () -> cluster.remove("b"));

    operator.pass("b");

    assertThat(api.ids()).containsExactly("i-1");
    assertThat(operator.told).endsWith("a CreateOutcomeUnknown");
    operator.rest("a");
    assertThat(cluster.status("a").instanceId()).isEqualTo("i-1");
    assertThat(operator.rooms.late().remaining()).isEmpty();
  }

  @Test
  void aLateInstanceIsKeptWhenItIsBoundByThen() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          cluster.remove("web");
          cluster.apply(Wish.named("other"));
          cluster.writeBehindOurBack(
              "other", status -> StatusRows.running(Wish.named("other"))); // Bound to i-1.
        });

    operator.pass("web");

    assertThat(api.ids()).containsExactly("i-1");
  }

  @Test
  void aLateInstanceIsKeptWhenAResourceFromABackupAsksForIt() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          cluster.remove("web");
          cluster.apply(Wish.named("other").annotated(Annotations.INSTANCE_ID, "i-1"));
        });

    operator.pass("web");

    assertThat(api.ids()).containsExactly("i-1");
  }

  /** An instance for a resource that is gone by then, and that can't be deleted yet. */
  private void lateAndOut() {
    resource(Wish.plain());
    api.during(Operation.CREATE, () -> cluster.remove("web"));
    api.outage(Errors.unavailable(Operation.DELETE, 503));
    operator.pass("web");
    assertThat(api.ids()).containsExactly("i-1");
  }

  @Test
  void aLateInstanceIsDeletedHoweverLongThatTakes() {
    lateAndOut();
    operator.tryLate(10);
    assertThat(operator.rooms.late().remaining()).containsExactly(new InstanceId("i-1"));

    api.endOutages();
    operator.tryLate(1);

    assertThat(api.ids()).isEmpty();
    assertThat(operator.rooms.late().remaining()).isEmpty();
  }

  @Test
  void aDeletionOfALateInstanceThatFailsIsTriedLessAndLessOften() {
    lateAndOut();

    for (int i = 0; i < 60; i++) {
      operator.advance(Duration.ofSeconds(1));
      operator.rooms.late().tryDue();
    }

    assertThat(api.count(Operation.DELETE)).as("after 0, 1, 3, 7, 15, 31 s").isEqualTo(6);
  }

  @Test
  void aLateInstanceIsTriedAgainAfterAnOutageOfTheKubernetesApi() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          cluster.remove("web");
          cluster.unlistable(true);
        });
    operator.pass("web");
    assertThat(api.ids()).containsExactly("i-1");

    cluster.unlistable(false);
    operator.tryLate(1);

    assertThat(api.ids()).isEmpty();
  }

  @Test
  void aLateInstanceThatIsGoneByThenIsNoneAnyMore() {
    lateAndOut();
    api.endOutages();
    api.remove("i-1");

    operator.tryLate(1);

    assertThat(operator.rooms.late().remaining()).isEmpty();
  }

  @Test
  void aLateInstanceIsNotGoneBecauseAnotherAccountDoesNotKnowIt() {
    lateAndOut();
    api.endOutages();
    api.fail(Errors.notFound(Operation.DELETE, new Fingerprint("00000000000000bb")));
    api.fail(Errors.strayNotFound(Operation.DELETE));

    operator.tryLate(2);
    assertThat(operator.rooms.late().remaining()).hasSize(1);

    operator.tryLate(1);
    assertThat(api.ids()).isEmpty();
  }

  @Test
  void eachTryRestsOnTheResourcesAsTheyAreThen() {
    lateAndOut();
    api.endOutages();
    cluster.apply(Wish.named("other").annotated(Annotations.INSTANCE_ID, "i-1"));

    operator.tryLate(3);

    assertThat(api.ids()).containsExactly("i-1");
    assertThat(operator.told).containsExactly("other CreateOutcomeUnknown");
    operator.rest("other");
    operator.tryLate(1);
    assertThat(cluster.status("other").instanceId()).isEqualTo("i-1");
    assertThat(operator.rooms.late().remaining()).as("it is bound").isEmpty();
  }

  @Test
  void aLateInstanceIsShownOnTheResourceThatItWasMadeForIfThatIsStillThere() {
    resource(Wish.named("a"));
    api.fail(Errors.noAnswer(Operation.CREATE));
    operator.pass("a");
    resource(Wish.named("b"));
    api.during(
        Operation.CREATE,
        () -> cluster.writeBehindOurBack("b", s -> StatusRows.stored("{\"instanceId\": \"i-9\"}")));

    operator.pass("b");

    assertThat(operator.told).endsWith("b CreateOutcomeUnknown");
    assertThat(api.ids()).containsExactly("i-1");
  }

  @Test
  void anOpenCreateThatCanNotHaveMadeItKeepsNothing() {
    resource(Wish.named("a").zone("eu-west1-b"));
    api.fail(Errors.noAnswer(Operation.CREATE));
    operator.pass("a");
    assertThat(cluster.status("a").create()).isNotNull();
    resource(Wish.named("b").zone(ModelApi.ZONE));
    api.during(Operation.CREATE, () -> cluster.remove("b"));

    operator.pass("b");

    assertThat(api.ids()).isEmpty();
  }

  @Test
  void aLateInstanceIsKeptWhileAResourceCanNotBeReadThatMayBeBoundToIt() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          cluster.remove("web");
          cluster.apply(Wish.named("broken"));
          cluster.writeBehindOurBack("broken", s -> StatusRows.stored("{\"instanceId\": {}}"));
        });

    operator.pass("web");

    assertThat(api.ids()).containsExactly("i-1");
    cluster.remove("broken");
    operator.tryLate(1);
    assertThat(api.ids()).isEmpty();
  }

  @Test
  void whoDoesNotLeadDeletesNothingThatIsLate() {
    lateAndOut();
    api.endOutages();
    operator.leadership.lost();

    operator.tryLate(3);
    assertThat(api.ids()).containsExactly("i-1");

    operator.leadership.granted(operator.clock.getAsLong(), Duration.ofDays(1));
    operator.leadership.won();
    operator.tryLate(1);
    assertThat(api.ids()).isEmpty();
  }

  @Test
  void nothingLateIsTriedOnceTheProcessEnds() {
    lateAndOut();
    api.endOutages();
    operator.rooms.inFlight().close(Duration.ZERO);

    operator.tryLate(1);

    assertThat(operator.rooms.late().remaining()).containsExactly(new InstanceId("i-1"));
  }

  @Test
  void whatIsLateIsBounded() {
    api.outage(Errors.unavailable(Operation.DELETE, 503));
    for (int i = 0; i <= LateInstances.MOST; i++) {
      String name = "web-" + i;
      resource(Wish.named(name));
      api.during(Operation.CREATE, () -> cluster.remove(name));
      operator.pass(name);
    }

    assertThat(operator.rooms.late().remaining()).hasSize(LateInstances.MOST);
  }

  @Test
  void anInstanceThatWasToBeTakenOverIsNeverDeletedAsLate() {
    api.put("i-9", InstanceState.RUNNING);
    resource(Wish.plain().takeOver("i-9"));
    cluster.beforeNextStatus(() -> cluster.remove("web"));

    operator.pass("web");

    assertThat(api.changes()).isEmpty();
    assertThat(api.ids()).containsExactly("i-9");
  }

  @Test
  void anInstanceThatWasFoundByASettlementIsNeverDeletedAsLate() {
    resource(Wish.plain());
    api.failAfterCommit(Errors.noAnswer(Operation.CREATE));
    operator.pass("web");
    operator.advance(SampleSettings.TIMEOUT.plus(SampleSettings.SETTLE));
    operator.poll();
    operator.pass("web");
    operator.advance(SampleSettings.FAST);
    operator.poll();
    cluster.beforeNextStatus(() -> cluster.remove("web"));

    operator.pass("web");

    assertThat(cluster.exists("web")).isFalse();
    assertThat(api.ids()).containsExactly("i-1");
    assertThat(api.count(Operation.DELETE)).isZero();
  }

  // -- anything else

  @Test
  void anotherStatusIsNeverOverwritten() {
    ComputeInstanceStatus running = operator.running(Wish.plain().power(Power.RUNNING));
    api.move("i-1", InstanceState.TERMINATED);
    operator.poll();
    cluster.beforeNextStatus(
        () -> cluster.writeBehindOurBack("web", s -> StatusRows.stopped(Wish.plain())));

    operator.pass("web");

    assertThat(cluster.status("web")).isEqualTo(StatusRows.stopped(Wish.plain()));
    assertThat(running.instanceId()).isEqualTo("i-1");
  }

  @Test
  void anEditOfTheSpecIsNoReasonToLoseWhatWasSeen() {
    operator.running(Wish.plain());
    api.move("i-1", InstanceState.TERMINATED);
    operator.poll();
    cluster.beforeNextStatus(() -> cluster.edit("web", w -> w.annotated("a", "b")));

    operator.pass("web");

    assertThat(operator.reason("web")).isEqualTo("Stopped");
  }

  @Test
  void aWriteThatFailsIsLeftToTheNextPassAfterAFewTries() {
    operator.running(Wish.plain());
    api.move("i-1", InstanceState.TERMINATED);
    operator.poll();
    for (int i = 0; i < 3; i++) {
      cluster.loseNextWrite();
    }

    assertThatThrownBy(() -> operator.pass("web")).isInstanceOf(KubernetesClientException.class);

    operator.rest("web");
    assertThat(operator.reason("web")).isEqualTo("Stopped");
  }

  @Test
  void aStatusThatCanNotBeReadAsAWholeIsNeverOverwrittenByWhatWasFound() {
    resource(Wish.plain());
    api.during(
        Operation.CREATE,
        () -> {
          String attempt = cluster.status("web").create().attemptId();
          cluster.writeBehindOurBack(
              "web",
              s ->
                  StatusRows.stored(
                      """
                      {"create": {"attemptId": "%s", "templateId": "small"}, "power": 5}"""
                          .formatted(attempt)));
        });

    operator.pass("web");

    assertThat(cluster.status("web").problem()).isNotNull();
    assertThat(cluster.status("web").instanceId()).isNull();
    assertThat(api.ids()).as("it may be this attempt's").containsExactly("i-1");
  }

  @Test
  void anEqualStatusIsNotWritten() {
    operator.running(Wish.plain());
    int writes = cluster.writes().size();

    for (int i = 0; i < 5; i++) {
      operator.advance(SampleSettings.SLOW);
      operator.poll();
      operator.pass("web");
    }

    assertThat(cluster.writes()).hasSize(writes);
  }
}
