package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Settlement;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What reaches the API, and what stands written before it does, in whole passes. */
class ExecutorTest {

  private final ModelOperator operator = new ModelOperator();
  private final ModelApi api = operator.api;
  private final ModelCluster cluster = operator.cluster;

  private void resource(Wish wish) {
    cluster.apply(wish);
    operator.poll();
  }

  @Nested
  class ACreate {

    @Test
    void isAnnouncedBeforeItIsSentAndBoundAfterwards() {
      resource(Wish.plain().zone(ModelApi.ZONE));
      var announced = new AtomicReference<ComputeInstanceStatus>();
      api.during(Operation.CREATE, () -> announced.set(cluster.status("web")));

      operator.pass("web");

      assertThat(announced.get().create()).isNotNull();
      assertThat(announced.get().create().templateId()).isEqualTo(ModelApi.TEMPLATE);
      assertThat(announced.get().conditions()).hasSize(3);
      assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
      assertThat(cluster.status("web").create()).isNull();
      assertThat(cluster.annotation("web", Annotations.INSTANCE_ID)).isEqualTo("i-1");
      assertThat(api.changes()).containsExactly("create small eu-west1-a");
    }

    @Test
    void costsTwoWritesOfTheStatusAndOneOfTheAnnotation() {
      resource(Wish.plain());

      operator.pass("web");

      assertThat(cluster.writes()).containsExactly("status web", "status web", "annotation web");
    }

    @Test
    void isNotSentWhenItsAnnouncementConflicts() {
      resource(Wish.plain());
      cluster.beforeNextStatus(() -> cluster.touch("web"));

      operator.pass("web");

      assertThat(api.changes()).isEmpty();
      assertThat(cluster.status("web").create()).isNull();
      operator.rest("web");
      assertThat(api.changes()).as("the next pass does").hasSize(1);
    }

    @Test
    void restsOnTheLiveResourceAndNotOnTheInformers() {
      resource(Wish.plain());
      cluster.freezeCache();
      operator.pass("web");
      assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");

      operator.pass("web");
      operator.pass("web");

      assertThat(api.changes()).hasSize(1);
    }

    @Test
    void goesOnWhenTheAnswerToItsAnnouncementIsLostButItIsWritten() {
      resource(Wish.plain());
      cluster.loseNextAnswer();

      operator.pass("web");

      assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
      assertThat(api.changes()).hasSize(1);
    }

    @Test
    void isNotSentWhenItsAnnouncementWasNotWritten() {
      resource(Wish.plain());
      cluster.loseNextWrite();

      operator.pass("web");

      assertThat(api.changes()).isEmpty();
    }

    @Test
    void isNotSentWhileNobodyKnowsWhetherItIsAnnounced() {
      resource(Wish.plain());
      cluster.goOutAfterNextWrite();

      assertThatThrownBy(() -> operator.pass("web")).isInstanceOf(KubernetesClientException.class);
      assertThat(api.changes()).isEmpty();

      cluster.reachable(true);
      operator.run("web", status -> status.create() == null);
      assertThat(api.changes()).as("found announced, and settled as not made").isEmpty();
      operator.rest("web");
      assertThat(api.changes()).hasSize(1);
    }

    @Test
    void isNotSentByAPassThatCameTooLate() {
      resource(Wish.plain());
      api.during(Operation.CREATE, () -> operator.advance(SampleSettings.TIMEOUT));

      operator.pass("web");

      assertThat(api.changes()).isEmpty();
      assertThat(cluster.status("web").create()).as("proven not to have happened").isNull();
      operator.rest("web");
      assertThat(api.changes()).hasSize(1);
    }

    @Test
    void isNotSentByWhoLostTheLease() {
      resource(Wish.plain());
      api.during(Operation.CREATE, operator.leadership::lost);

      operator.pass("web");

      assertThat(api.changes()).isEmpty();
    }

    @Test
    void isNotSentWithOtherCredentialsThanItWasAnnouncedWith() {
      resource(Wish.plain());
      api.during(Operation.CREATE, () -> api.credentials(new Fingerprint("00000000000000bb")));

      operator.pass("web");

      assertThat(api.changes()).isEmpty();
      assertThat(cluster.status("web").create()).isNull();
    }

