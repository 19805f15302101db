package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The settings as JSON, for {@code /_sim/config}. Only what a patch names is changed; credentials
 * can be given, but are never shown.
 *
 * <pre>
 * {"provisioning":"2s", "staging":"0s", "starting":"1s", "stopping":"1s", "listLag":"10s",
 *  "maxInstances":3, "limits":{"create":"5/minute"}, "quirks":["lower-case-status"],
 *  "credentials":[{"userId":"...", "addTokens":["t"], "addKeys":{"k":"s"}},
 *                 {"revokeTokens":["old"], "revokeKeys":["k"]}]}
 * </pre>
 */
final class ConfigPatch {

  private ConfigPatch() {}

  static ObjectNode show(ObjectMapper json, ComputeSimulator simulator) {
    Settings settings = simulator.settings();
    ObjectNode node = json.createObjectNode();
    node.put("provisioning", settings.provisioning().toString());
    node.put("staging", settings.staging().toString());
    node.put("starting", settings.starting().toString());
    node.put("stopping", settings.stopping().toString());
    node.put("listLag", settings.listLag().toString());
    node.put("maxInstances", settings.maxInstances());
    ObjectNode limits = node.putObject("limits");
    settings
        .limits()
        .forEach(
            (operation, limit) ->
                limits.put(operation.toString(), limit.value() + "/" + limit.windowName()));
    ArrayNode quirks = node.putArray("quirks");
    settings.quirks().stream().sorted().forEach(quirk -> quirks.add(quirk.toString()));
    ArrayNode accounts = node.putArray("accounts");
    simulator.accounts().userIds().forEach(accounts::add);
    return node;
  }

  /**
   * @throws IllegalArgumentException if a field or value is not one of the above; what stood before
   *     it is changed already
   */
  static void apply(JsonNode patch, ComputeSimulator simulator) {
    Settings settings = simulator.settings();
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      JsonNode value = field.getValue();
      switch (field.getKey()) {
        case "provisioning" -> settings.provisioning(DurationText.parse(value.asText()));
        case "staging" -> settings.staging(DurationText.parse(value.asText()));
        case "starting" -> settings.starting(DurationText.parse(value.asText()));
        case "stopping" -> settings.stopping(DurationText.parse(value.asText()));
        case "listLag" -> settings.listLag(DurationText.parse(value.asText()));
        case "maxInstances" -> settings.maxInstances(number(value));
        case "limits" -> limits(value, settings);
        case "quirks" -> settings.quirks(quirks(value));
        case "credentials" -> value.forEach(change -> credentials(change, simulator.accounts()));
        default -> throw new IllegalArgumentException("no setting " + field.getKey());
      }
    }
  }

  private static int number(JsonNode value) {
    if (!value.isInt()) {
      throw new IllegalArgumentException("not a number: " + value);
    }
    return value.intValue();
  }

  private static void limits(JsonNode node, Settings settings) {
    for (Map.Entry<String, JsonNode> limit : node.properties()) {
      Operation operation =
          Operation.parse(limit.getKey())
              .orElseThrow(() -> new IllegalArgumentException("no operation " + limit.getKey()));
      RateLimit value = DurationText.parseLimit(limit.getValue().asText());
      settings.limit(operation, value.value(), value.window());
    }
  }

  private static List<Quirk> quirks(JsonNode node) {
    List<Quirk> quirks = new ArrayList<>();
    node.forEach(
        name ->
            quirks.add(
                Quirk.parse(name.asText())
                    .orElseThrow(() -> new IllegalArgumentException("no quirk " + name.asText()))));
    return quirks;
  }

  private static void credentials(JsonNode change, Accounts accounts) {
    change.path("revokeTokens").forEach(token -> accounts.revokeToken(token.asText()));
    change.path("revokeKeys").forEach(key -> accounts.revokeKey(key.asText()));
    String userId = change.path("userId").asText(accounts.userIds().getFirst());
    change.path("addTokens").forEach(token -> accounts.addToken(userId, token.asText()));
    for (Map.Entry<String, JsonNode> key : change.path("addKeys").properties()) {
      accounts.addKey(userId, key.getKey(), key.getValue().asText());
    }
  }
}
