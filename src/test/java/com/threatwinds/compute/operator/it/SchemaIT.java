package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.testing.Subject;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real API server refuses by itself, in our words. */
@Tag("real-cluster")
class SchemaIT {

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @ParameterizedTest
  @CsvSource({
    "zone, us-central1-b, zone can't be changed",
    "zone, , zone can't be changed",
    "templateId, debian-12-standard, templateId can't be changed",
    "instanceId, tw-7d0c2a-00000000, instanceId can't be changed"
  })
  void anImmutableValueCannotBeChanged(String field, @Nullable String value, String message) {
    Subject web = it.running("web", "zone", "us-central1-a");

    assertThatThrownBy(() -> web.set(field, value))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);

    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @ParameterizedTest
  @CsvSource({
    "templateId, ../admin",
    "zone, Mars North",
    "power, Sideways",
    "deletionPolicy, Maybe",
    "instanceId, a b",
    "powerRequestId, 0123456789012345678901234567890123456789012345678901234567890123"
  })
  void aValueThatMakesNoSenseIsRefused(String field, String value) {
    assertThatThrownBy(() -> it.apply("web", field, value))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(field);
  }

  @Test
  void aResourceWithoutATemplateIsRefused() {
    assertThatThrownBy(() -> it.apply("web", "templateId", null))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("templateId");
  }
}