    @Test
    void thatWasFoundAnnouncedIsNeverSentOnlySettled() {
      resource(Wish.plain());
      api.during(
          Operation.CREATE,
          () -> {
            throw new IllegalStateException("the process dies here");
          });
      assertThatThrownBy(() -> operator.pass("web")).isInstanceOf(IllegalStateException.class);
      assertThat(cluster.status("web").create()).isNotNull();

      ModelOperator next = operator.restarted();
      next.run("web", status -> status.create() == null);

      assertThat(api.changes()).as("settled as not made, not sent by then").isEmpty();
      next.rest("web");
      assertThat(api.changes()).hasSize(1);
      assertThat(api.ids()).hasSize(1);
    }

    @Test
    void thatWasRefusedLeavesNothingOpen() {
      resource(Wish.plain());
      api.fail(Errors.rejected(Operation.CREATE, "no"));

      operator.pass("web");

      assertThat(cluster.status("web").create()).isNull();
      assertThat(operator.reason("web")).isEqualTo("RequestRejected");
      operator.rest("web");
      assertThat(api.changes()).as("not sent again for this generation").hasSize(1);
    }

    @Test
    void withoutAnAnswerIsOpenUntilTheListSettlesIt() {
      resource(Wish.plain());
      api.failAfterCommit(Errors.noAnswer(Operation.CREATE));

      operator.pass("web");
      assertThat(operator.reason("web")).isEqualTo("ConfirmingCreate");
      operator.rest("web");

      assertThat(api.changes()).containsExactly("create small -");
      assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
    }

    @Test
    void waitsForTheOneBeforeIt() {
      resource(Wish.named("a"));
      resource(Wish.named("b"));
      api.during(
          Operation.CREATE,
          () -> {
            operator.pass("b");
            assertThat(operator.reason("b")).isEqualTo("Creating");
            assertThat(cluster.status("b").create()).isNull();
          });

      operator.pass("a");
      operator.pass("b");

      assertThat(cluster.status("a").instanceId()).isEqualTo("i-1");
      assertThat(cluster.status("b").instanceId()).isEqualTo("i-2");
    }

    @Test
    void overQuotaIsTriedByOneAtATimeAndAtOnceWhenAnInstanceIsDeleted() {
      operator.running(Wish.named("old"));
      resource(Wish.named("a"));
      resource(Wish.named("b"));
      api.fail(Errors.quotaExceeded());
      int before = api.changes().size();

      operator.pass("a");
      operator.pass("a");
      operator.pass("b");
      assertThat(operator.reason("a")).isEqualTo("QuotaExceeded");
      assertThat(operator.reason("b")).isEqualTo("QuotaExceeded");
      assertThat(api.changes()).hasSize(before + 1);

      cluster.delete("old");
      operator.pass("old");
      operator.pass("a");
      operator.pass("b");

      assertThat(cluster.exists("old")).isFalse();
      assertThat(cluster.status("a").instanceId()).isNotNull();
      assertThat(cluster.status("b").instanceId()).isNotNull();
    }

    @Test
    void knowsWhatCanNotBeItsOutcome() {
      api.put("i-0", InstanceState.RUNNING);
      api.put("i-9", InstanceState.RUNNING);
      var attempt = new AtomicReference<ComputeInstanceStatus>();
      resource(Wish.plain());
      api.during(Operation.CREATE, () -> attempt.set(cluster.status("web")));

      operator.pass("web");

      assertThat(attempt.get().create().known()).containsExactly("i-0", "i-9");
    }

    private void stray(String id, @Nullable Instant createdAt) {
      api.put(ModelApiInstances.madeAt(ModelApi.instance(id, InstanceState.RUNNING), createdAt));
    }

