package com.threatwinds.compute.operator.kubeproxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.Json;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An API server replica that lags: reads that accept any version, and so say {@code
 * resourceVersion=0}, see what was remembered. A list with a limit is consistent, as is one that
 * selects (which a replica would answer, too, but nobody here asks).
 */
final class OldLists {

  private final String plural;
  private @Nullable ObjectNode remembered;
  private boolean served;

  OldLists(String plural) {
    this.plural = plural;
  }

  void remember(Buffer list) {
    remembered =
        (ObjectNode)
            Json.anything(list.getBytes())
                .filter(json -> json.path("items").isArray())
                .orElseThrow(() -> new IllegalStateException("no list: " + list));
  }

  void serve(boolean whether) {
    if (whether && remembered == null) {
      throw new IllegalStateException("no list is remembered");
    }
    served = whether;
  }

  /** Empty if the API server is to be asked. */
  Optional<Answer> answer(KubeCall call) {
    ObjectNode list = remembered;
    if (!served || list == null || !call.plural().equals(plural) || !acceptsAnyVersion(call)) {
      return Optional.empty();
    }
    if (call.isList()) {
      call.fault("old list");
      return Optional.of(Answer.Whole.json(200, within(list, call.namespace()).toString()));
    }
    if (call.isGet() && call.subresource().isEmpty()) {
      call.fault("old object");
      return Optional.of(object(list, call));
    }
    return Optional.empty();
  }

  private static boolean acceptsAnyVersion(KubeCall call) {
    return "0".equals(call.query().get("resourceVersion"))
        && !call.query().containsKey("limit")
        && !call.query().containsKey("labelSelector")
        && !call.query().containsKey("fieldSelector");
  }

  private static JsonNode within(ObjectNode list, @Nullable String namespace) {
    if (namespace == null) {
      return list;
    }
    ObjectNode part = list.deepCopy();
    ArrayNode items = part.putArray("items");
    list.path("items")
        .forEach(
            item -> {
              if (namespace.equals(item.path("metadata").path("namespace").asText())) {
                items.add(item);
              }
            });
    return part;
  }

  private static Answer object(ObjectNode list, KubeCall call) {
    for (JsonNode item : within(list, call.namespace()).path("items")) {
      if (item.path("metadata").path("name").asText().equals(call.name())) {
        return Answer.Whole.json(200, item.toString());
      }
    }
    return Answer.Whole.failure(
        404, "NotFound", call.plural() + " \"" + call.name() + "\" not found", null);
  }
}
