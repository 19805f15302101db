package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The simulator's own endpoints, for scripts and people with curl. They need no credentials, show
 * none, and are not in the journal.
 *
 * <pre>
 * GET    /_sim/journal?op=create&amp;changes=true&amp;since=12&amp;format=text    DELETE forgets it
 * GET    /_sim/instances                        all accounts, live
 * POST   /_sim/instances                        {"templateId","userId","zone","state"}: somebody's
 * POST   /_sim/instances/{id}/stop|start|delete|drop-once|force?state=SUSPENDED
 * GET    /_sim/faults                           POST puts one in ({@link FaultRequest}), DELETE clears
 * POST   /_sim/faults/{number}/release          DELETE /_sim/faults/{number} takes it out
 * GET    /_sim/config                           PATCH changes it ({@link ConfigPatch})
 * </pre>
 */
final class AdminApi {

  static final String PREFIX = "/_sim/";

  private final ObjectMapper json;
  private final ComputeSimulator simulator;

  AdminApi(ObjectMapper json, ComputeSimulator simulator) {
    this.json = json;
    this.simulator = simulator;
  }

  void handle(Request request, Reply reply) throws IOException {
    reply.send(answer(request));
  }

  private Answer answer(Request request) throws IOException {
    byte[] body = request.body();
    List<String> parts = List.of(request.path().substring(PREFIX.length()).split("/", -1));
    try {
      String shape = request.method() + " " + parts.getFirst() + " " + parts.size();
      return switch (shape) {
        case "GET journal 1" -> journal(request);
        case "DELETE journal 1" -> {
          simulator.journal().clear();
          yield Answer.empty(204);
        }
        case "GET instances 1" -> instances();
        case "POST instances 1" -> addInstance(json.readTree(body));
        case "POST instances 3" -> actOn(parts.get(1), parts.get(2), request.query("state"));
        case "GET faults 1" -> faults();
        case "POST faults 1" ->
            Answer.json(201, fault(FaultRequest.put(json.readTree(body), simulator)).toString());
        case "DELETE faults 1" -> {
          simulator.faults().clear();
          yield Answer.empty(204);
        }
        case "POST faults 3" -> release(parts.get(1), parts.get(2));
        case "DELETE faults 2" -> {
          find(parts.get(1)).close();
          yield Answer.empty(204);
        }
        case "GET config 1" -> Answer.json(200, ConfigPatch.show(json, simulator).toString());
        case "PATCH config 1" -> {
          ConfigPatch.apply(json.readTree(body), simulator);
          yield Answer.json(200, ConfigPatch.show(json, simulator).toString());
        }
        default -> problem(404, "no such endpoint: " + request.method() + " " + request.path());
      };
    } catch (NoSuchElementException e) {
      return problem(404, String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      return problem(400, "invalid JSON: " + e.getOriginalMessage());
    } catch (IllegalArgumentException | IllegalStateException e) {
      return problem(400, String.valueOf(e.getMessage()));
    }
  }

  private Answer journal(Request request) {
    List<Predicate<Call>> filters = new ArrayList<>();
    String operation = request.query("op");
    if (operation != null) {
      Operation wanted =
          Operation.parse(operation)
              .orElseThrow(() -> new IllegalArgumentException("no operation " + operation));
      filters.add(call -> call.operation() == wanted);
    }
    if ("true".equals(request.query("changes"))) {
      filters.add(Call::committed);
    }
    String since = request.query("since");
    if (since != null) {
      long number = Long.parseLong(since);
      filters.add(call -> call.number() > number);
    }
    Predicate<Call> wanted = filters.stream().reduce(call -> true, Predicate::and);
    List<Call> calls = simulator.journal().entries().stream().filter(wanted).toList();
    if ("text".equals(request.query("format"))) {
      StringBuilder text = new StringBuilder();
      calls.forEach(call -> text.append(call).append('\n'));
      return Answer.text(200, "text/plain; charset=utf-8", text.toString());
    }
    ArrayNode array = json.createArrayNode();
    calls.forEach(call -> array.add(call(call)));
    return Answer.json(200, array.toString());
  }

  private ObjectNode call(Call call) {
    ObjectNode node = json.createObjectNode();
    node.put("number", call.number());
    node.put("commit", call.commit());
    node.put("receivedAt", call.receivedAt().toString());
    node.put("committedAt", text(call.committedAt()));
    node.put("completedAt", text(call.completedAt()));
    node.put("operation", call.operation().toString());
    node.put("method", call.method());
    node.put("path", call.path());
    node.put("instanceId", call.subject());
    node.put("account", call.account());
    node.put("authentication", call.authentication());
    node.put("status", call.status());
    node.put("committed", call.committed());
    Change change = call.change();
    if (change != null) {
      ObjectNode changed = node.putObject("change");
      changed.put("instanceId", change.instanceId());
      changed.put("templateId", change.templateId());
      changed.put("zone", change.zone());
      changed.put("from", text(change.from()));
      changed.put("to", text(change.to()));
    }
    ArrayNode faults = node.putArray("faults");
    call.faults().forEach(faults::add);
    node.put("outOfBand", call.outOfBand());
    return node;
  }

  private Answer instances() {
    ArrayNode array = json.createArrayNode();
    simulator.world().machines().forEach(machine -> array.add(machine(machine)));
    return Answer.json(200, array.toString());
  }

  private ObjectNode machine(Machine machine) {
    ObjectNode node = json.createObjectNode();
    node.put("id", machine.id());
    node.put("userId", machine.userId());
    node.put("templateId", machine.templateId());
    node.put("zone", machine.zone());
    node.put("machineType", machine.machineType());
    node.put("status", machine.state().toString());
    node.put("externalIp", machine.externalIp());
    node.put("internalIp", machine.internalIp());
    node.put("createdAt", machine.createdAt().toString());
    node.put("restarts", machine.restarts());
    node.put("resets", machine.resets());
    return node;
  }

  private Answer addInstance(JsonNode request) {
    String userId = request.path("userId").asText(simulator.accounts().userIds().getFirst());
    Machine machine =
        simulator
            .world()
            .add(
                userId,
                request.path("templateId").asText("ubuntu-22-standard"),
                request.hasNonNull("zone") ? request.get("zone").asText() : null,
                state(request.path("state").asText("RUNNING")));
    return Answer.json(201, machine(machine).toString());
  }

  private Answer actOn(String id, String action, @Nullable String state) {
    World world = simulator.world();
    switch (action) {
      case "start" -> world.start(id);
      case "stop" -> world.stop(id);
      case "delete" -> world.delete(id);
      case "drop-once" -> world.dropFromListOnce(id);
      case "force" -> world.force(id, state(state == null ? "" : state));
      default -> throw new NoSuchElementException("no action " + action);
    }
    return Answer.empty(204);
  }

  private static MachineState state(String text) {
    return MachineState.valueOf(text.toUpperCase(Locale.ROOT));
  }

  private Answer faults() {
    ArrayNode array = json.createArrayNode();
    simulator.faults().all().forEach(fault -> array.add(fault(fault)));
    return Answer.json(200, array.toString());
  }

  private ObjectNode fault(ActiveFault fault) {
    ObjectNode node = json.createObjectNode();
    node.put("number", fault.id());
    ArrayNode operations = node.putArray("operations");
    fault.match().operations().stream().sorted().forEach(o -> operations.add(o.toString()));
    node.put("instance", fault.match().instanceId());
    node.put("account", fault.match().account());
    node.put("nth", fault.match().first());
    node.put("times", fault.match().count());
    node.put("when", fault.phase().toString());
    node.put("what", fault.effect().describe());
    node.put("hits", fault.hits());
    return node;
  }

  private Answer release(String number, String action) {
    if (!action.equals("release")) {
      throw new NoSuchElementException("no action " + action);
    }
    find(number).release();
    return Answer.empty(204);
  }

  private ActiveFault find(String number) {
    return simulator
        .faults()
        .find(Integer.parseInt(number))
        .orElseThrow(() -> new NoSuchElementException("no fault " + number));
  }

  private Answer problem(int status, String message) {
    return Answer.json(status, json.createObjectNode().put("message", message).toString());
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