    @Test
    void remembersNothingThatIsTooOldToBeItsOutcome() {
      Instant tooOld = ModelApi.START.minus(Settlement.TOLERANCE).minusSeconds(1);
      stray("i-old", tooOld);
      stray("i-young", tooOld.plusSeconds(1));
      stray("i-ageless", null);
      ModelOperator adopting =
          new ModelOperator(
              api, cluster, SampleSettings.of(Recovery.ADOPT, SampleSettings.FAST, true));
      cluster.apply(Wish.plain());
      adopting.poll();
      api.failAfterCommit(Errors.noAnswer(Operation.CREATE));

      adopting.pass("web");
      assertThat(cluster.status("web").create().known()).containsExactly("i-ageless", "i-young");

      adopting.run("web", status -> status.create() == null);
      assertThat(cluster.status("web").instanceId()).as("none of those").isEqualTo("i-1");
    }

    @Test
    void mentionsNoCrowdOfBoundInstancesThatWereMadeJustNowAndIsSettledAllTheSame() {
      operator.running(Wish.named("pattern"));
      for (int i = 0; i < Executor.MANY_KNOWN; i++) {
        stray("x-" + i, ModelApi.START);
        cluster.apply(boundLike("pattern", "crowd-" + i, "x-" + i));
      }
      resource(Wish.plain());
      api.failAfterCommit(Errors.noAnswer(Operation.CREATE));

      operator.pass("web");
      assertThat(cluster.status("web").create().known()).isNullOrEmpty();
      assertThat(cluster.status("web").create().ownClock()).isTrue();

      operator.rest("web");
      assertThat(cluster.status("web").instanceId()).isEqualTo("i-2");
      assertThat(api.changes()).as("creates").hasSize(2);
    }

    private ComputeInstance boundLike(String pattern, String name, String id) {
      ComputeInstance like = cluster.stored(pattern);
      ObjectMapper json = new ObjectMapper();
      ObjectNode status = json.valueToTree(like.getStatus());
      ComputeInstance bound =
          Resources.copyOf(
              like, json.convertValue(status.put("instanceId", id), ComputeInstanceStatus.class));
      bound.getMetadata().setName(name);
      bound.getMetadata().setUid("uid-" + name);
      return bound;
    }

    @Test
    void isNotBegunBesideMoreThanItsAnnouncementCanHold() {
      for (int i = 0; i <= Executor.MOST_KNOWN; i++) {
        stray("x-" + i, null);
      }
      resource(Wish.plain());

      operator.pass("web");
      assertThat(operator.reason("web")).isEqualTo("CreateOutcomeUnknown");
      assertThat(cluster.status("web").create()).isNull();
      assertThat(api.changes()).isEmpty();

      resource(Wish.named("other").template("large"));
      operator.pass("other");
      assertThat(cluster.status("other").instanceId()).as("not held up by it").isNotNull();

      api.remove("x-0");
      operator.rest("web");
      assertThat(cluster.status("web").instanceId()).isNotNull();
    }

    @Test
    void beginsByItsOwnClockWhereTheApiTellsNoTimeAndIsSettledAllTheSame() {
      api.withoutAClock();
      resource(Wish.plain());
      api.failAfterCommit(Errors.noAnswer(Operation.CREATE));

      operator.pass("web");
      assertThat(cluster.status("web").create().ownClock()).isTrue();
      operator.rest("web");

      assertThat(cluster.status("web").instanceId()).isEqualTo("i-1");
      assertThat(api.ids()).containsExactly("i-1");
    }

    @Test
    void doesNotTakeTheInstanceOfAResourceThatIsReleasedMeanwhile() {
      operator.running(Wish.named("old").policy(DeletionPolicy.RETAIN));
      resource(Wish.plain());
      api.fail(Errors.noAnswer(Operation.CREATE));
      operator.pass("web");

      cluster.delete("old");
      operator.pass("old");
      assertThat(cluster.exists("old")).isFalse();
      operator.rest("web");

      assertThat(cluster.status("web").instanceId())
          .as("the retained instance is nobody's")
          .isNotEqualTo("i-1")
          .isNotNull();
    }

    @Test
    void readsTheListFirstWhenItIsOld() {
      resource(Wish.plain());
      operator.advance(SampleSettings.SLOW.plusSeconds(1));
      int lists = api.count(Operation.LIST);

      operator.pass("web");

      assertThat(api.count(Operation.LIST)).isEqualTo(lists + 1);
    }

