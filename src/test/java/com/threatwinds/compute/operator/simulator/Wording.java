package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How the API says what it has to say: the reference, or a dialect made of {@link Quirk}s. */
final class Wording {

  private final ObjectMapper json;
  private final Settings settings;

  Wording(ObjectMapper json, Settings settings) {
    this.json = json;
    this.settings = settings;
  }

  Answer created(Machine machine) {
    return Answer.json(settings.has(Quirk.CREATE_200) ? 200 : 201, instance(machine).toString());
  }

  Answer instanceFound(Machine machine) {
    return Answer.json(200, instance(machine).toString());
  }

  Answer instances(List<Machine> machines) throws Refusal {
    if (machines.isEmpty()) {
      if (settings.has(Quirk.EMPTY_LIST_ARRAY)) {
        return Answer.json(200, "[]");
      }
      if (settings.has(Quirk.EMPTY_LIST_NULL)) {
        return Answer.json(200, "null");
      }
      throw new Refusal(404, "no instances found for user");
    }
    ArrayNode array = json.createArrayNode();
    machines.forEach(machine -> array.add(instance(machine)));
    return Answer.json(200, array.toString());
  }

  Answer powered() {
    if (settings.has(Quirk.POWER_200)) {
      return Answer.json(200, "{\"message\":\"operation initiated\"}");
    }
    return Answer.empty(settings.has(Quirk.POWER_204) ? 204 : 202);
  }

  Answer deleted() {
    if (settings.has(Quirk.DELETE_200)) {
      return Answer.json(200, "{\"message\":\"instance deleted\"}");
    }
    return Answer.empty(settings.has(Quirk.DELETE_202) ? 202 : 204);
  }

  Answer templates() {
    ArrayNode array = json.createArrayNode();
    for (MachineTemplate template : settings.templates()) {
      ObjectNode node = array.addObject();
      node.put("id", template.id());
      node.put("name", template.name());
      node.put("description", template.description());
      node.put("machineType", template.machineType());
      node.put("diskSizeGb", template.diskSizeGb());
      node.put("diskType", template.diskType());
      node.put("image", template.image());
      node.put("region", template.region());
    }
    return Answer.json(200, array.toString());
  }

  Answer zones(MachineTemplate template) {
    ArrayNode array = json.createArrayNode();
    template.zones().forEach(array::add);
    return Answer.json(200, array.toString());
  }

  Answer limits(String userId) {
    ObjectNode root = tier(userId);
    ObjectNode features = root.putObject("limits").putObject("compute-api");
    for (Operation operation : Operation.values()) {
      RateLimit limit = settings.limit(operation);
      if (operation != Operation.OTHER) {
        ObjectNode feature = features.putObject(operation.toString());
        feature.put("value", limit.value());
        feature.put("window", limit.windowName());
        feature.put("description", "calls of " + operation + " in a " + limit.windowName());
      }
    }
    return Answer.json(200, root.toString());
  }

  Answer quotas(String userId) {
    ObjectNode root = tier(userId);
    ObjectNode quota = root.putObject("quotas").putObject("compute-api").putObject("max_instances");
    quota.put("value", settings.maxInstances());
    quota.put("description", "instances at the same time");
    return Answer.json(200, root.toString());
  }

  Answer refusal(Refusal refusal) {
    Answer answer = error(refusal.status(), refusal.message());
    Long seconds = refusal.retryAfterSeconds();
    return seconds == null ? answer : answer.with("Retry-After", seconds.toString());
  }

  /** An error with its message and a fresh id, where this dialect puts them. */
  Answer error(int status, String message) {
    boolean bodyOnly = settings.has(Quirk.ERRORS_IN_BODY_ONLY);
    boolean bodyToo = settings.has(Quirk.ERRORS_IN_BODY_TOO);
    Answer answer = Answer.empty(status);
    if (!bodyOnly && !bodyToo && settings.has(Quirk.ERRORS_UNEXPLAINED)) {
      return answer;
    }
    if (bodyOnly || bodyToo) {
      ObjectNode root = json.createObjectNode();
      ObjectNode error = root.putObject("error");
      error.put("message", message);
      error.put("type", status < 500 ? "client_error" : "server_error");
      error.put("code", status);
      answer = Answer.json(status, root.toString());
    }
    return bodyOnly
        ? answer
        : answer.with("x-error", message).with("x-error-id", UUID.randomUUID().toString());
  }

  private ObjectNode instance(Machine machine) {
    ObjectNode node = json.createObjectNode();
    node.put("id", machine.id());
    if (settings.has(Quirk.CUSTOMER_ID)) {
      node.put("userID", machine.userId());
      node.put("customerID", machine.userId());
    } else if (!settings.has(Quirk.NO_USER_ID)) {
      node.put("userId", machine.userId());
    }
    node.put("name", machine.id());
    node.put("zone", machine.zone());
    node.put(
        "machineType",
        settings.has(Quirk.SHORT_MACHINE_TYPE)
            ? machine.machineType()
            : "zones/" + machine.zone() + "/machineTypes/" + machine.machineType());
    node.put("externalIp", machine.externalIp());
    node.put("internalIp", machine.internalIp());
    node.put("status", status(machine.state()));
    node.put("templateId", machine.templateId());
    String createdAt = createdAt(machine.createdAt());
    if (createdAt != null) {
      node.put("createdAt", createdAt);
    }
    if (settings.has(Quirk.UNKNOWN_FIELDS)) {
      node.putObject("labels").put("tier", "gold");
      node.putArray("disks").addObject().put("sizeGb", 50).putNull("type");
      node.put("fingerprint", 42);
    }
    return node;
  }

  private String status(MachineState state) {
    if (!settings.has(Quirk.LOWER_CASE_STATUS)) {
      return state.name();
    }
    return state == MachineState.TERMINATED ? "stopped" : state.name().toLowerCase(Locale.ROOT);
  }

  private @Nullable String createdAt(Instant instant) {
    if (settings.has(Quirk.NO_CREATED_AT)) {
      return null;
    }
    return settings.has(Quirk.OFFSET_CREATED_AT)
        ? DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
            .format(instant.atOffset(ZoneOffset.ofHours(2)))
        : instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private ObjectNode tier(String userId) {
    ObjectNode root = json.createObjectNode();
    root.put("customerId", userId);
    root.put("tierName", "simulated");
    return root;
  }
}
