package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Shows an event of {@code events.k8s.io/v1} as one of the core group.
 *
 * <p>In a real server both are views of one object, and kubectl reads the core one.
 */
final class CoreEvents {

  private CoreEvents() {}

  static ObjectNode of(JsonNode event) {
    ObjectNode core = event.deepCopy();
    core.put("apiVersion", "v1");
    rename(core, "regarding", "involvedObject");
    rename(core, "note", "message");
    rename(core, "reportingController", "reportingComponent");
    JsonNode time = core.path("eventTime");
    JsonNode series = core.path("series");
    core.putObject("source").put("component", core.path("reportingComponent").asText());
    core.put("firstTimestamp", seconds(time.asText()));
    core.put("lastTimestamp", seconds(series.path("lastObservedTime").asText(time.asText())));
    core.put("count", series.path("count").asInt(1));
    return core;
  }

  private static void rename(ObjectNode object, String from, String to) {
    JsonNode value = object.remove(from);
    if (value != null) {
      object.set(to, value);
    }
  }

  /** Core timestamps carry no fractions, and client libraries refuse them. */
  private static String seconds(String microTime) {
    return microTime.replaceFirst("\\.\\d+", "");
  }
}
