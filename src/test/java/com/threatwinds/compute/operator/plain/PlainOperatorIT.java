package com.threatwinds.compute.operator.plain;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The peer is a working operator, and fails where an API that can't be asked twice asks more. */
class PlainOperatorIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TestCluster cluster = TestClusters.chosen(Path.of("crds"));
  private final ComputeSimulator api =
      ComputeSimulator.builder().account(Account.of("plain").withToken("plain-token")).start();
  private OperatorProcess operator = start();

  @AfterEach
  void end() {
    operator.close();
    cluster.close();
    api.close();
  }

  @Test
  void runsStopsStartsAndDeletesAnInstance() {
    Resource<ComputeInstance> web = apply(Power.RUNNING);
    awaitReady(web, "Running");

    web.edit(resource -> withPower(resource, Power.STOPPED));
    awaitReady(web, "Stopped");
    web.edit(resource -> withPower(resource, Power.RUNNING));
    awaitReady(web, "Running");
    web.delete();
    await().atMost(PATIENCE).until(() -> web.get() == null);

    assertThat(api.journal().attempts())
        .extracting(Call::operation)
        .containsExactly(CREATE, STOP, START, DELETE);
    assertThat(api.world().machines()).isEmpty();
  }

  @Test
  void knowsItsInstanceAgainAfterARestart() {
    Resource<ComputeInstance> web = apply(Power.RUNNING);
    awaitReady(web, "Running");

    operator.close();
    operator = start();
    web.edit(resource -> withPower(resource, Power.STOPPED));
    awaitReady(web, "Stopped");

    assertThat(api.journal().attempts()).extracting(Call::operation).containsExactly(CREATE, STOP);
  }

  @Test
  void makesASecondInstanceWhenItDiesBetweenTheCreateAndItsRecord() {
    try (ActiveFault held = api.hold(Match.on(CREATE), Phase.AFTER_COMMIT)) {
      Resource<ComputeInstance> web = apply(Power.RUNNING);
      held.awaitHit(PATIENCE);

      operator.kill();
      held.release();
      operator = start();
      awaitReady(web, "Running");
    }

    assertThat(api.world().machines()).hasSize(2);
  }

  private OperatorProcess start() {
    return OperatorProcess.startPlain(
            Map.of(
                "KUBECONFIG", cluster.kubeconfig().toString(),
                "COMPUTE_API_URL", api.url().toString(),
                "COMPUTE_API_TOKEN", "plain-token",
                "COMPUTE_API_TIMEOUT", "2s",
                "COMPUTE_POLL_INTERVAL", "200ms"),
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
        .awaitReady();
  }

  private Resource<ComputeInstance> apply(Power power) {
    ComputeInstance resource = new ComputeInstance();
    resource.setMetadata(new ObjectMetaBuilder().withNamespace("default").withName("web").build());
    resource.setSpec(
        new ComputeInstanceSpec("ubuntu-22-standard", null, power, null, null, null, null));
    cluster.adminClient().resource(resource).create();
    return cluster
        .adminClient()
        .resources(ComputeInstance.class)
        .inNamespace("default")
        .withName("web");
  }

  private static ComputeInstance withPower(ComputeInstance resource, Power power) {
    ComputeInstanceSpec spec = resource.getSpec();
    resource.setSpec(
        new ComputeInstanceSpec(spec.templateId(), spec.zone(), power, null, null, null, null));
    return resource;
  }

  private static void awaitReady(Resource<ComputeInstance> web, String reason) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              ComputeInstance now = Objects.requireNonNull(web.get());
              assertThat(
                      Optional.ofNullable(now.getStatus())
                          .flatMap(status -> status.condition(ConditionType.READY)))
                  .hasValueSatisfying(
                      ready -> {
                        assertThat(ready.getStatus()).isEqualTo("True");
                        assertThat(ready.getReason()).isEqualTo(reason);
                        assertThat(ready.getObservedGeneration())
                            .isEqualTo(now.getMetadata().getGeneration());
                      });
            });
  }
}
