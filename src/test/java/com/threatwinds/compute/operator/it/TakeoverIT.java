package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.testing.Subject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances that exist already: who may have them, and who gets nothing instead. */
class TakeoverIT {

  private static final String ALLOWED = "it-takeover-allowed";

  @RegisterExtension
  private static final OperatorFixture it =
      OperatorFixture.standard().with("COMPUTE_TAKEOVER_NAMESPACES", "elsewhere," + ALLOWED);

  private static final ObjectMapper JSON = new ObjectMapper();

  @BeforeEach
  void allowedNamespace() {
    it.ensureNamespace(ALLOWED);
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
  void bindsTheInstanceThatTheSpecNames() {
    Machine machine = foreign();
    it.operator();

    Subject web =
        it.applyIn(ALLOWED, "adopted", "instanceId", machine.id(), "power", "Reset")
            .awaitReady("Running");

    assertThat(web.instanceId()).isEqualTo(machine.id());
    assertThat(web.status().at("/power/outcome").asText()).isEqualTo("Skipped");
    assertThat(web.status().at("/accepted/instanceId").asText()).isEqualTo(machine.id());
    web.awaitEvent("Adopted");
    it.awaitLists(1);
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void takesNothingOverWhereThatIsNotAllowed() {
    Machine machine = foreign();
    it.operator();

    Subject web = it.apply("web", "instanceId", machine.id()).awaitStalled("TakeoverNotAllowed");

    assertThat(web.message()).contains("COMPUTE_TAKEOVER_NAMESPACES");
    web.awaitEvent("TakeoverNotAllowed");
    assertThat(web.instanceId()).isEmpty();
    web.delete().awaitGone();
    assertThat(it.attempts()).isEmpty();
    assertThat(it.machines()).hasSize(1);
  }

  @Test
  void anInstanceOfAnotherTemplateIsAMismatch() {
    Machine machine =
        it.api()
            .world()
            .add(OperatorFixture.USER, "debian-12-standard", null, MachineState.RUNNING);
    it.operator();

    Subject web =
        it.applyIn(ALLOWED, "mismatch", "instanceId", machine.id())
            .awaitStalled("TemplateMismatch");

    assertThat(web.message()).contains("debian-12-standard");
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void anInstanceThatIsNotThereIsNotReplaced() {
    it.operator();

    Subject web =
        it.applyIn(ALLOWED, "absent", "instanceId", "tw-7d0c2a-00000000")
            .awaitStalled("InstanceNotFound");

    it.awaitLists(1);
    assertThat(web.instanceId()).isEmpty();
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void oneInstanceGoesToOneResource() {
    Subject owner = it.running("owner");
    Subject thief =
        it.applyIn(ALLOWED, "thief", "instanceId", owner.instanceId())
            .awaitStalled("InstanceClaimed");
    Subject neighbour =
        it.applyIn(ALLOWED, "neighbour", "instanceId", foreign().id()).awaitReady("Running");
    Subject second =
        it.applyIn(ALLOWED, "second", "instanceId", neighbour.instanceId())
            .awaitStalled("InstanceClaimed");

    assertThat(thief.message()).doesNotContain(owner.name());
    assertThat(second.message()).contains(neighbour.name());
    thief.delete().awaitGone();
    second.delete().awaitGone();
    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).hasSize(2);
    owner.awaitReady("Running");
  }

  @Test
  void twoThatAskForOneInstanceAtOnceDoNotShareIt() {
    Machine machine = foreign();
    it.operator();

    Subject one = it.applyIn(ALLOWED, "one", "instanceId", machine.id());
    Subject two = it.applyIn(ALLOWED, "two", "instanceId", machine.id());

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        new String[] {
                          Subject.told(one.now()).getLast(), Subject.told(two.now()).getLast()
                        })
                    .containsExactlyInAnyOrder("Running", "InstanceClaimed"));
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void aCopiedResourceMakesNothingAndTakesNothing() {
    Subject web = it.running("web");
    copied(web, it.namespace(), "copy").awaitStalled("TakeoverNotAllowed");
    copied(web, ALLOWED, "copy").awaitStalled("InstanceClaimed");

    it.awaitLists(1);

    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.machines()).hasSize(1);
    web.awaitReady("Running");
  }

  /** As {@code kubectl get -o yaml} and {@code apply} under another name leave it. */
  private static Subject copied(Subject original, String namespace, String name) {
    await()
        .atMost(Subject.PATIENCE)
        .until(() -> original.now().at("/metadata/annotations").toString().contains("tw-"));
    return it.applyJson(namespace, name, backup(original));
  }

  private static ObjectNode backup(Subject original) {
    JsonNode stored = original.now();
    ObjectNode json = JSON.createObjectNode();
    json.putObject("metadata").set("annotations", stored.at("/metadata/annotations"));
    json.set("spec", stored.path("spec"));
    return json;
  }

  @Test
  void aRestoredResourceIsBoundAgainAndItsStandingRequestIsSkipped() {
    it.operator();
    Subject web = it.applyIn(ALLOWED, "restored", "power", "Running").awaitReady("Running");
    web.power("Reset", "r1").awaitRequest("Reset", "r1", "Accepted");
    await()
        .atMost(Subject.PATIENCE)
        .until(() -> web.now().at("/metadata/annotations").toString().contains("tw-"));
    String id = web.instanceId();
    ObjectNode backup = backup(web);
    it.stopOperator();
    web.tearOut();

    Subject restored = it.applyJson(ALLOWED, "restored", backup);
    it.operator();

    restored.awaitReady("Running");
    assertThat(restored.instanceId()).isEqualTo(id);
    assertThat(restored.status().at("/power/outcome").asText()).isEqualTo("Skipped");
    it.awaitLists(1);
    assertThat(it.attempts()).containsExactly(CREATE, RESET);
    assertThat(it.machines()).hasSize(1);
  }

  @Test
  void aRestoredResourceMakesNothingWhereTakingOverIsNotAllowed() {
    Subject web = it.running("web");
    await()
        .atMost(Subject.PATIENCE)
        .until(() -> web.now().at("/metadata/annotations").toString().contains("tw-"));
    ObjectNode backup = backup(web);
    it.stopOperator();
    web.tearOut();

    Subject restored = it.applyJson(it.namespace(), "web", backup);
    it.operator();

    restored.awaitStalled("TakeoverNotAllowed");
    assertThat(it.attempts()).containsExactly(CREATE);
    restored.annotate("instance-id", null).awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE, CREATE);
  }

  @Test
  void twoAnnotationsForOneInstanceBindNeither() {
    it.operator();
    Subject web = it.applyIn(ALLOWED, "original").awaitReady("Running");
    await()
        .atMost(Subject.PATIENCE)
        .until(() -> web.now().at("/metadata/annotations").toString().contains("tw-"));
    ObjectNode backup = backup(web);
    it.stopOperator();
    web.tearOut();

    Subject one = it.applyJson(ALLOWED, "twin-one", backup.deepCopy());
    Subject two = it.applyJson(ALLOWED, "twin-two", backup.deepCopy());
    it.operator();

    one.awaitStalled("InstanceClaimed");
    two.awaitStalled("InstanceClaimed");
    assertThat(it.attempts()).containsExactly(CREATE);
    two.delete().awaitGone();
    one.awaitReady("Running");
    assertThat(it.machines()).hasSize(1);
  }
}
