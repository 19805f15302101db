package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.GET;
import static com.threatwinds.compute.operator.simulator.Operation.LIST;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many at a time, and limits that are small for them: docs/scale.md. */
class ScaleIT {

  private static final int CROWD = 60;

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @Test
  void createsUseTheLimitInTheOrderInWhichTheyWereAskedForAndADeletionPassesThem() {
    it.api().settings().limit(CREATE, 30, Duration.ofSeconds(3));
    it.operatorWith(Map.of("COMPUTE_RATE_CREATE", "600"));
    Subject victim = it.apply("victim").awaitReady("Running");
    List<Subject> crowd = crowd("new");

    victim.delete();
    crowd.forEach(Subject::awaitBound);

    assertThat(it.journal().calls(CREATE)).allMatch(Call::committed);
    assertThat(createdInOrder(crowd)).isSortedAccordingTo(ScaleIT::askedFirst);
    List<Call> changes = it.journal().committed(CREATE, DELETE);
    assertThat(changes.indexOf(it.journal().committed(DELETE).getFirst()))
        .as("the deletion among the creates")
        .isBetween(1, CROWD / 2);
  }

  @Test
  void whoWaitsForALimitCostsNoCalls() {
    it.operatorWith(Map.of("COMPUTE_RATE_POWER", "600"));
    List<Subject> crowd = crowd("old");
    crowd.forEach(subject -> subject.awaitReady("Running"));
    long mark = it.journal().mark();

    crowd.forEach(subject -> subject.power("Stopped"));
    crowd.forEach(subject -> subject.awaitReady("Stopped"));

    List<Call> calls = it.journal().since(mark);
    assertThat(calls.stream().filter(call -> call.operation() == STOP)).hasSize(CROWD);
    for (Subject subject : crowd) {
      List<Call> about =
          it.journal().callsFor(subject.instanceId()).stream()
              .filter(call -> call.number() > mark)
              .toList();
      assertThat(about.subList(0, about.indexOf(firstStop(about))))
          .as("only the look just before")
          .extracting(Call::operation)
          .containsExactly(GET);
    }
  }

  private static Call firstStop(List<Call> calls) {
    return calls.stream().filter(call -> call.operation() == STOP).findFirst().orElseThrow();
  }

  @Test
  void aListThatIsStuckDeceivesNobodyForEver() {
    it.operator();
    it.api()
        .fault(
            Match.on(LIST).always(),
            Phase.AFTER_COMMIT,
            Effect.rewrite(body -> body.replace("RUNNING", "PROVISIONING")));

    Subject web = it.apply("web").awaitReady("Running");
    it.awaitLists(5);

    assertThat(web.reasons()).as("it stays so").endsWith("Running");
    assertThat(web.reasons()).filteredOn("Running"::equals).hasSize(1);
  }

  @Test
  void aRestartAmongManyIsAListAndNothingElse() {
    it.operator();
    crowd("many").forEach(subject -> subject.awaitReady("Running"));
    it.stopOperator();
    long mark = it.journal().mark();
    List<String> versions = versions();

    it.operatorWith(Map.of("COMPUTE_POLL_INTERVAL", "60s"));
    await().atMost(Subject.PATIENCE).until(() -> passes() >= CROWD);

    assertThat(it.journal().since(mark)).extracting(Call::operation).containsExactly(LIST);
    assertThat(versions()).isEqualTo(versions);
  }

  private static long passes() throws Exception {
    return it.operator()
        .get("/q/metrics")
        .lines()
        .filter(line -> line.contains("reconciliations_started_total{"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static List<String> versions() {
    return it
        .client()
        .genericKubernetesResources(Subject.TYPE)
        .inAnyNamespace()
        .list()
        .getItems()
        .stream()
        .map(
            resource ->
                resource.getMetadata().getName() + resource.getMetadata().getResourceVersion())
        .toList();
  }

  private static List<Subject> crowd(String name) {
    List<Subject> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(it.apply(name + "-" + i));
    }
    return crowd;
  }

  /** The crowd in the order in which its instances were made. */
  private static List<Subject> createdInOrder(List<Subject> crowd) {
    List<String> ids =
        it.journal().committed(CREATE).stream()
            .map(c -> Objects.requireNonNull(c.subject()))
            .toList();
    return crowd.stream()
        .sorted(java.util.Comparator.comparingInt(s -> ids.indexOf(s.instanceId())))
        .toList();
  }

  /** Kubernetes tells the second in which a resource was made, and nothing finer. */
  private static int askedFirst(Subject one, Subject other) {
    return created(one).compareTo(created(other));
  }

  private static String created(Subject subject) {
    return subject.now().at("/metadata/creationTimestamp").asText();
  }
}
