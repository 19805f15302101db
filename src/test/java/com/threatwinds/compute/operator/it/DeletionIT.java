package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of an instance when its resource is deleted, and what never may. */
class DeletionIT {

  private static final String OTHER_USER = "0b9e4a11-3c55-4d8f-9a77-5f20c1d3e684";
  private static final String OTHER_TOKEN = "tok-other-9c7e2b50";

  @RegisterExtension
  private static final OperatorFixture it =
      OperatorFixture.standard().withMountedCredentials().with("COMPUTE_TAKEOVER_NAMESPACES", "*");

  @Test
  void whatWasCreatedHereGoesWithItsResource() {
    Subject web = it.running("web");

    web.delete().awaitGone();

    assertThat(it.machines()).isEmpty();
    assertThat(it.attempts()).containsExactly(CREATE, DELETE);
    web.awaitEvent("Deleted");
  }

  @Test
  void whatIsToBeRetainedStays() {
    Subject web = it.running("web", "deletionPolicy", "Retain");

    web.delete().awaitGone();

    assertThat(it.machines()).hasSize(1);
    assertThat(it.attempts()).containsExactly(CREATE);
    web.awaitEvent("Retained");
  }

  @Test
  void thePolicyThatStandsAtTheDeletionCounts() {
    Subject web = it.running("web", "deletionPolicy", "Delete");

    web.set("deletionPolicy", "Retain").delete().awaitGone();

    assertThat(it.machines()).hasSize(1);
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void whatWasTakenOverStaysUnlessSaidOtherwise() {
    Machine kept = foreign();
    Machine given = foreign();
    it.operator();
    Subject keeps = it.apply("keeps", "instanceId", kept.id()).awaitReady("Running");
    Subject gives =
        it.apply("gives", "instanceId", given.id(), "deletionPolicy", "Delete")
            .awaitReady("Running");

    keeps.delete().awaitGone();
    gives.delete().awaitGone();

    assertThat(it.machines()).extracting(Machine::id).containsExactly(kept.id());
    assertThat(it.attempts()).containsExactly(DELETE);
    keeps.awaitEvent("Retained");
    gives.awaitEvent("Deleted");
  }

  private static Machine foreign() {
    return it.api()
        .world()
        .add(
            OperatorFixture.USER,
            OperatorFixture.TEMPLATE,
            OperatorFixture.ZONE,
            MachineState.RUNNING);
  }

  @Test
  void nothingIsDeletedWhilePaused() {
    Subject web = it.running("web");
    web.annotate("paused", "true");

    web.delete();
    it.awaitLists(3);

    assertThat(web.now().at("/metadata/finalizers").toString()).contains(Subject.FINALIZER);
    assertThat(it.attempts()).containsExactly(CREATE);
    web.annotate("paused", null).awaitGone();
    assertThat(it.attempts()).containsExactly(CREATE, DELETE);
  }

  @Test
  void anOutageOnlyDelaysADeletion() {
    Subject web = it.running("web");
    it.api().offline();

    web.delete();
    await()
        .atMost(Subject.PATIENCE)
        .until(() -> Subject.told(web.now()).getLast().equals("ApiUnavailable"));
    it.api().online();

    web.awaitGone();
    assertThat(it.machines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 503})
  void aRefusedDeleteIsTriedUntilItIsDone(int status) {
    Subject web = it.running("web");
    it.api()
        .fault(
            Match.on(DELETE).times(2), Phase.BEFORE_COMMIT, Effect.status(status).retryAfter("1"));

    web.delete().awaitGone();

    assertThat(it.machines()).isEmpty();
    assertThat(it.journal().committed(DELETE)).hasSize(1);
    assertThat(it.attempts(DELETE)).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aDeleteWhoseAnswerIsLostEndsAllTheSame() {
    Subject web = it.running("web");
    it.api().fault(Match.on(DELETE), Phase.AFTER_COMMIT, Effect.reset());

    web.delete().awaitGone();

    assertThat(it.machines()).isEmpty();
    assertThat(it.journal().committed(DELETE)).hasSize(1);
    web.awaitEvent("Deleted");
  }

  @Test
  void aProcessKilledDuringADeleteIsNoObstacle() {
    Subject web = it.running("web");
    ActiveFault held = it.api().hold(Match.on(DELETE), Phase.AFTER_COMMIT);
    web.delete();
    held.awaitHit(Subject.PATIENCE);

    it.operator().kill();
    held.close();
    it.operator();

    web.awaitGone();
    assertThat(it.machines()).isEmpty();
  }

  @Test
  void aResourceWhoseInstanceIsGoneAlreadyGoes() {
    Subject web = it.running("web");
    it.api().world().delete(web.instanceId());

    web.delete().awaitGone();

    assertThat(it.journal().committed(DELETE)).isEmpty();
  }

  @Test
  void credentialsOfAnotherAccountNeverMakeAnInstanceLookGone() {
    it.api().accounts().add(Account.of(OTHER_USER).withToken(OTHER_TOKEN));
    it.keepSecret(OTHER_TOKEN);
    Subject web = it.running("web", "power", "Running");
    Subject deleted = it.running("deleted");
    String id = web.instanceId();
    it.mount(Map.of("token", OTHER_TOKEN));

    deleted.delete();
    await()
        .atMost(Subject.PATIENCE)
        .until(() -> Subject.told(deleted.now()).getLast().equals("AccountMismatch"));
    it.awaitLists(3);

    assertThat(deleted.now().at("/metadata/finalizers").toString()).contains(Subject.FINALIZER);
    assertThat(web.instanceId()).isEqualTo(id);
    assertThat(it.attempts()).containsExactly(CREATE, CREATE);
    it.mount(Map.of("token", OperatorFixture.TOKEN));
    deleted.awaitGone();
    web.awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE, CREATE, DELETE);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(id);
  }

  @Test
  void credentialsOfAnotherAccountWithInstancesOfItsOwnAreNoticedToo() {
    it.api().accounts().add(Account.of(OTHER_USER).withToken(OTHER_TOKEN));
    it.api().world().add(OTHER_USER, OperatorFixture.TEMPLATE, null, MachineState.RUNNING);
    Subject web = it.running("web", "power", "Running");
    it.mount(Map.of("token", OTHER_TOKEN));

    web.power("Stopped").awaitStalled("AccountMismatch");
    it.restartOperator();
    it.awaitLists(2);
    web.awaitStalled("AccountMismatch");
    it.mount(Map.of("token", OperatorFixture.TOKEN));

    web.awaitReady("Stopped");
    assertThat(it.machines()).hasSize(2);
  }

  @Test
  void a404WithoutAnExplanationProvesNothing() {
    Subject web = it.running("web");
    ActiveFault gateway =
        it.api().fault(Match.any().always(), Phase.BEFORE_COMMIT, Effect.status(404).unexplained());

    web.delete();
    gateway.awaitHits(6, Subject.PATIENCE);
    assertThat(web.now().at("/metadata/finalizers").toString()).contains(Subject.FINALIZER);
    gateway.close();

    web.awaitGone();
    assertThat(it.machines()).isEmpty();
  }

  @Test
  void aResourceWithoutAnInstanceGoesAtOnceWhateverTheApiDoes() {
    it.operator();
    Subject web = it.apply("web", "templateId", "ubuntu-99").awaitStalled("TemplateNotFound");
    it.api().offline();

    web.delete().awaitGone();

    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void anotherResourceOfTheSameNameGetsAnInstanceOfItsOwn() {
    Subject web = it.running("web");
    String first = web.instanceId();
    web.delete().awaitGone();

    Subject again = it.apply("web").awaitReady("Running");

    assertThat(again.instanceId()).isNotEqualTo(first);
    assertThat(it.machines()).extracting(Machine::id).containsExactly(again.instanceId());
    assertThat(it.attempts()).containsExactly(CREATE, DELETE, CREATE);
  }

  @Test
  void aMovingInstanceIsDeletedWithoutWaitingForIt() {
    it.api().settings().provisioning(Duration.ofMinutes(5));
    it.operator();
    Subject web = it.apply("web").awaitReconciling("Provisioning");

    web.delete().awaitGone();

    assertThat(it.machines()).isEmpty();
  }
}
