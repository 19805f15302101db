package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.threatwinds.compute.operator.simulator.Accounts.Caller;
import com.threatwinds.compute.operator.simulator.Journal.OpenCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The API as its reference has it: credentials, then the rate limit, then the request, then the
 * quota. Whatever is refused on the way has changed nothing.
 */
final class InstancesApi {

  private final ObjectMapper json;
  private final Settings settings;
  private final RateLimiter limiter;
  private final World world;
  private final Wording wording;

  InstancesApi(
      ObjectMapper json, Settings settings, RateLimiter limiter, World world, Wording wording) {
    this.json = json;
    this.settings = settings;
    this.limiter = limiter;
    this.world = world;
    this.wording = wording;
  }

  /**
   * @throws IOException if the client went away before its request was complete
   */
  Answer answer(Request request, Route route, Caller caller, OpenCall call) throws IOException {
    byte[] body = request.body();
    try {
      String userId = caller.require(settings);
      limiter.admit(userId, route.operation());
      return perform(route, userId, body, call);
    } catch (Refusal e) {
      return wording.refusal(e);
    }
  }

  private Answer perform(Route route, String userId, byte[] body, OpenCall call) throws Refusal {
    return switch (route.operation()) {
      case CREATE -> create(userId, body, call);
      case LIST -> wording.instances(world.list(userId));
      case GET -> wording.instanceFound(world.get(userId, id(route)));
      case DELETE -> {
        world.delete(userId, id(route), call);
        yield wording.deleted();
      }
      case START -> {
        world.start(userId, id(route), call);
        yield wording.powered();
      }
      case STOP -> {
        world.stop(userId, id(route), call);
        yield wording.powered();
      }
      case RESTART -> {
        world.restart(userId, id(route), call);
        yield wording.powered();
      }
      case RESET -> {
        world.reset(userId, id(route), call);
        yield wording.powered();
      }
      case TEMPLATES -> wording.templates();
      case ZONES -> wording.zones(template(route.id()));
      case LIMITS -> wording.limits(userId);
      case QUOTAS -> wording.quotas(userId);
      case OTHER -> throw new Refusal(404, "no such endpoint");
    };
  }

  private Answer create(String userId, byte[] body, OpenCall call) throws Refusal {
    JsonNode request = parse(body);
    String templateId = text(request, "template_id");
    if (templateId == null) {
      templateId = text(request, "templateID");
    }
    if (templateId == null || templateId.isEmpty()) {
      throw new Refusal(400, "template_id is required");
    }
    MachineTemplate template = template(templateId);
    String zone = text(request, "zone");
    if (zone == null || zone.isEmpty()) {
      zone = template.defaultZone();
    } else if (!template.zones().contains(zone)) {
      throw new Refusal(400, "zone is not available for this template");
    }
    return wording.created(world.create(userId, template, zone, call));
  }

  private JsonNode parse(byte[] body) throws Refusal {
    try {
      JsonNode request = json.readTree(new String(body, StandardCharsets.UTF_8));
      if (request != null && request.isObject()) {
        return request;
      }
    } catch (JsonProcessingException e) {
      throw new Refusal(400, "invalid JSON");
    }
    throw new Refusal(400, "invalid JSON: not an object");
  }

  private static @Nullable String text(JsonNode request, String field) throws Refusal {
    JsonNode value = request.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new Refusal(400, field + " is not a string");
    }
    return value.textValue();
  }

  private MachineTemplate template(@Nullable String id) throws Refusal {
    return settings
        .template(id == null ? "" : id)
        .orElseThrow(() -> new Refusal(404, "template not found"));
  }

  private static String id(Route route) throws Refusal {
    String id = route.id();
    if (id == null || id.isBlank()) {
      throw new Refusal(400, "empty instance ID");
    }
    return id;
  }
}
