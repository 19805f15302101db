package com.threatwinds.compute.operator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionTest {

  private static final Exposition SCRAPE =
      Exposition.of(
          """
          # HELP calls_total Calls
          # TYPE calls_total counter
          calls_total{code="2xx",kind="a \\"b\\", c"} 1.0
          calls_total{code="5xx",kind="d"} 0.0
          took_seconds_bucket{le="0.5"} NaN
          up 1.0
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "up;",
        "absent(up) or (up offset 1d) and on () vector(1) * 1e3;",
        "sum by (job, code) (rate(calls_total{code=~\"2xx|5xx\"}[5m])) > 0.2;",
        "sum(rate(calls_total{code=\"2xx\", kind!=\"d\",}[1h:1m])) by (kind);",
        "histogram_quantile(0.5, sum by (le) (rate(took_seconds_bucket[$__rate_interval])));",
        "calls_total{namespace=~\"$namespace\",kind=~\"$kind\"};",
        "calls_total * on (job) group_left (code) up;",
        "down; down",
        "up + down{job=\"x\"}; down",
        "sum without (color) (up); color",
        "calls_total * on (job) group_left (le) up; le",
        "calls_total{color=\"red\"}; calls_total{color}",
        "calls_total{code=~\"2xx|3xx\"}; calls_total{code=\"3xx\"}",
        "up{code=\"2xx\"}; up{code}",
        "sum by (code) (up); code",
      })
  void tellsWhatAQueryAsksForThatIsNotThere(String query, String missing) {
    assertThat(SCRAPE.lacks(query))
        .containsExactlyElementsOf(missing == null ? List.of() : List.of(missing));
  }

  @Test
  void readsEachLabelAndItsValues() {
    assertThat(SCRAPE.metrics().get("calls_total").get("kind"))
        .containsExactly("a \\\"b\\\", c", "d");
    assertThat(SCRAPE.metrics()).containsOnlyKeys("calls_total", "took_seconds_bucket", "up");
  }
}
