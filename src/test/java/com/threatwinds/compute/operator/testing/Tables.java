package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.ResourceType.Column;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables that a server renders for {@code kubectl get}.
 *
 * <p>Knows the part of JSONPath that printer columns use: fields, and one {@code
 * [?(@.key=="value")]}.
 */
final class Tables {

  private static final Pattern STEP =
      Pattern.compile(
          "\\.([A-Za-z0-9_-]+)|\\[\\?\\(@\\.([A-Za-z0-9_-]+)==[\"']([^\"']*)[\"']\\)\\]");

  private static final List<Column> AGE_ONLY =
      List.of(new Column("Age", "date", "", 0, ".metadata.creationTimestamp"));

  private static final List<Column> EVENTS =
      List.of(
          new Column("Last Seen", "date", "", 0, ".lastTimestamp"),
          new Column("Type", "string", "", 0, ".type"),
          new Column("Reason", "string", "", 0, ".reason"),
          new Column("Object", "string", "", 0, ".involvedObject"),
          new Column("Message", "string", "", 0, ".message"));

  private Tables() {}

  /**
   * @param headed whether the columns are told, as a watch does only once
   */
  static ObjectNode of(
      ResourceType type, List<? extends JsonNode> objects, String version, boolean headed) {
    boolean events = type.kind().equals("Event");
    List<Column> columns = events ? EVENTS : type.columns().isEmpty() ? AGE_ONLY : type.columns();
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", version);
    ArrayNode definitions = table.putArray("columnDefinitions");
    if (headed) {
      if (!events) {
        define(definitions, new Column("Name", "string", "Name of the object", 0, ""), "name");
      }
      columns.forEach(column -> define(definitions, column, ""));
    }
    ArrayNode rows = table.putArray("rows");
    for (JsonNode object : objects) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      if (!events) {
        cells.add(object.path("metadata").path("name").asText());
      }
      columns.forEach(column -> cells.add(cell(column, object)));
      ObjectNode partial = row.putObject("object");
      partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
      partial.set("metadata", object.path("metadata"));
    }
    return table;
  }

  private static void define(ArrayNode definitions, Column column, String format) {
    definitions
        .addObject()
        .put("name", column.name())
        // a server renders the time itself and calls it text
        .put("type", column.type().equals("date") ? "string" : column.type())
        .put("format", format)
        .put("description", column.description())
        .put("priority", column.priority());
  }

  private static JsonNode cell(Column column, JsonNode object) {
    JsonNode value = select(object, column.jsonPath());
    if (column.jsonPath().equals(".involvedObject")) {
      return text(
          value.path("kind").asText().toLowerCase(java.util.Locale.ROOT)
              + "/"
              + value.path("name").asText());
    }
    if (column.type().equals("date")) {
      return text(value.isMissingNode() ? "<unknown>" : age(value.asText()));
    }
    return value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value;
  }

  private static JsonNode text(String text) {
    return JsonNodeFactory.instance.textNode(text);
  }

  static JsonNode select(JsonNode object, String jsonPath) {
    JsonNode at = object;
    Matcher step = STEP.matcher(jsonPath);
    while (step.find()) {
      if (step.group(1) != null) {
        at = at.path(step.group(1));
      } else {
        at = first(at, step.group(2), step.group(3));
      }
    }
    return at;
  }

  private static JsonNode first(JsonNode array, String key, String value) {
    List<JsonNode> matching = new ArrayList<>();
    array.forEach(
        element -> {
          if (element.path(key).asText().equals(value)) {
            matching.add(element);
          }
        });
    return matching.isEmpty() ? JsonNodeFactory.instance.missingNode() : matching.getFirst();
  }

  private static String age(String timestamp) {
    try {
      Duration age = Duration.between(Instant.parse(timestamp), Instant.now());
      if (age.toSeconds() < 120) {
        return Math.max(0, age.toSeconds()) + "s";
      }
      if (age.toMinutes() < 120) {
        return age.toMinutes() + "m";
      }
      return age.toHours() < 48 ? age.toHours() + "h" : age.toDays() + "d";
    } catch (DateTimeParseException e) {
      return "<unknown>";
    }
  }
}