    @Test
    void isNotEvenAnnouncedWhenTheListCanNotBeRead() {
      resource(Wish.plain());
      operator.advance(SampleSettings.SLOW.plusSeconds(1));
      api.fail(Errors.unavailable(Operation.LIST, 503));

      operator.pass("web");

      assertThat(cluster.status("web").create()).isNull();
      assertThat(operator.reason("web")).isEqualTo("ApiUnavailable");
      assertThat(api.changes()).isEmpty();
    }
  }

  @Nested
  class ARequest {

    private final Wish runs = Wish.plain().power(Power.RUNNING);
    private final Wish resets = Wish.plain().power(Power.RESET, "a");

    private void asked() {
      operator.running(runs);
      cluster.apply(resets);
    }

    private ComputeInstanceStatus.PowerRecord power() {
      return cluster.status("web").power();
    }

    @Test
    void isAnnouncedBeforeItIsSentOnce() {
      asked();
      var announced = new AtomicReference<ComputeInstanceStatus>();
      api.during(Operation.RESET, () -> announced.set(cluster.status("web")));

      operator.rest("web");

      assertThat(announced.get().power().outcome()).isEqualTo(PowerOutcome.ISSUING);
      assertThat(power().outcome()).isEqualTo(PowerOutcome.ACCEPTED);
      assertThat(api.count(Operation.RESET)).isOne();
      operator.rest("web");
      assertThat(api.count(Operation.RESET)).isOne();
    }

    @Test
    void thatWasFoundAnnouncedIsUnknownAndNeverSent() {
      asked();
      api.during(
          Operation.RESET,
          () -> {
            throw new IllegalStateException("the process dies here");
          });
      assertThatThrownBy(() -> operator.pass("web")).isInstanceOf(IllegalStateException.class);

      ModelOperator next = operator.restarted();
      next.rest("web");

      assertThat(power().outcome()).isEqualTo(PowerOutcome.UNKNOWN);
      assertThat(api.count(Operation.RESET)).isZero();
      assertThat(next.events).containsOnlyOnce("PowerOutcomeUnknown");
      assertThat(next.reason("web")).isEqualTo("Running");
    }

    @Test
    void isNotSentWhenItsAnnouncementConflicts() {
      asked();
      cluster.beforeNextStatus(() -> cluster.touch("web"));

      operator.pass("web");
      assertThat(api.count(Operation.RESET)).isZero();

      operator.rest("web");
      assertThat(api.count(Operation.RESET)).isOne();
    }

    @Test
    void isNotSentWhileNobodyKnowsWhetherItIsAnnounced() {
      asked();
      cluster.loseNextAnswer();

      operator.rest("web");

      assertThat(api.count(Operation.RESET)).isZero();
      assertThat(power().outcome()).isEqualTo(PowerOutcome.UNKNOWN);
    }

    @Test
    void whoseAnnouncementWasNotWrittenIsAnnouncedAgain() {
      asked();
      cluster.loseNextWrite();

      operator.rest("web");

      assertThat(api.count(Operation.RESET)).isOne();
      assertThat(power().outcome()).isEqualTo(PowerOutcome.ACCEPTED);
    }

    @Test
    void thatCameTooLateIsTakenBackAndSentByTheNextPass() {
      asked();
      cluster.beforeNextStatus(() -> operator.advance(SampleSettings.TIMEOUT));

      operator.pass("web");
      assertThat(api.count(Operation.RESET)).isZero();
      assertThat(power()).isNull();

      operator.rest("web");
      assertThat(api.count(Operation.RESET)).isOne();
      assertThat(power().outcome()).isEqualTo(PowerOutcome.ACCEPTED);
    }

    @Test
    void overTheRateLimitIsTakenBackAndSentWhenTheApiSaidSo() {
      asked();
      api.fail(Errors.rateLimited(Operation.RESET, Duration.ofSeconds(40)));

      operator.pass("web");
      assertThat(power()).isNull();
      assertThat(operator.reason("web")).isEqualTo("RateLimited");
      operator.advance(Duration.ofSeconds(39));
      operator.pass("web");
      assertThat(api.count(Operation.RESET)).as("the gate is closed").isOne();

      operator.rest("web");
      assertThat(api.count(Operation.RESET)).isEqualTo(2);
      assertThat(power().outcome()).isEqualTo(PowerOutcome.ACCEPTED);
    }

