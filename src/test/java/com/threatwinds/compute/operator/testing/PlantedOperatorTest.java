package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlantedOperatorTest {

  @Test
  void thereIsOneForEachDesignErrorThatTheFaultMatrixMustCatch() {
    assertThat(PlantedOperator.names())
        .containsExactlyInAnyOrder(
            "no-conflict-check-on-the-attempt",
            "retried-post",
            "no-snapshot-before-the-create",
            "first-candidate-taken",
            "gone-on-one-404",
            "finalizer-dropped-on-404-of-another-account",
            "default-retry",
            "list-with-resource-version-0",
            "reset-sent-before-it-is-recorded",
            "request-ids-not-remembered",
            "lease-ignored",
            "list-trusted-for-power");
  }

  @ParameterizedTest
  @MethodSource("names")
  void eachCanStillBePlantedAndSaysHowItShows(String name) {
    assertThat(PlantedOperator.sources(name)).isNotEmpty();
    assertThat(PlantedOperator.description(name))
        .contains("Breaks:", "Fault:", "Caught:", "Scenario:", "Seen:");
  }

  static List<String> names() {
    return PlantedOperator.names();
  }
}
