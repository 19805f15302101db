package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.TEMPLATES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.testing.Kubectl;
import com.threatwinds.compute.operator.testing.Subject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operator that was upgraded, and its definitions were not; or whose catalogue was deleted. */
class NoCatalogIT {

  @RegisterExtension
  private static final OperatorFixture it =
      OperatorFixture.standard()
          .onOwnCluster(Path.of("crds", "computeinstances.compute.threatwinds.com-v1.yml"))
          .with("COMPUTE_CATALOG_INTERVAL", "1s");

  @Test
  void goesOnAndSaysItOnce() {
    it.operator();
    await().atMost(Subject.PATIENCE).until(() -> it.operator().log().contains("catalog=off"));
    it.awaitLists(3);
    assertThat(it.journal().calls(TEMPLATES)).isEmpty();

    it.running("web").delete().awaitGone();

    assertThat(it.operator().log().lines().filter(line -> line.contains("catalog=")))
        .singleElement()
        .asString()
        .contains("WARN", "not installed");
  }

  @Test
  void thePluginSaysThatThereIsNone() {
    var kubectl = Kubectl.of(it.cluster());
    assumeThat(kubectl).as("kubectl").isPresent();

    Kubectl.Result result =
        kubectl
            .orElseThrow()
            .runBeside(PluginIT.PLUGIN.getParent(), "kubectl", "compute", "templates");

    assertThat(result.exitCode()).isOne();
    assertThat(result.output()).contains("this cluster has no catalogue").doesNotContain("error:");
  }
}
