package com.threatwinds.compute.operator.demo;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static com.threatwinds.compute.operator.simulator.Operation.RESTART;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every sample does what its comment says. */
class SamplesIT {

  private static TestCluster cluster;
  private static ComputeSimulator simulator;
  private static OperatorProcess operator;

  @BeforeAll
  static void start() {
    cluster = TestClusters.chosen(Path.of("crds"));
    simulator =
        ComputeSimulator.builder()
            .settings(settings -> settings.delays(Duration.ofMillis(300)))
            .start();
    operator =
        OperatorProcess.start(
            Map.of(
                "KUBECONFIG", cluster.kubeconfig().toString(),
                "COMPUTE_API_URL", simulator.url().toString(),
                "COMPUTE_API_TOKEN", "sim-token",
                "COMPUTE_POLL_INTERVAL", "1s",
                "COMPUTE_POLL_FAST_INTERVAL", "200ms",
                "COMPUTE_TAKEOVER_NAMESPACES", "default"));
    operator.awaitReady();
  }

  @AfterAll
  static void stop() {
    operator.close();
    simulator.close();
    cluster.close();
  }

  @AfterEach
  void deleteAll() {
    var all = client().resources(ComputeInstance.class).inAnyNamespace();
    all.list().getItems().forEach(instance -> client().resource(instance).delete());
    patiently().until(() -> all.list().getItems().isEmpty());
  }

  @Test
  void theSecretIsAccepted() {
    Secret secret =
        Serialization.unmarshal(Samples.text(file("00-credentials-secret")), Secret.class);
    namespace(secret.getMetadata().getNamespace());

    HasMetadata stored = apply(secret);

    assertThat(stored.getMetadata().getNamespace()).isEqualTo("compute-operator");
  }

  @Test
  void theMinimalOneRunsInTheDefaultZoneAndItsPowerIsLeftAlone() {
    Sample minimal = sample("01-minimal");
    minimal.awaitReady("Running");
    assertThat(minimal.status().zone()).isEqualTo("us-central1-a");
    assertThat(minimal.status().externalIp()).isNotEmpty();

    simulator.world().stop(minimal.id());
    minimal.awaitReady("Stopped");

    assertThat(minimal.committed(START)).isEmpty();
    String id = minimal.id();
    minimal.delete();
    minimal.awaitGone();
    assertThat(simulator.world().find(id)).isEmpty();
  }

  @Test
  void theOneInAZoneRunsThereAndIsStartedAgain() {
    Sample zone = sample("02-zone");
    zone.awaitReady("Running");
    assertThat(zone.status().zone()).isEqualTo("us-central1-b");

    simulator.world().stop(zone.id());

    patiently().until(() -> zone.committed(START).size() == 1);
    zone.awaitReady("Running");
  }

  @Test
  void theStoppedOneRunsForAMomentAndIsStoppedUntilAskedToRun() {
    Sample stopped = sample("03-stopped");
    stopped.awaitReady("Stopped");
    assertThat(stopped.status().state()).isEqualTo("TERMINATED");
    assertThat(stopped.committed(STOP)).hasSize(1);

    stopped.patch("{\"spec\":{\"power\":\"Running\"}}");

    stopped.awaitReady("Running");
    assertThat(stopped.committed(START)).hasSize(1);
  }

  @Test
  void theResetIsSkippedForANewInstanceAndSentOnceForEachNewId() {
    isSentOnceForEachNewId(sample("04-reset"), RESET, "Reset");
  }

  @Test
  void theResetCanBeAskedForByAnAnnotation() {
    Sample reset = sample("04-reset");
    reset.awaitReady("Running");

    reset.patch(
        "{\"metadata\":{\"annotations\":{\"%s\":\"now\"}}}".formatted(Annotations.RESET_REQUESTED));

    reset.awaitPower("Reset", "now", PowerOutcome.ACCEPTED);
    assertThat(reset.committed(RESET)).hasSize(1);
  }

  @Test
  void theRestartIsSkippedForANewInstanceAndSentOnceForEachNewId() {
    isSentOnceForEachNewId(sample("05-restart"), RESTART, "Restart");
  }

  @Test
  void withoutAnIdEachChangeToRestartIsOneRestart() {
    Sample restart = sample("05-restart");
    restart.awaitReady("Running");

    restart.patch("{\"spec\":{\"power\":\"Running\",\"powerRequestId\":null}}");
    restart.awaitReady("Running");
    restart.patch("{\"spec\":{\"power\":\"Restart\"}}");

    restart.awaitPower("Restart", null, PowerOutcome.ACCEPTED);
    assertThat(restart.committed(RESTART)).hasSize(1);
  }

  @Test
  void theOneToTakeOverIsBoundAndOutlivesItsResource() {
    Machine machine =
        simulator
            .world()
            .add(Account.DEFAULT.userId(), "ubuntu-22-standard", null, MachineState.RUNNING);
    GenericKubernetesResource resource = Samples.read(file("06-taken-over"));
    Map<String, Object> spec = resource.get("spec");
    spec.put("instanceId", machine.id());

    Sample takenOver = new Sample(apply(resource));

    takenOver.awaitReady("Running");
    assertThat(takenOver.status().instanceId()).isEqualTo(machine.id());
    assertThat(takenOver.status().externalIp()).isEqualTo(machine.externalIp());
    patiently().until(() -> takenOver.isTold("Adopted"));

    takenOver.delete();
    takenOver.awaitGone();

    assertThat(simulator.world().find(machine.id())).isPresent();
    assertThat(calls(machine.id(), CREATE, DELETE, START, STOP)).isEmpty();
  }

