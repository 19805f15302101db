package com.threatwinds.compute.operator.deploy;

import static com.threatwinds.compute.operator.testing.Monitoring.yaml;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.testing.Monitoring;
import com.threatwinds.compute.operator.testing.Promql;
import com.threatwinds.compute.operator.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The alerts: each has a runbook, and fires in a test. */
class MonitoringTest {

  private static final Path CASES = Path.of("src", "test", "promtool", "alerts.yaml");
  private static final Path DOCUMENT = Path.of("docs", "operating.md");
  private static final String RUNBOOKS =
      "https://github.com/threatwinds/compute-operator/blob/main/docs/operating.md#";

  @Test
  void thePrometheusRuleHasTheSameRules() {
    assertThat(yaml(Monitoring.DIRECTORY.resolve("prometheusrule.yaml")).get("spec"))
        .as("make manifests")
        .isEqualTo(yaml(Monitoring.RULES));
  }

  @Test
  void eachAlertHasItsRunbookAndEachRunbookItsAlert() throws IOException {
    String document = Files.readString(DOCUMENT);
    String section =
        document.substring(document.indexOf("\n## Alerts\n") + 4).split("(?m)^## ", 2)[0];

    assertThat(matches("(?m)^### (.+)$", section)).containsExactlyElementsOf(names());
    for (JsonNode alert : Monitoring.alerts()) {
      assertThat(alert.at("/annotations/runbook_url").asText())
          .isEqualTo(RUNBOOKS + alert.get("alert").asText().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void theDocumentTellsHowSevereEachIs() throws IOException {
    List<String> told =
        matches("(?m)^\\| \\[(\\w+\\]\\(#\\w+\\) \\| \\w+)", Files.readString(DOCUMENT));

    assertThat(told)
        .containsExactlyElementsOf(
            Monitoring.alerts().stream()
                .map(
                    alert ->
                        "%s](#%s) | %s"
                            .formatted(
                                alert.get("alert").asText(),
                                alert.get("alert").asText().toLowerCase(Locale.ROOT),
                                alert.at("/labels/severity").asText()))
                .toList());
    assertThat(Monitoring.alerts())
        .extracting(alert -> alert.at("/labels/severity").asText())
        .containsOnly("critical", "warning");
  }

  @Test
  void eachAlertFiresInACaseAndIsQuietInAnother() {
    Set<String> firing = new TreeSet<>();
    Set<String> quiet = new TreeSet<>();
    for (JsonNode test : yaml(CASES).get("tests")) {
      for (JsonNode asked : test.get("alert_rule_test")) {
        (asked.get("exp_alerts").isEmpty() ? quiet : firing).add(asked.get("alertname").asText());
      }
    }

    assertThat(firing).containsExactlyInAnyOrderElementsOf(names());
    assertThat(quiet).containsExactlyInAnyOrderElementsOf(names());
  }

  @Test
  void whatStallsIsToldByExactlyOneAlert() throws IOException {
    List<String> stalling =
        matches("(?m)^\\| `(\\w+)` \\| Stalled \\|", Files.readString(Path.of("README.md")));
    List<String> alerted =
        Monitoring.alertQueries().stream()
            .flatMap(query -> Promql.of(query).series().stream())
            .flatMap(series -> series.conditions().stream())
            .filter(condition -> condition.label().equals("reason"))
            .flatMap(condition -> Stream.of(condition.value().split("\\|")))
            .toList();

    assertThat(stalling).isNotEmpty();
    assertThat(alerted).doesNotHaveDuplicates().containsAll(stalling);
    assertThat(Stream.of(Reason.values()).map(Reason::toString).collect(Collectors.toSet()))
        .containsAll(alerted);
  }

  @Test
  void promtoolSeesEachAlertFire() {
    for (List<String> arguments :
        List.of(
            List.of("check", "rules", "--lint-fatal", Monitoring.RULES.toString()),
            List.of("test", "rules", CASES.toString()))) {
      Promtool.Answer answer = Promtool.run("", arguments.toArray(String[]::new));

      assertThat(answer.text()).contains("SUCCESS");
      assertThat(answer.status()).as(answer.text()).isZero();
    }
  }

  @Test
  void promtoolReadsEachQueryOfTheDashboard() {
    String rules =
        Monitoring.dashboardQueries().stream()
            .map(query -> "  - record: asked\n    expr: '" + query.replace("'", "''") + "'\n")
            .collect(Collectors.joining("", "groups:\n- name: dashboard\n  rules:\n", ""));

    Promtool.Answer answer = Promtool.run(rules, "check", "rules", "--lint=none", "/dev/stdin");

    assertThat(answer.text())
        .contains("SUCCESS: " + Monitoring.dashboardQueries().size() + " rules found");
    assertThat(answer.status()).as(answer.text()).isZero();
  }

  @Test
  void eachPanelTellsWhatItShowsAndCoversNoOther() {
    Set<String> taken = new TreeSet<>();
    for (JsonNode panel : Monitoring.panels()) {
      String title = panel.get("title").asText();
      JsonNode at = panel.get("gridPos");
      for (int x = at.get("x").asInt(); x < at.get("x").asInt() + at.get("w").asInt(); x++) {
        for (int y = at.get("y").asInt(); y < at.get("y").asInt() + at.get("h").asInt(); y++) {
          assertThat(taken.add(x + " " + y)).as(title).isTrue();
        }
      }
      assertThat(at.get("x").asInt() + at.get("w").asInt()).as(title).isLessThanOrEqualTo(24);
    }
    assertThat(Monitoring.panels()).extracting(panel -> panel.get("title")).doesNotHaveDuplicates();
    assertThat(Monitoring.panels()).extracting(panel -> panel.get("id")).doesNotHaveDuplicates();
  }

  /** A panel that is left to all would mix operators; one that names an alert names a real one. */
  @Test
  void theDashboardAsksForTheChosenOperatorAlone() throws IOException {
    assertThat(Monitoring.dashboardQueries())
        .isNotEmpty()
        .allSatisfy(
            query ->
                assertThat(Promql.of(query).series())
                    .isNotEmpty()
                    .allSatisfy(
                        series ->
                            assertThat(series.conditions())
                                .contains(
                                    new Promql.Condition("namespace", "=~", "$namespace"),
                                    new Promql.Condition("job", "=~", "$job"))));
    assertThat(matches("Alerts? (\\w+)", Files.readString(Monitoring.DASHBOARD)))
        .isNotEmpty()
        .isSubsetOf(names());
  }

  private static List<String> names() {
    return Monitoring.alerts().stream().map(alert -> alert.get("alert").asText()).toList();
  }

  private static List<String> matches(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }
}
