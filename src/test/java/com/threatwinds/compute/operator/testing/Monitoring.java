package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What {@code deploy/monitoring} asks Prometheus. */
public final class Monitoring {

  public static final Path DIRECTORY = Path.of("deploy", "monitoring");
  public static final Path RULES = DIRECTORY.resolve("rules.yaml");
  public static final Path DASHBOARD = DIRECTORY.resolve("dashboard.json");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private Monitoring() {}

  /** Every alert, in the order of the file. */
  public static List<JsonNode> alerts() {
    List<JsonNode> alerts = new ArrayList<>();
    yaml(RULES).get("groups").forEach(group -> group.get("rules").forEach(alerts::add));
    return alerts;
  }

  /** What the alerts ask. */
  public static List<String> alertQueries() {
    return alerts().stream().map(alert -> alert.get("expr").asText()).toList();
  }

  /** Every panel of the dashboard that shows something, in its order. */
  public static List<JsonNode> panels() {
    List<JsonNode> panels = new ArrayList<>();
    yaml(DASHBOARD).get("panels").forEach(panels::add);
    panels.removeIf(panel -> panel.get("type").asText().equals("row"));
    return panels;
  }

  /** What the dashboard asks, with an interval in the place of the one that Grafana chooses. */
  public static List<String> dashboardQueries() {
    return panels().stream()
        .flatMap(panel -> panel.get("targets").valueStream())
        .map(target -> target.get("expr").asText().replace("$__rate_interval", "5m"))
        .toList();
  }

  /** All that is asked. */
  public static List<String> queries() {
    return Stream.concat(alertQueries().stream(), dashboardQueries().stream()).toList();
  }

  public static JsonNode yaml(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
