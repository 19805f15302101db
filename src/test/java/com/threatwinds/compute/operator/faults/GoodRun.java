package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.TestCluster;
import java.util.List;

/**
 * A life in which nothing goes wrong, recorded: where all others can be hit.
 *
 * @param boundaries every call that changed something
 */
record GoodRun(List<Boundary> boundaries) {

  static GoodRun play(TestCluster cluster, History history) {
    try (Stage stage =
        Stage.open(Stage.Setup.one(), cluster, cluster.kubeconfig(), history).start()) {
      Life.live(stage);
      Evidence evidence = stage.evidence();
      assertThat(Invariants.check(evidence)).as("a good life\n%s", evidence.timeline()).isEmpty();
      GoodRun good = new GoodRun(Boundary.of(evidence));
      System.out.println("boundaries of a good life: " + good.boundaries());
      return good;
    }
  }
}