    @Test
    void withoutAnAnswerIsUnknownAndNeverSentAgain() {
      asked();
      api.failAfterCommit(Errors.noAnswer(Operation.RESET));

      operator.rest("web");
      operator.restarted().rest("web");

      assertThat(api.count(Operation.RESET)).isOne();
      assertThat(power().outcome()).isEqualTo(PowerOutcome.UNKNOWN);
      assertThat(operator.events).containsOnlyOnce("PowerOutcomeUnknown");
    }

    @Test
    void isNotRepeatedByARevertToIt() {
      asked();
      operator.rest("web");
      cluster.apply(resets.power(Power.RESET, "b"));
      operator.rest("web");

      cluster.apply(resets);
      operator.rest("web");

      assertThat(api.count(Operation.RESET)).isEqualTo(2);
    }
  }

  @Nested
  class APowerCall {

    @Test
    void isPrecededByALiveLook() {
      operator.running(Wish.plain().power(Power.RUNNING));
      cluster.apply(Wish.plain().power(Power.STOPPED));
      int before = api.calls().size();

      operator.pass("web");

      assertThat(api.calls().subList(before, api.calls().size()))
          .containsExactly("get i-1", "stop i-1");
    }

    @Test
    void isNotMadeWhenTheLiveLookShowsThatItIsNotNeeded() {
      operator.running(Wish.plain().power(Power.RUNNING));
      api.freezeList();
      operator.poll();
      api.move("i-1", InstanceState.TERMINATED);
      cluster.apply(Wish.plain().power(Power.STOPPED));

      operator.pass("web");

      assertThat(api.count(Operation.STOP)).isZero();
      assertThat(operator.reason("web")).isEqualTo("Stopped");
    }

    @Test
    void makesTheListWorthReadingOftenUntilItHasHappened() {
      operator.running(Wish.plain().power(Power.RUNNING));
      cluster.apply(Wish.plain().power(Power.STOPPED));

      operator.pass("web");
      assertThat(operator.rooms.inventory().dueIn()).isEqualTo(SampleSettings.FAST);
      api.move("i-1", InstanceState.TERMINATED);
      operator.rest("web");

      assertThat(operator.reason("web")).isEqualTo("Stopped");
      assertThat(api.count(Operation.STOP)).isOne();
      assertThat(operator.rooms.inventory().dueIn()).isEqualTo(SampleSettings.SLOW);
    }

    @Test
    void isNotMadeWhilePaused() {
      operator.running(Wish.plain().power(Power.RUNNING));
      cluster.apply(Wish.plain().power(Power.STOPPED).paused());

      operator.rest("web");

      assertThat(api.count(Operation.STOP)).isZero();
      assertThat(operator.reason("web")).isEqualTo("Paused");
    }
  }

  @Nested
  class ADeletion {

    private static final Fingerprint ROTATED = new Fingerprint("00000000000000bb");

    @Test
    void deletesTheBoundInstanceAndLetsTheResourceGo() {
      operator.running(Wish.plain());
      cluster.delete("web");

      operator.pass("web");

      assertThat(api.ids()).isEmpty();
      assertThat(cluster.exists("web")).isFalse();
      assertThat(operator.events).endsWith("Deleted");
    }

    @Test
    void keepsTheResourceUntilTheApiDeletes() {
      operator.running(Wish.plain());
      cluster.delete("web");
      for (int i = 0; i < 20; i++) {
        api.fail(Errors.unavailable(Operation.DELETE, 503));
        operator.poll();
        operator.advance(operator.pass("web").orElseThrow());
      }
      assertThat(cluster.exists("web")).isTrue();

      operator.rest("web");

      assertThat(cluster.exists("web")).isFalse();
      assertThat(api.ids()).isEmpty();
    }

