package com.threatwinds.compute.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.testing.Exposition;
import com.threatwinds.compute.operator.testing.Monitoring;
import com.threatwinds.compute.operator.testing.Promtool;
import com.threatwinds.compute.operator.testing.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Prometheus gets from the packaged operator. */
class MetricsIT {

  /** Of a scrape, whatever the number of resources. */
  private static final int MOST_BYTES = 100_000;

  @RegisterExtension private static final OperatorFixture it = OperatorFixture.standard();

  @Test
  void theCallsAndTheResourcesAreCounted() {
    it.operatorWith(Map.of()); // It has counted nothing yet.
    it.running("web", "power", "Running");

    await()
        .untilAsserted(
            () -> {
              assertThat(value("compute_instances{ready=\"True\",state=\"RUNNING\"}")).isOne();
              assertThat(value("compute_api_requests_total{code=\"2xx\",operation=\"create\"}"))
                  .isOne();
              assertThat(value("compute_instance_provisioning_seconds_count")).isOne();
              assertThat(value("compute_create_attempts_open")).isZero();
              assertThat(value("compute_leader")).isOne();
            });
    assertThat(value("compute_api_requests_total{code=\"2xx\",operation=\"list\"}")).isPositive();
    assertThat(value("compute_api_request_duration_seconds_count{operation=\"create\"}")).isOne();
    assertThat(scrape()).contains("reconciliations_started_total{", "compute_build_info{");
  }

  @Test
  void anInstanceThatNobodyHoldsIsCountedAndLeftAlone() {
    it.operator();
    String stray =
        it.api()
            .world()
            .add(OperatorFixture.USER, OperatorFixture.TEMPLATE, null, MachineState.RUNNING)
            .id();

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(value("compute_unclaimed_instances")).isOne());

    it.awaitLists(2);
    assertThat(it.api().world().find(stray)).isPresent();
  }

  @Test
  void aScrapeIsSmallAndNamesNoResourceHoweverManyThereAre() {
    it.running("the-first", "power", "Running");
    Set<String> before = series();

    List<Subject> crowd = IntStream.range(0, 30).mapToObj(i -> it.apply("crowd-" + i)).toList();
    crowd.forEach(subject -> subject.awaitReady("Running"));

    assertThat(series()).as("no series for any of them").isEqualTo(before);
    assertThat(scrape().length()).isLessThan(MOST_BYTES);
    assertThat(scrape()).doesNotContain("crowd-", it.namespace(), crowd.getFirst().instanceId());
  }

  @Test
  void hasAllThatTheAlertsAndTheDashboardAskFor() {
    it.operatorWith(withBilling());
    it.running("web", "power", "Running");
    it.apply("off", "power", "Stopped").awaitReady("Stopped");
    it.apply("odd", "templateId", "ubuntu-99").awaitStalled("TemplateNotFound");

    await()
        .untilAsserted(
            () -> {
              assertThat(value("compute_instances{ready=\"True\",state=\"TERMINATED\"}")).isOne();
              assertThat(value("compute_waiting_instances{reason=\"TemplateNotFound\"}")).isOne();
            });
    Exposition scrape = Exposition.of(scrape());
    assertThat(Monitoring.queries())
        .isNotEmpty()
        .allSatisfy(query -> assertThat(scrape.lacks(query)).as(query).isEmpty());
  }

  @Test
  void prometheusFindsNothingWrongWithTheMetrics() {
    it.operatorWith(withBilling());
    it.running("web", "power", "Running");

    Promtool.Answer answer = Promtool.run(scrape(), "check", "metrics");

    // 3 is for bad style, of which the framework's metrics have some.
    assertThat(answer.status()).as(answer.text()).isIn(0, 3);
    assertThat(answer.text().lines()).noneMatch(line -> line.startsWith("compute_"));
  }

  /** With all metrics that there may be. */
  private static Map<String, String> withBilling() {
    return Map.of("COMPUTE_BILLING_URL", it.api().root() + "/api/billing/v1");
  }

  /**
   * Without the values, and without those of the JVM, whose collectors show up as they are used.
   */
  private static Set<String> series() {
    return scrape()
        .lines()
        .filter(line -> line.startsWith("compute_"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static double value(String series) {
    return scrape()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  private static String scrape() {
    try {
      return it.operator().scrape().replace(",}", "}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
