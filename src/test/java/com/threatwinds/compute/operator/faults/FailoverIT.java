package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.Subject;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long nobody acts when the leader ends, with the Lease as shipped: printed, not judged, since
 * it is a measurement. From the end to the create of a resource that was applied just then.
 */
@Tag("faults")
class FailoverIT {

  private static final int ROUNDS = 3;
  private static final Stage.Setup AS_SHIPPED =
      Stage.Setup.two().with("OPERATOR_LEASE_DURATION", "10s");

  private static TestCluster cluster;
  private static History history;

  @BeforeAll
  static void open() {
    cluster = TestClusters.chosen(Path.of("crds"));
    history = History.of(cluster.adminClient());
  }

  @AfterAll
  static void close() {
    history.close();
    cluster.close();
  }

  @Test
  void anotherLeadsSoonAfterTheLeaderIsKilled() {
    List<Duration> gaps = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      try (Stage stage = play()) {
        Life.born(stage);
        stage.did("kill -9 of the leader");
        Instant end = Instant.now();
        stage.first().kill();

        gaps.add(gap(stage, end));
      }
    }
    System.out.println("failover: from kill -9 to the other's create " + gaps);
  }

  @Test
  void anotherLeadsAtOnceAfterTheLeaderIsTerminated() {
    List<Duration> gaps = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      try (Stage stage = play()) {
        ActiveFault hold = stage.api().hold(Match.on(Operation.CREATE), Phase.AFTER_COMMIT);
        Subject web = stage.apply(Life.NAME, "power", "Running");
        hold.awaitHit(Stage.PATIENCE);
        stage.did("SIGTERM to the leader, whose create is under way");
        stage.mayEnd(stage.first());
        stage.first().process().terminate();
        hold.close();
        await().atMost(Stage.PATIENCE).until(() -> !web.instanceId().isEmpty());

        gaps.add(gap(stage, lastAnswer(stage)));
        stage.awaitReady(web, "Running");
      }
    }
    System.out.println(
        "failover: from the last answer after SIGTERM to the other's create " + gaps);
  }

  private static Stage play() {
    return Stage.open(AS_SHIPPED, cluster, cluster.kubeconfig(), history).start();
  }

  private static Instant lastAnswer(Stage stage) {
    return creates(stage).getLast().completedAt();
  }

  private static List<Call> creates(Stage stage) {
    return stage.api().journal().entries().stream()
        .filter(call -> call.operation() == Operation.CREATE)
        .toList();
  }

  private static Duration gap(Stage stage, Instant from) {
    int before = creates(stage).size();
    Subject next = stage.apply("db", "power", "Running");
    stage.awaitReady(next, "Running");
    assertThat(Invariants.check(stage.evidence())).isEmpty();
    return Duration.between(from, creates(stage).get(before).receivedAt());
  }
}
