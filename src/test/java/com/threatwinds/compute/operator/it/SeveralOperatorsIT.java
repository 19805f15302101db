package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.Subject;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two operators in one cluster, each with its part of the resources: docs/scale.md. */
@Tag("real-cluster")
class SeveralOperatorsIT {

  private static final List<String> TEAMS = List.of("red", "blue");
  private static final int EACH = 5;

  private final TestCluster cluster = TestClusters.chosen(Path.of("crds"));
  private final List<OperatorProcess> operators = new ArrayList<>();
  private final ComputeSimulator api =
      ComputeSimulator.builder()
          .account(Account.of("account-red").withToken("token-red"))
          .account(Account.of("account-blue").withToken("token-blue"))
          .start();

  @AfterEach
  void end() {
    operators.forEach(OperatorProcess::close);
    cluster.close();
    api.close();
  }

  @Test
  void neverTouchEachOthersResourcesOrInstances() {
    TEAMS.forEach(team -> start(team, team));
    for (int i = 0; i < EACH; i++) {
      TEAMS.forEach(this::apply);
    }
    all().forEach(SeveralOperatorsIT::awaitReady);

    for (Resource<ComputeInstance> resource : all()) {
      String team = resource.get().getMetadata().getLabels().get("team");
      String id = Objects.requireNonNull(resource.get().getStatus()).instanceId();
      assertThat(api.world().find(Objects.requireNonNull(id)))
          .map(Machine::userId)
          .hasValue("account-" + team);
    }
    List<Resource<ComputeInstance>> red = all().stream().filter(r -> isOf("red", r)).toList();
    red.forEach(Resource::delete);
    red.forEach(r -> await().atMost(Subject.PATIENCE).until(() -> r.get() == null));

    assertThat(api.world().machines())
        .hasSize(EACH)
        .allSatisfy(machine -> assertThat(machine.userId()).isEqualTo("account-blue"));
    assertThat(accounts(api.journal().committed(CREATE)))
        .containsOnly(
            Map.entry("account-red", (long) EACH), Map.entry("account-blue", (long) EACH));
    assertThat(accounts(api.journal().committed(DELETE)))
        .containsOnly(Map.entry("account-red", (long) EACH));
  }

  @Test
  void oneThatSharesItsAccountSaysSo() {
    api.world().add("account-red", OperatorFixture.TEMPLATE, null, MachineState.RUNNING);

    OperatorProcess operator = start("red", "red");

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(operator.log())
                    .contains("account=shared instances=1 others=1 unknown-creates=held"));
  }

  private OperatorProcess start(String team, String account) {
    OperatorProcess operator =
        OperatorProcess.start(
                Map.of(
                    "KUBECONFIG",
                    cluster.kubeconfig().toString(),
                    "COMPUTE_API_URL",
                    api.url().toString(),
                    "COMPUTE_API_TOKEN",
                    "token-" + account,
                    "COMPUTE_POLL_INTERVAL",
                    "1s",
                    "COMPUTE_POLL_FAST_INTERVAL",
                    "200ms",
                    "OPERATOR_LABEL_SELECTOR",
                    "team=" + team,
                    "OPERATOR_LEADER_ELECTION",
                    "true",
                    "OPERATOR_LEASE_NAMESPACE",
                    "default",
                    "OPERATOR_LEASE_NAME",
                    "compute-operator-" + team),
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
            .awaitReady();
    operators.add(operator);
    return operator;
  }

  private void apply(String team) {
    ComputeInstance resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("default")
            .withGenerateName(team + "-")
            .addToLabels("team", team)
            .build());
    resource.setSpec(
        new ComputeInstanceSpec(OperatorFixture.TEMPLATE, null, null, null, null, null, null));
    cluster.adminClient().resource(resource).create();
  }

  private List<Resource<ComputeInstance>> all() {
    return cluster
        .adminClient()
        .resources(ComputeInstance.class)
        .inNamespace("default")
        .list()
        .getItems()
        .stream()
        .<Resource<ComputeInstance>>map(resource -> cluster.adminClient().resource(resource))
        .toList();
  }

  private static boolean isOf(String team, Resource<ComputeInstance> resource) {
    return resource.get().getMetadata().getLabels().get("team").equals(team);
  }

  private static void awaitReady(Resource<ComputeInstance> resource) {
    await()
        .atMost(Subject.PATIENCE)
        .until(
            () ->
                Optional.ofNullable(resource.get().getStatus())
                    .flatMap(status -> status.condition(ConditionType.READY))
                    .filter(ready -> ready.getStatus().equals("True"))
                    .isPresent());
  }

  private static Map<String, Long> accounts(List<Call> calls) {
    Map<String, Long> counts = new HashMap<>();
    calls.forEach(call -> counts.merge(call.account(), 1L, Long::sum));
    return counts;
  }
}