    @Test
    void withoutAnAnswerIsEndedByTwoReadsAPollApart() {
      operator.running(Wish.plain());
      cluster.delete("web");
      api.failAfterCommit(Errors.noAnswer(Operation.DELETE));

      operator.pass("web");
      operator.pass("web");
      assertThat(cluster.exists("web")).as("one 404 proves nothing").isTrue();
      operator.rest("web");

      assertThat(cluster.exists("web")).isFalse();
      assertThat(api.count(Operation.DELETE)).isOne();
    }

    @Test
    void costsNoWriteOfTheStatus() {
      operator.running(Wish.plain());
      int writes = cluster.writes().size();
      cluster.delete("web");

      operator.pass("web");

      assertThat(cluster.writes().subList(writes, cluster.writes().size()))
          .containsExactly("release web");
    }

    @Test
    void isProvenAlsoWhenTheCredentialsWereRotatedSinceAndNobodyLivedToTellOfIt() {
      operator.running(Wish.plain());
      api.credentials(ROTATED);
      cluster.delete("web");
      api.failAfterCommit(Errors.noAnswer(Operation.DELETE));
      operator.pass("web");
      assertThat(api.ids()).isEmpty();

      operator.restarted().rest("web");

      assertThat(cluster.exists("web")).isFalse();
    }

    @Test
    void recordsRotatedCredentialsOnceHoweverOftenItIsTried() {
      operator.running(Wish.plain());
      api.credentials(ROTATED);
      cluster.delete("web");
      for (int i = 0; i < 3; i++) {
        api.fail(Errors.unavailable(Operation.DELETE, 503));
      }
      operator.pass("web");
      int writes = cluster.writes().size();
      assertThat(cluster.status("web").credentials()).isEqualTo(ROTATED.value());

      operator.pass("web");
      operator.pass("web");

      assertThat(cluster.writes()).hasSize(writes);
    }

    @Test
    void isNotSentBeforeRotatedCredentialsAreRecorded() {
      operator.running(Wish.plain());
      api.credentials(ROTATED);
      cluster.delete("web");
      cluster.loseNextWrite();

      operator.pass("web");
      assertThat(api.count(Operation.DELETE)).isZero();

      operator.pass("web");
      assertThat(cluster.exists("web")).isFalse();
    }

    @Test
    void letsNothingGoThatOnlyTheInformerTakesForUnbound() {
      operator.running(Wish.plain());
      ComputeInstanceStatus bound = cluster.status("web");
      cluster.delete("web");
      cluster.writeBehindOurBack("web", status -> ComputeInstanceStatus.NONE);
      cluster.freezeCache();
      cluster.writeBehindOurBack("web", status -> bound);

      operator.pass("web");

      assertThat(api.ids()).as("the instance goes before its resource").isEmpty();
      assertThat(cluster.exists("web")).isFalse();
    }

    @Test
    void settlesAnOpenCreateFirst() {
      resource(Wish.plain());
      api.failAfterCommit(Errors.noAnswer(Operation.CREATE));
      operator.pass("web");
      cluster.delete("web");

      operator.rest("web");

      assertThat(cluster.exists("web")).isFalse();
      assertThat(api.ids()).isEmpty();
    }

    @Test
    void retainsWhatItIsToldToRetain() {
      operator.running(Wish.plain().policy(DeletionPolicy.RETAIN));
      cluster.delete("web");

      operator.rest("web");

      assertThat(cluster.exists("web")).isFalse();
      assertThat(api.ids()).containsExactly("i-1");
    }

    @Test
    void retainsEverythingWhenTheDefinitionItselfGoes() {
      operator.running(Wish.plain());
      cluster.uninstall();
      cluster.delete("web");

      operator.rest("web");

      assertThat(cluster.exists("web")).isFalse();
      assertThat(api.ids()).containsExactly("i-1");
    }

    @Test
    void neverWaitsBehindACreate() {
      operator.running(Wish.named("old"));
      resource(Wish.plain());
      api.fail(Errors.rateLimited(Operation.CREATE, Duration.ofMinutes(9)));
      operator.pass("web");
      operator.pass("web");
      cluster.delete("old");

      operator.pass("old");

      assertThat(cluster.exists("old")).isFalse();
    }
  }

