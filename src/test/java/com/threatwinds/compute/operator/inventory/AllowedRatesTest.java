package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.compute.Allowance;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedRatesTest {

  private static Allowance limit(String feature, long value, String window) {
    return new Allowance("compute-api", feature, value, window);
  }

  private static AllowedRates of(Allowance... limits) {
    return AllowedRates.of(List.of(limits));
  }

  @ParameterizedTest
  @CsvSource({
    "create, CREATE",
    "create_instance, CREATE",
    "CreateInstance, CREATE",
    "createInstance, CREATE",
    "instances.create, CREATE",
    "POST /instances, CREATE",
    "delete-instance, DELETE",
    "start, POWER",
    "instance_stop, POWER",
    "restartInstance, POWER",
    "power_operations, POWER",
    "list_instances, LIST",
    "ListInstances, LIST",
    "get_instance, GET",
    "list_templates, TEMPLATES",
    "get_template_zones, ZONES",
    "zones, ZONES",
  })
  void understandsANameByItsVerb(String feature, Kind kind) {
    assertThat(of(limit(feature, 20, "minute")).rates())
        .containsExactly(Map.entry(kind, Rate.perMinute(20)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "max_instances", "calls", "create_or_delete", "created", "??"})
  void limitsNothingByANameThatItDoesNotUnderstandAndSaysSo(String feature) {
    AllowedRates allowed = of(limit(feature, 20, "minute"));

    assertThat(allowed.rates()).isEmpty();
    assertThat(allowed.unrecognised()).containsExactly(feature);
  }

  @ParameterizedTest
  @CsvSource({"second, PT1S", "Minute, PT1M", "hour, PT1H", "day, P1D", "month, P31D"})
  void knowsTheWindows(String word, Duration window) {
    assertThat(of(limit("create", 7, word)).rates())
        .containsExactly(Map.entry(Kind.CREATE, new Rate(7, window)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fortnight", "", "-1"})
  void limitsNothingInAWindowThatItDoesNotKnow(String window) {
    assertThat(of(limit("create", 7, window)).rates()).isEmpty();
    assertThat(of(new Allowance("compute-api", "create", 7, null)).unrecognised()).hasSize(1);
  }

  @Test
  void takesTheTightestOfThoseThatShareAGate() {
    assertThat(
            of(
                    limit("start", 20, "minute"),
                    limit("stop", 100, "hour"),
                    limit("reset", 5, "minute"))
                .rates())
        .containsExactly(Map.entry(Kind.POWER, new Rate(100, Duration.ofHours(1))));
  }

  @Test
  void limitsNothingThatIsUnlimited() {
    assertThat(of(limit("create", -1, "minute")).rates()).isEmpty();
    assertThat(of(limit("create", -1, "minute")).unrecognised()).isEmpty();
  }

  @Test
  void stillTriesWhatIsDisabledSinceAWrongZeroMustNotKeepADeletionForEver() {
    AllowedRates allowed = of(limit("delete", 0, "month"));

    assertThat(allowed.disabled()).containsExactly("delete");
    assertThat(allowed.rates()).containsExactly(Map.entry(Kind.DELETE, Rate.perMinute(1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {-2, Long.MIN_VALUE})
  void limitsNothingByANumberThatIsNone(long value) {
    assertThat(of(limit("create", value, "minute")).rates()).isEmpty();
  }

  @Test
  void limitsNothingByANumberThatIsHuge() {
    assertThat(of(limit("create", Long.MAX_VALUE, "minute")).rates().get(Kind.CREATE))
        .isEqualTo(Rate.perMinute(Integer.MAX_VALUE));
  }

  @Test
  void leavesTheLimitsOfOtherServicesAlone() {
    AllowedRates allowed =
        of(
            new Allowance("search-api", "create", 1, "day"),
            new Allowance("Compute", "create", 9, "minute"));

    assertThat(allowed.rates()).containsExactly(Map.entry(Kind.CREATE, Rate.perMinute(9)));
    assertThat(allowed.unrecognised()).isEmpty();
  }

  @Test
  void findsTheQuotaOfInstances() {
    assertThat(quota("compute-api", "max_instances", 12)).containsExactly(12L);
    assertThat(quota("compute-api", "maxInstances", -1)).containsExactly(-1L);
    assertThat(quota("compute-api", "max_instances", -7)).isEmpty();
    assertThat(quota("compute-api", "max_disks", 12)).isEmpty();
    assertThat(quota("search-api", "max_instances", 12)).isEmpty();
  }

  private static Stream<Long> quota(String service, String feature, long value) {
    return AllowedRates.maxInstances(List.of(new Allowance(service, feature, value, null)))
        .stream();
  }
}
