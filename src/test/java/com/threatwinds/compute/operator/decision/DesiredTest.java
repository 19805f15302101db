package com.threatwinds.compute.operator.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DesiredTest {

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "../x", "tw 1", "-tw-1"})
  void refusesAClaimThatNamesNoInstanceWhereThereIsNone(String claim) {
    ComputeInstance restored = resource("{}", claim);

    assertThat(Desired.of(restored).problem())
        .hasValueSatisfying(problem -> assertThat(problem).contains(Annotations.INSTANCE_ID));
    assertThat(
            Decider.decide(
                Desired.of(restored),
                ComputeInstanceStatus.NONE,
                new Observation.Orderable(java.util.Optional.empty())))
        .isInstanceOf(Action.Stall.class);
  }

  @Test
  void leavesABoundResourceAloneWhateverItsCopySays() {
    ComputeInstance bound = resource("{\"instanceId\":\"tw-1\"}", "../x");

    assertThat(Desired.of(bound).problem()).isEmpty();
  }

  private static ComputeInstance resource(String status, String claim) {
    var json = new KubernetesSerialization();
    ComputeInstance resource =
        json.unmarshal(
            "{\"spec\":{\"templateId\":\"ubuntu\"},\"status\":" + status + "}",
            ComputeInstance.class);
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName("a")
            .addToAnnotations(Annotations.INSTANCE_ID, claim)
            .build());
    return resource;
  }
}