  @Nested
  class ATakeOver {

    private static final Pass.Key OTHER = new Pass.Key("default", "other");

    private void asked() {
      api.put("x-1", InstanceState.RUNNING);
      resource(Wish.named("web").takeOver("x-1"));
    }

    @Test
    void goesByTheTimeThatItWasAskedForLikeACreate() {
      asked();
      resource(Wish.named("before"));
      operator.rooms.lane().enter(OTHER, Instant.MIN, true);
      operator.pass("before");
      operator.pass("web");
      operator.rooms.lane().leave(OTHER);

      operator.pass("web");
      assertThat(cluster.status("web").instanceId()).as("not past the create").isNull();

      operator.pass("before");
      operator.pass("web");
      assertThat(cluster.status("before").instanceId()).isEqualTo("i-1");
      assertThat(cluster.status("web").instanceId()).isEqualTo("x-1");
    }

    @Test
    void doesNotWaitForACreateThatMayNotBeSent() {
      asked();
      resource(Wish.named("before"));
      api.fail(Errors.quotaExceeded());
      operator.pass("before");
      operator.pass("before");

      operator.pass("web");

      assertThat(operator.reason("before")).isEqualTo("QuotaExceeded");
      assertThat(cluster.status("web").instanceId()).isEqualTo("x-1");
    }
  }

  @Test
  void aKubernetesApiThatDoesNotAnswerIsNoReasonToSendAnything() {
    resource(Wish.plain());
    cluster.reachable(false);

    assertThatThrownBy(() -> operator.pass("web")).isInstanceOf(KubernetesClientException.class);

    assertThat(api.changes()).isEmpty();
    cluster.reachable(true);
    cluster.apply(Wish.named("other"));
    operator.pass("other");
    assertThat(cluster.status("other").instanceId()).as("the lane is free").isNotNull();
  }

  @Test
  void aReplicaThatDoesNotLeadChangesNothing() {
    resource(Wish.plain());
    operator.leadership.lost();

    operator.pass("web");

    assertThat(api.changes()).isEmpty();
    assertThat(cluster.writes()).isEmpty();
  }

  @Test
  void whoseLeaseIsJustRunningOutLooksAgainSoonAndWhoLostItWaitsToLead() {
    resource(Wish.plain());
    operator.leadership.granted(operator.clock.getAsLong(), Duration.ZERO);

    Optional<Duration> next = operator.pass("web");

    assertThat(cluster.writes()).isEmpty();
    assertThat(next).as("it still leads").isPresent();
    operator.leadership.lost();
    assertThat(operator.pass("web")).isEmpty();
  }

  @Test
  void nothingIsMadeForAResourceThatCouldGoWithoutUs() {
    resource(Wish.plain());
    cluster.strip("web");

    operator.pass("web");

    assertThat(api.changes()).isEmpty();
    assertThat(cluster.isHeld("web")).isTrue();
    operator.pass("web");
    assertThat(api.changes()).hasSize(1);
  }

  @Test
  void aPauseThatWasSetWhileASlowApiWasReadCounts() {
    operator.running(Wish.plain());
    operator.poll();
    cluster.edit("web", w -> w.power(Power.STOPPED));
    api.during(
        Operation.GET,
        () -> {
          operator.advance(Duration.ofSeconds(20));
          cluster.edit("web", Wish::paused);
        });
    int before = api.changes().size();

    operator.pass("web");
    operator.pass("web");

    assertThat(api.changes()).hasSize(before);
  }

  @Test
  void whoLostTheLeaseBindsNothingThatItFound() {
    resource(Wish.plain());
    api.failAfterCommit(Errors.unavailable(Operation.CREATE, 503));
    operator.pass("web");
    operator.advance(SampleSettings.TIMEOUT.plus(SampleSettings.SETTLE));
    operator.poll();
    operator.pass("web");
    operator.advance(SampleSettings.FAST);
    api.during(Operation.GET, operator.leadership::lost);

    operator.pass("web");

    assertThat(cluster.status("web").instanceId()).isNull();
  }
}
