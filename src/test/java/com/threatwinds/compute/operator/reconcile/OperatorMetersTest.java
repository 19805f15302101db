package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.AccountLimits;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.threatwinds.compute.operator.metrics.ApiMeters;
import com.threatwinds.compute.operator.metrics.MeteredComputeApi;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // Of the registry: it is the one that Quarkus brings.
class OperatorMetersTest {

  private static final int MANY = 10_000;

  /** Of a scrape, whatever it is that the operator meets. */
  private static final int MOST_BYTES = 100_000;

  private static final Path DOCUMENT = Path.of("docs", "operating.md");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ModelOperator operator = new ModelOperator();
  private final ComputeApi counted =
      new MeteredComputeApi(operator.api, new ApiMeters(registry), operator.clock);

  @BeforeEach
  void show() {
    new OperatorMeters(registry, operator.leadership, "1.2.3").show(operator.rooms);
    AllowanceMetrics.register(
        registry,
        new AccountLimits(
            Optional.empty(),
            new GatedComputeApi(operator.api, Map.of(), operation -> {}),
            Set.of(),
            operator.clock),
        operator.rooms);
  }

  @Test
  void countsTheResourcesByStateAndReadiness() {
    operator.running(Wish.named("web"));
    operator.cluster.apply(Wish.named("new"));
    operator.pass("new");
    // What a pass wrote, the informer knows only by the next one.
    operator.pass("web");
    operator.pass("new");

    assertThat(value("compute_instances{ready=\"True\",state=\"RUNNING\"}")).isOne();
    assertThat(value("compute_waiting_instances{reason=\"Running\"}")).isZero();
    assertThat(sum("compute_instances{")).isEqualTo(2);
    assertThat(sum("compute_waiting_instances{")).isOne();
  }

  @Test
  void measuresHowLongAnInstanceTookToRun() {
    operator.cluster.apply(Wish.named("web"));
    String id =
        operator
            .run("web", status -> InstanceState.PROVISIONING.name().equals(status.state()))
            .instanceId();
    operator.advance(Duration.ofSeconds(40));
    operator.api.move(id, InstanceState.RUNNING);

    operator.rest("web");
    operator.rest("web");

    assertThat(operator.provisioned).singleElement().isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void countsInstancesThatNobodyHolds() {
    operator.api.put("stray", InstanceState.RUNNING);
    operator.running(Wish.named("web"));
    operator.poll();

    assertThat(value("compute_unclaimed_instances")).isOne();
    assertThat(operator.api.find("stray")).as("and leaves them alone").isPresent();
  }

  @Test
  void tellsTheAgeOfTheListAlsoWhereThereWasNone() {
    operator.advance(Duration.ofSeconds(50));
    assertThat(value("compute_poll_age_seconds")).isEqualTo(50);

    operator.poll();
    operator.advance(Duration.ofSeconds(20));

    assertThat(value("compute_poll_age_seconds")).isEqualTo(20);
  }

  @Test
  void isAllZeroWhereItDoesNotLead() {
    operator.api.put("stray", InstanceState.RUNNING);
    operator.running(Wish.named("web"));
    assertThat(value("compute_leader")).isOne();

    operator.leadership.lost();
    operator.advance(Duration.ofMinutes(1));

    assertThat(value("compute_leader")).isZero();
    for (String gauge :
        List.of(
            "compute_instances{",
            "compute_waiting_instances{",
            "compute_unclaimed_instances",
            "compute_create_attempts_open",
            "compute_poll_age_seconds")) {
      assertThat(sum(gauge)).as(gauge).isZero();
    }
  }

  @Test
  void hasNoSeriesMoreForMoreResources() {
    Set<String> before = series();

    for (int i = 0; i < 5; i++) {
      operator.running(Wish.named("web-" + i));
    }

    assertThat(series()).isEqualTo(before);
  }

  @Test
  void hasNoSeriesMoreForTenThousandOddResourcesAndAnswers() {
    Set<String> before = series();

    Tally tally = operator.rooms.known().tally();
    for (int i = 0; i < MANY; i++) {
      String odd = "x\n\"} 1\n" + i;
      tally.moved(null, TallyTest.resource(odd, odd, odd, odd));
      var failure = Errors.unavailable(Operation.LIST, i - MANY / 2, odd, odd);
      operator.api.fail(failure);
      assertThatThrownBy(counted::list).isSameAs(failure);
    }

    assertThat(sum("compute_instances{")).isEqualTo(MANY);
    assertThat(sum("compute_api_requests_total{")).isEqualTo(MANY);
    assertThat(series()).isEqualTo(before);
    assertThat(registry.scrape()).hasSizeLessThan(MOST_BYTES);
  }

  @Test
  void itsMetricsAreThoseOfTheDocument() throws IOException {
    Set<String> documented =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.startsWith("| `compute_"))
            .map(line -> line.split("`")[1])
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(withLabels());
  }

  /** Each as its name and its labels, as the document's table has them. */
  private Set<String> withLabels() {
    return series().stream()
        .filter(line -> !line.matches("[a-z_]+_(bucket|sum|max)([{].*)?"))
        .map(line -> line.replaceAll("_count(?=[{]|$)", ""))
        .map(line -> line.replaceAll("=\"[^\"]*\"", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> series() {
    return lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Stream<String> lines() {
    return registry.scrape().replace(",}", "}").lines();
  }

  private double value(String series) {
    assertThat(series()).contains(series);
    return sum(series);
  }

  private double sum(String prefix) {
    return lines()
        .filter(line -> line.startsWith(prefix))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
