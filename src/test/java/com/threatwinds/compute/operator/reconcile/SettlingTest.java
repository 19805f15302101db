package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How an open create is settled, in whole passes. */
class SettlingTest {

  private static final Duration SPAN = SampleSettings.TIMEOUT.plus(SampleSettings.SETTLE);

  private ModelOperator operator = new ModelOperator();
  private final ModelApi api = operator.api;
  private final ModelCluster cluster = operator.cluster;

  /** A create whose answer was lost. */
  private void open(String name, boolean made) {
    cluster.apply(Wish.named(name));
    operator.poll();
    if (made) {
      api.failAfterCommit(Errors.noAnswer(Operation.CREATE));
    } else {
      api.fail(Errors.noAnswer(Operation.CREATE));
    }
    operator.pass(name);
    assertThat(cluster.status(name).create()).isNotNull();
  }

  @Test
  void isNotConcludedBeforeTheCallAndTheListHaveHadTheirTime() {
    open("web", true);
    operator.advance(SPAN.minusSeconds(1));
    operator.poll();

    operator.pass("web");

    assertThat(operator.reason("web")).isEqualTo("ConfirmingCreate");
    assertThat(cluster.status("web").instanceId()).isNull();
  }

  @Test
  void theTimeBeginsAnewForAProcessThatRemembersNothing() {
    open("web", true);
    operator.advance(SPAN);
    operator = operator.restarted();
    operator.poll();

    operator.pass("web");
    operator.advance(SPAN.minusSeconds(1));
    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).isNull();

    operator.rest("web");
    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  @Test
  void needsTwoListsAPollApartThatWereAskedForWhenItWasDue() {
    open("web", true);
    operator.advance(SPAN);

    operator.pass("web");
    operator.poll();
    operator.pass("web");
    operator.poll();
    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).as("at once").isNull();

