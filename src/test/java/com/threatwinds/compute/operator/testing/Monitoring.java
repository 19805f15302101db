package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code deploy/monitoring} asks Prometheus. */
public final class Monitoring {

  public static final Path DIRECTORY = Path.of("deploy", "monitoring");
  public static final Path RULES = DIRECTORY.resolve("rules.yaml");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private Monitoring() {}

  /** Every alert, in the order of the file. */
  public static List<JsonNode> alerts() {
    List<JsonNode> alerts = new ArrayList<>();
    yaml(RULES).get("groups").forEach(group -> group.get("rules").forEach(alerts::add));
    return alerts;
  }

  /** All that is asked. */
  public static List<String> queries() {
    return alerts().stream().map(alert -> alert.get("expr").asText()).toList();
  }

  public static JsonNode yaml(Path file) {
    try {
      return YAML.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
