package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class OperatorProcessIT {

  @Test
  void startsStandsStillGoesOnAndEnds() {
    try (TestCluster cluster = TestClusters.chosen(definitions());
        OperatorProcess operator = OperatorProcess.start(settings(cluster))) {
      awaitLife(operator);

      operator.pause();
      assertThat(operator.statusOf("/q/health/live")).isEmpty();
      assertThat(operator.exitCode()).isEmpty();

      operator.resume();
      awaitLife(operator);

      operator.terminate();
      assertThat(operator.awaitExit(Duration.ofMinutes(1))).isIn(0, 143);
      assertThat(operator.log()).contains("compute-operator");
    }
  }

  @Test
  void dies() {
    try (TestCluster cluster = TestClusters.chosen(definitions());
        OperatorProcess operator = OperatorProcess.start(settings(cluster))) {
      awaitLife(operator);

      operator.kill();

      assertThat(operator.exitCode()).isEqualTo(OptionalInt.of(137));
    }
  }

  private static void awaitLife(OperatorProcess operator) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> operator.statusOf("/q/health/live").isPresent());
  }

  private static Path[] definitions() {
    Path generated = Path.of("crds");
    return Files.isDirectory(generated) ? new Path[] {generated} : new Path[0];
  }

  private static Map<String, String> settings(TestCluster cluster) {
    return Map.of(
        "KUBECONFIG", cluster.kubeconfig().toString(),
        "COMPUTE_API_URL", "http://127.0.0.1:9",
        "COMPUTE_API_TOKEN", "nobody-listens");
  }
}