    operator.advance(SampleSettings.FAST);
    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).as("without another list").isNull();

    operator.poll();
    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  @Test
  void takesItsListsFromThoseThatAreReadForEverybody() {
    open("web", true);
    operator.advance(SPAN);
    int lists = api.count(Operation.LIST);

    operator.pass("web");
    assertThat(operator.rooms.inventory().dueIn()).as("asks for one").isZero();
    operator.poll();
    operator.pass("web");
    operator.advance(SampleSettings.FAST);
    operator.poll();
    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.count(Operation.LIST)).isEqualTo(lists + 2);
  }

  @Test
  void whatOthersWereToldBeforeTheProcessDiedIsStillBoundToTheOneThatItWasFor() {
    open("web", true);
    open("next", false);
    cluster.writeBehindOurBack("next", s -> StatusReport.knowing(s, new InstanceId("i-1")));
    operator = operator.restarted();

    operator.run("next", status -> status.instanceId() != null);
    operator.run("web", status -> status.instanceId() != null);

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(cluster.status("next").instanceId()).isEqualTo("i-2");
    assertThat(api.ids()).containsExactly("i-1", "i-2");
  }

  @Test
  void bindsWhatWasMadeAndSendsNothing() {
    open("web", true);

    operator.run("web", status -> status.instanceId() != null);

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.changes()).hasSize(1);
    assertThat(operator.events).containsExactly("ConfirmingCreate", "Adopted");
  }

  @Test
  void beginsAnewWhatMadeNothing() {
    open("web", false);

    operator.rest("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.ids()).containsExactly("i-1");
    assertThat(api.changes()).hasSize(2);
  }

  @Test
  void severalAreSettledTogether() {
    open("a", true);
    open("b", false);
    open("c", true);

    for (int i = 0; i < 60; i++) {
      operator.poll();
      operator.pass("a");
      operator.pass("b");
      operator.pass("c");
      operator.advance(SampleSettings.FAST);
    }

    assertThat(api.ids()).hasSize(3);
    assertThat(cluster.names())
        .extracting(name -> cluster.status(name).instanceId())
        .containsExactlyInAnyOrderElementsOf(api.ids());
  }

  /** Every resource of that name has its lists; this is the pass that goes on from there. */
  private void twoLists(String... names) {
    operator.poll();
    for (String name : names) {
      operator.pass(name);
    }
    operator.advance(SampleSettings.FAST);
    operator.poll();
  }

  @Test
  void aCreateWaitsForNoSettlementBetweenItsLists() {
    open("web", true);
    operator.advance(SPAN);
    operator.poll();
    operator.pass("web");
    cluster.apply(Wish.named("next"));

    operator.pass("next");

    assertThat(cluster.status("next").instanceId()).isEqualTo("i-2");
    operator.rest("web");
    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  @Test
  void aCreateOfTheSameTemplateThatIsOpenMeanwhileKeepsItOpenToo() {
    open("web", false);
    operator.advance(SPAN);
    operator.poll();
    operator.pass("web");
    open("next", true);
    operator.advance(SampleSettings.FAST);
    operator.poll();

    operator.pass("web");
    assertThat(cluster.status("web").create()).as("i-1 may be of either").isNotNull();

    for (int i = 0; i < 60; i++) {
      operator.poll();
      operator.pass("web");
      operator.pass("next");
      operator.advance(SampleSettings.FAST);
    }
    assertThat(cluster.names())
        .extracting(name -> cluster.status(name).instanceId())
        .containsExactlyInAnyOrder("i-1", "i-2");
    assertThat(api.ids()).hasSize(2);
  }

  @Test
  void aListThatIsOlderThanTheEndOfAnothersTimeSettlesNeither() {
    open("web", true);
    operator.advance(SampleSettings.FAST.plusSeconds(1));
    open("next", true);
    operator.advance(SPAN.minus(SampleSettings.FAST).minusSeconds(1));
    api.hide("i-2", 2); // For as long as a list may lag.
    twoLists("web");
    operator.advance(SampleSettings.FAST);

    operator.pass("next");
    operator.pass("web");
    assertThat(cluster.status("web").create()).as("i-1 may be of either").isNotNull();

    for (int i = 0; i < 10; i++) {
      operator.poll();
      operator.pass("web");
      operator.pass("next");
      operator.advance(SampleSettings.FAST);
    }
    assertThat(cluster.names())
        .extracting(name -> cluster.status(name).instanceId())
        .containsExactlyInAnyOrder("i-1", "i-2");
    assertThat(api.ids()).hasSize(2);
  }

  @Test
  void theVerdictIsDrawnFromTheResourcesAsTheyAreInTheLane() {
    open("web", true);
    operator.advance(SPAN);
    twoLists("web");
    cluster.apply(Wish.named("quick"));
    // Between the rehearsal and the lane.
    api.during(
        Operation.GET,
        () -> cluster.writeBehindOurBack("quick", s -> StatusRows.running(Wish.named("quick"))));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).as("i-1 is bound to quick").isNull();
    assertThat(api.changes()).hasSize(1);
  }

  @Test
  void asksForNothingInTheLane() {
    open("web", true);
    operator.advance(SPAN);
    twoLists("web");
    operator.rooms.lane().enter(new Pass.Key("default", "other"), Instant.MIN, true);
    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).isNull();
    int calls = api.calls().size();

    operator.rooms.lane().leave(new Pass.Key("default", "other"));
    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.calls()).hasSize(calls);
  }

  @Test
  void manyThatOnlyAPersonCanSettleTakeNobodysTurn() {
    List<String> many = IntStream.range(0, 12).mapToObj(i -> "web-" + i).toList();
    many.forEach(name -> open(name, true));
    api.put(ModelApiInstances.copy(api.find("i-1").orElseThrow(), "x-1"));
    operator.advance(SPAN);
    twoLists(many.toArray(String[]::new));
    many.forEach(operator::pass);
    assertThat(many).allMatch(name -> operator.reason(name).equals("CreateOutcomeUnknown"));

    operator.advance(Duration.ofMinutes(5));
    many.forEach(operator::pass);
    cluster.apply(Wish.named("next"));
    operator.pass("next");

    assertThat(cluster.status("next").instanceId()).isNotNull();
  }

  @Test
  void whatIsOpenInAnotherAccountWaitsForNoTurn() {
    open("web", true);
    api.remove("i-1");
    api.credentials(new Fingerprint("00000000000000bb"));
    operator.advance(SPAN);
    operator.poll();
    operator.rooms.lane().enter(new Pass.Key("default", "other"), Instant.MIN, true);

    operator.pass("web");

    assertThat(operator.reason("web")).isEqualTo("AccountMismatch");
  }

  @Test
  void aSettlementThatNeverConcludesHoldsNobodyUp() {
    open("web", true);
    operator.advance(SPAN);
    api.conclusive(false);
    cluster.apply(Wish.named("next"));

    for (int i = 0; i < 10 && cluster.status("next").instanceId() == null; i++) {
      operator.poll();
      operator.pass("web");
      operator.pass("next");
      operator.advance(SampleSettings.FAST);
    }

    assertThat(cluster.status("web").instanceId()).isNull();
    assertThat(cluster.status("next").instanceId()).isNotNull();
  }

  @Test
  void aListThatLagsProvesNothing() {
    operator.running(Wish.named("old"));
    open("web", true);
    operator.advance(SPAN);
    api.hide("i-1", 3); // The one of "old", which answers.
    api.hide("i-2", 3);

    operator.run("web", status -> status.create() == null);

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-2");
    assertThat(api.ids()).hasSize(2);
  }

  /** Resources that keep their bindings to instances that no list shows. */
  private void boundAndMissing(int count, String user, Fingerprint credentials) {
    for (int i = 0; i < count; i++) {
      Wish wish = Wish.named("missing-" + i).paused();
      Instance instance =
          ModelApiInstances.ofUser(ModelApi.instance("m-" + i, InstanceState.RUNNING), user);
      cluster.apply(wish);
      cluster.writeBehindOurBack(
          wish.name(), s -> StatusRows.made(wish, new Seen(instance, credentials)));
    }
  }

  @Test
  void instancesOfAnotherAccountAreNotMissed() {
    boundAndMissing(30, "another user", new Fingerprint("00000000000000bb"));
    open("web", true);

    operator.run("web", status -> status.instanceId() != null);

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.calls()).noneMatch(call -> call.startsWith("get m-"));
  }

  @Test
  void aListThatMissesManyIsNotTrustedUntilTheyWereSeenToBeGoneTwice() {
    boundAndMissing(25, ModelApi.USER, Errors.OURS);
    open("web", true);
    operator.advance(SPAN);
    twoLists("web");
    operator.pass("web");
    assertThat(cluster.status("web").create()).as("after one look").isNotNull();

    operator.run("web", status -> status.instanceId() != null);

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    assertThat(api.calls()).contains("get m-0").filteredOn("get m-0"::equals).hasSize(2);
  }

  @Test
  void aPassEndsHoweverSlowTheAnswersAreAndTheNextGoesOnFromThere() {
    boundAndMissing(5, ModelApi.USER, Errors.OURS);
    open("web", true);
    operator.advance(SPAN);
    twoLists("web");
    for (int i = 0; i < 6; i++) {
      api.during(Operation.GET, () -> operator.advance(SampleSettings.TIMEOUT.minusSeconds(1)));
    }

    operator.pass("web");
    assertThat(api.count(Operation.GET)).isEqualTo(2);
    operator.pass("web");
    operator.pass("web");

    assertThat(api.count(Operation.GET)).as("each once").isEqualTo(6);
    assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
  }

  @Test
  void otherCredentialsConcludeNothing() {
    open("web", true);
    api.remove("i-1");
    api.credentials(new Fingerprint("00000000000000bb"));
    operator.advance(SPAN);

    for (int i = 0; i < 20; i++) {
      operator.poll();
      operator.pass("web").ifPresent(operator::advance);
    }

    assertThat(operator.reason("web")).isEqualTo("AccountMismatch");
    assertThat(cluster.status("web").create()).isNotNull();
    assertThat(api.changes()).hasSize(1);
  }

  @Test
  void whatIsAmbiguousIsLeftToAPersonAndStaysSo() {
    open("web", true);
    api.put(ModelApiInstances.copy(api.find("i-1").orElseThrow(), "x-1"));

    operator.run("web", status -> ModelOperator.reason(status).equals("CreateOutcomeUnknown"));
    assertThat(cluster.status("web").create().candidates()).containsExactly("i-1", "x-1");
    int writes = cluster.writes().size();
    for (int i = 0; i < 10; i++) {
      operator.poll();
      operator.pass("web").ifPresent(operator::advance);
    }
    operator = operator.restarted();
    for (int i = 0; i < 10; i++) {
      operator.poll();
      operator.pass("web").ifPresent(operator::advance);
    }

    assertThat(operator.reason("web")).isEqualTo("CreateOutcomeUnknown");
    assertThat(cluster.writes()).hasSize(writes);
    assertThat(api.changes()).hasSize(1);

    cluster.edit("web", w -> w.annotated(Annotations.RESOLVE_CREATE, "adopt:x-1"));
    operator.rest("web");
    assertThat(cluster.status("web").instanceId()).isEqualTo("x-1");
  }

  @Test
  void aPersonMayOnlyNameACandidate() {
    open("web", true);
    api.put("z-1", InstanceState.RUNNING);
    cluster.edit("web", w -> w.annotated(Annotations.RESOLVE_CREATE, "adopt:z-1"));

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isNull();
    assertThat(operator.reason("web")).isEqualTo("ConfirmingCreate");
  }

  /** A resource whose instance was made within the time of an open create, and is to be kept. */
  private void retainedBesideAnOpenCreate() {
    open("web", false);
    operator.running(Wish.named("old").policy(DeletionPolicy.RETAIN));
    assertThat(cluster.status("old").instanceId()).isEqualTo("i-1");
    cluster.delete("old");
  }

  @Test
  void anInstanceThatWasMadeInItsTimeAndRetainedIsNotItsOutcome() {
    retainedBesideAnOpenCreate();
    operator.pass("old");
    assertThat(cluster.exists("old")).isFalse();
    operator = operator.restarted();

    operator.rest("web");

    assertThat(cluster.status("web").instanceId()).isEqualTo("i-2");
    assertThat(api.ids()).containsExactly("i-1", "i-2");
  }

  @Test
  void isToldOfAnInstanceThatIsRetainedAlsoWhileTheApiIsOut() {
    retainedBesideAnOpenCreate();
    api.outage(Errors.noAnswer(Operation.GET));
    api.outage(Errors.noAnswer(Operation.LIST));
    operator.poll();

    operator.pass("old");

    assertThat(cluster.exists("old")).isFalse();
    assertThat(cluster.status("web").create().known()).containsExactly("i-1");
  }

  @Test
  void aRetainedInstanceIsLetGoOnlyOnceTheOpenCreateIsToldOfIt() {
    retainedBesideAnOpenCreate();
    cluster.beforeNextStatus(() -> cluster.touch("web"));

    operator.pass("old");
    assertThat(cluster.exists("old")).isTrue();
    assertThat(operator.events).doesNotContain("Retained");

    operator.pass("old");
    assertThat(cluster.exists("old")).isFalse();
    assertThat(operator.events).containsOnlyOnce("Retained");
  }

  @Test
  void whatCanNotBeItsOutcomeIsRetainedWithoutAWrite() {
    open("web", false);
    operator.running(Wish.named("old").template("large").policy(DeletionPolicy.RETAIN));
    cluster.delete("old");
    int writes = cluster.writes().size();

    operator.pass("old");

    assertThat(cluster.writes().subList(writes, cluster.writes().size()))
        .containsExactly("release old");
  }

  @Test
  void aVerdictIsNotWrittenOverWhatTheOpenCreateWasToldMeanwhile() {
    open("web", true);
    operator.advance(SPAN);
    twoLists("web");
    cluster.beforeNextStatus(
        () ->
            cluster.writeBehindOurBack("web", s -> StatusReport.knowing(s, new InstanceId("i-1"))));

    operator.pass("web");
    assertThat(cluster.status("web").instanceId()).isNull();

    operator.rest("web");
    assertThat(cluster.status("web").instanceId()).isEqualTo("i-2");
  }

  @Test
  void whatTheOpenCreateWasToldIsNotForgottenByAnyOtherWrite() {
    open("web", true);
    api.outage(Errors.unauthenticated(Operation.LIST));
    operator.advance(SPAN);
    operator.poll();
    cluster.beforeNextStatus(
        () ->
            cluster.writeBehindOurBack("web", s -> StatusReport.knowing(s, new InstanceId("i-9"))));

    operator.pass("web");

    assertThat(cluster.status("web").create().known()).containsExactly("i-9");
  }

  /** A resource, with a status as somebody stored it. */
  private void stored(Wish wish, String status) {
    cluster.apply(wish);
    cluster.writeBehindOurBack(wish.name(), s -> StatusRows.stored(status));
  }

  @Test
  void anInstanceIsBoundWhateverElseOfTheStatusCanNotBeRead() {
    open("web", true);
    stored(Wish.named("broken"), "{\"instanceId\": \"i-1\", \"conditions\": 5}");

    operator.run("web", status -> status.create() == null);

    assertThat(cluster.status("web").instanceId()).isNull();
    assertThat(cluster.status("broken").problem()).isNotNull();
  }

  @Test
  void whereABindingCanNotBeReadItsCopyCountsAndTheRestIsLeftToAPerson() {
    open("web", true);
    stored(Wish.named("broken").annotated(Annotations.INSTANCE_ID, "i-1"), "{\"instanceId\": {}}");
    operator.run("web", status -> status.create() == null);
    assertThat(cluster.status("web").instanceId()).as("i-1 is bound to broken").isNull();

    open("next", true);
    operator.run("next", status -> ModelOperator.reason(status).equals("CreateOutcomeUnknown"));

    assertThat(cluster.status("next").create().candidates()).containsExactly("i-2");
  }

  @Test
  void anOpenCreateCountsWhateverElseOfTheStatusCanNotBeRead() {
    open("a", true);
    open("b", false);
    var attempt = cluster.status("b").create();
    stored(
        Wish.named("b"),
        """
        {"create": {"attemptId": "%s", "startedAt": "%s", "templateId": "small"}, "power": 5}"""
            .formatted(attempt.attemptId(), attempt.startedAt()));
    operator = operator.restarted();
    operator.poll();
    operator.pass("a");
    operator.advance(SPAN);
    twoLists("a");
    operator.pass("a");
    assertThat(cluster.status("a").create()).as("the other is still within its time").isNotNull();

    operator.run("a", status -> status.create() == null);

    assertThat(cluster.status("b").create().attemptId()).isEqualTo(attempt.attemptId());
    assertThat(api.changes()).hasSize(2);
  }

  @Test
  void anInstanceBoundSinceTheInformerLookedIsNoCandidate() {
    open("web", true);
    operator.advance(SPAN);
    operator.poll();
    operator.pass("web");
    cluster.apply(Wish.named("quick"));
    cluster.freezeCache();
    cluster.writeBehindOurBack("quick", s -> StatusRows.running(Wish.named("quick")));
    operator.advance(SampleSettings.FAST);
    operator.poll();

    operator.pass("web");

    assertThat(cluster.status("web").create()).isNull();
    assertThat(cluster.status("web").instanceId()).as("i-1 is bound to quick").isNull();
  }
}