  @Test
  void takingOverIsRefusedWhereTheSettingsDoNotAllowIt() {
    namespace("not-allowed");
    GenericKubernetesResource resource = Samples.read(file("06-taken-over"));
    resource.getMetadata().setNamespace("not-allowed");

    Sample takenOver = new Sample(apply(resource));

    takenOver.awaitStalled("TakeoverNotAllowed");
    assertThat(takenOver.status().instanceId()).isNull();
  }

  @Test
  void theRetainedOneOutlivesItsResource() {
    Sample retained = sample("07-retained");
    retained.awaitReady("Running");
    String id = retained.id();

    retained.delete();
    retained.awaitGone();

    patiently().until(() -> retained.isTold("Retained"));
    assertThat(simulator.world().find(id)).isPresent();
    assertThat(calls(id, DELETE)).isEmpty();
  }

  private static void isSentOnceForEachNewId(Sample sample, Operation operation, String word) {
    sample.awaitReady("Running");
    assertThat(Objects.requireNonNull(sample.status().power()).outcome())
        .isEqualTo(PowerOutcome.SKIPPED);
    String first = sample.get().getSpec().powerRequestId();
    assertThat(sample.committed(operation)).isEmpty();

    sample.patch("{\"spec\":{\"powerRequestId\":\"second\"}}");
    sample.awaitPower(word, "second", PowerOutcome.ACCEPTED);
    sample.patch("{\"spec\":{\"powerRequestId\":\"%s\"}}".formatted(first));
    sample.awaitReady("Running");

    assertThat(sample.committed(operation)).hasSize(1);
  }

  // -- given

  private static Sample sample(String name) {
    return new Sample(apply(Samples.read(file(name))));
  }

  private static Path file(String name) {
    return Samples.DIRECTORY.resolve(name + ".yaml");
  }

  /** As strictly as this cluster can; in the namespace that the kubeconfig says. */
  private static <T extends HasMetadata> T apply(T object) {
    Resource<T> resource = client().resource(object);
    return cluster.isReal()
        ? resource.fieldValidation(Validation.STRICT).serverSideApply()
        : Optional.ofNullable(resource.get()).orElseGet(resource::create);
  }

  private static void namespace(String name) {
    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  private static KubernetesClient client() {
    return cluster.adminClient();
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30));
  }

  private static List<Call> calls(String id, Operation... operations) {
    return simulator.journal().calls(operations).stream()
        .filter(call -> id.equals(call.subject()))
        .toList();
  }

  /** A sample that was applied. */
  private record Sample(HasMetadata applied) {

    private Resource<ComputeInstance> resource() {
      return client()
          .resources(ComputeInstance.class)
          .inNamespace(applied.getMetadata().getNamespace())
          .withName(applied.getMetadata().getName());
    }

    ComputeInstance get() {
      return resource().require();
    }

    ComputeInstanceStatus status() {
      return Watch.status(get());
    }

    String id() {
      return Objects.requireNonNull(status().instanceId());
    }

    /** The calls of that kind that changed its instance. */
    List<Call> committed(Operation operation) {
      return calls(id(), operation).stream().filter(Call::committed).toList();
    }

    void patch(String patch) {
      resource().patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    void delete() {
      resource().delete();
    }

    void awaitReady(String reason) {
      awaitCondition(ConditionType.READY, reason);
    }

    void awaitStalled(String reason) {
      awaitCondition(ConditionType.STALLED, reason);
    }

    private void awaitCondition(ConditionType type, String reason) {
      patiently()
          .untilAsserted(
              () -> {
                ComputeInstance now = get();
                assertThat(Watch.status(now).condition(type))
                    .as(operator.logFile().toString())
                    .hasValueSatisfying(
                        condition -> {
                          assertThat(condition)
                              .extracting(Condition::getStatus, Condition::getReason)
                              .containsExactly("True", reason);
                          assertThat(condition.getObservedGeneration())
                              .isEqualTo(now.getMetadata().getGeneration());
                        });
              });
    }

    void awaitPower(String operation, @Nullable String id, PowerOutcome outcome) {
      patiently()
          .untilAsserted(
              () ->
                  assertThat(status().power())
                      .extracting(
                          PowerRecord::operation, PowerRecord::requestId, PowerRecord::outcome)
                      .containsExactly(operation, id, outcome));
    }

    void awaitGone() {
      patiently().until(() -> resource().get() == null);
    }

    boolean isTold(String reason) {
      return client()
          .events()
          .v1()
          .events()
          .inNamespace(applied.getMetadata().getNamespace())
          .list()
          .getItems()
          .stream()
          .filter(event -> reason.equals(event.getReason()))
          .anyMatch(event -> applied.getMetadata().getUid().equals(event.getRegarding().getUid()));
    }
  }
}
