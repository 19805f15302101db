package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Takes the definition away, which the mock cluster does without a thought for the resources. */
@Tag("real-cluster")
class UninstallIT {

  @RegisterExtension
  private static final OperatorFixture it =
      OperatorFixture.standard().onOwnCluster(Path.of("crds"));

  @Test
  void deletingTheDefinitionLetsAllResourcesGoAndDestroysNoInstance() {
    Subject bound = it.running("bound", "deletionPolicy", "Delete");
    ActiveFault lost = it.api().fault(Match.on(CREATE), Phase.AFTER_COMMIT, Effect.reset());
    Subject open = it.apply("open");
    lost.awaitHit(Subject.PATIENCE);

    it.client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("computeinstances.compute.threatwinds.com")
        .delete();

    bound.awaitEvent("Retained");
    bound.awaitGone();
    open.awaitGone();
    assertThat(it.attempts()).containsExactly(CREATE, CREATE);
    assertThat(it.machines()).hasSize(2);
    assertThat(it.operator().isAlive()).isTrue();
  }
}
