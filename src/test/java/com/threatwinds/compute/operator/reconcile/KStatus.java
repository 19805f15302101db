package com.threatwinds.compute.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/**
 * What generic tools (kpt, Flux, Helm, {@code kubectl wait}-like waiters) make of a custom
 * resource: the rules of kstatus, from its documentation.
 *
 * <p>The first rule that fits counts: being deleted; a generation that was not observed;
 * Reconciling; Stalled; and, as the last resort, Ready.
 */
enum KStatus {
  CURRENT,
  IN_PROGRESS,
  FAILED,
  TERMINATING;

  static KStatus of(JsonNode resource) {
    JsonNode meta = resource.path("metadata");
    JsonNode status = resource.path("status");
    if (meta.hasNonNull("deletionTimestamp")) {
      return TERMINATING;
    }
    JsonNode observed = status.path("observedGeneration");
    if (observed.isNumber() && observed.asLong() != meta.path("generation").asLong()) {
      return IN_PROGRESS;
    }
    if (is(status, "Reconciling", "True")) {
      return IN_PROGRESS;
    }
    if (is(status, "Stalled", "True")) {
      return FAILED;
    }
    return is(status, "Ready", "False") || is(status, "Ready", "Unknown") ? IN_PROGRESS : CURRENT;
  }

  private static boolean is(JsonNode status, String type, String value) {
    return StreamSupport.stream(status.path("conditions").spliterator(), false)
        .anyMatch(
            c -> type.equals(c.path("type").asText()) && value.equals(c.path("status").asText()));
  }
}
