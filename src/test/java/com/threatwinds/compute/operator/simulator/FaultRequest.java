package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * A fault as JSON, for {@code POST /_sim/faults}.
 *
 * <pre>
 * operation    "create", ["get","list"]; absent: all      instance, account   absent: any
 * nth          from which call on, default 1              times   how many, default 1, -1 for ever
 * when         before | after | answered, default before
 * what         reset | half | hang | drop | drip | status | respond | redirect | huge | headers
 * hang, drop   for: "5s"; absent: until released          drip    bytes (1), pause ("100ms")
 * status       status (503), explained (true), retryAfter
 * respond      status (200), contentType, body            redirect status (302), location
 * huge         bytes (100000000)
 * </pre>
 */
final class FaultRequest {

  private static final Set<String> FIELDS =
      Set.of(
          "operation",
          "instance",
          "account",
          "nth",
          "times",
          "when",
          "what",
          "for",
          "bytes",
          "pause",
          "status",
          "explained",
          "retryAfter",
          "contentType",
          "body",
          "location");

  private FaultRequest() {}

  /**
   * @throws IllegalArgumentException if that is no fault
   */
  static ActiveFault put(JsonNode request, ComputeSimulator simulator) {
    request
        .fieldNames()
        .forEachRemaining(
            name -> {
              // A misspelt field would quietly be another fault than was meant.
              if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException("no field " + name);
              }
            });
    return simulator.fault(match(request), phase(request), effect(request));
  }

  private static Match match(JsonNode request) {
    Match match = Match.on(operations(request.path("operation")));
    if (request.hasNonNull("instance")) {
      match = match.instance(request.get("instance").asText());
    }
    if (request.hasNonNull("account")) {
      match = match.account(request.get("account").asText());
    }
    int times = request.path("times").asInt(1);
    return match.nth(request.path("nth").asInt(1)).times(times < 0 ? Integer.MAX_VALUE : times);
  }

  private static Set<Operation> operations(JsonNode node) {
    EnumSet<Operation> operations = EnumSet.noneOf(Operation.class);
    if (node.isTextual()) {
      operations.add(operation(node.asText()));
    }
    node.forEach(element -> operations.add(operation(element.asText())));
    return operations.isEmpty() ? EnumSet.allOf(Operation.class) : operations;
  }

  private static Operation operation(String text) {
    return Operation.parse(text)
        .orElseThrow(() -> new IllegalArgumentException("no operation " + text));
  }

  private static Phase phase(JsonNode request) {
    String text = request.path("when").asText("before");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "before", "before_commit" -> Phase.BEFORE_COMMIT;
      case "after", "after_commit" -> Phase.AFTER_COMMIT;
      case "answered", "after_answer" -> Phase.AFTER_ANSWER;
      default -> throw new IllegalArgumentException("when is before, after or answered");
    };
  }

  private static Effect effect(JsonNode request) {
    String what = request.path("what").asText("");
    return switch (what) {
      case "reset" -> Effect.reset();
      case "half" -> Effect.halfBody();
      case "hang", "hold" -> hang(request, false);
      case "drop" -> hang(request, true);
      case "drip" ->
          Effect.drip(
              request.path("bytes").asInt(1),
              DurationText.parse(request.path("pause").asText("100ms")));
      case "status" -> {
        Effect.Status status = Effect.status(request.path("status").asInt(503));
        if (request.hasNonNull("retryAfter")) {
          status = status.retryAfter(request.get("retryAfter").asText());
        }
        yield request.path("explained").asBoolean(true) ? status : status.unexplained();
      }
      case "respond" ->
          Effect.respond(
              request.path("status").asInt(200),
              request.path("contentType").asText("application/json"),
              request.path("body").asText("").getBytes(StandardCharsets.UTF_8));
      case "redirect" ->
          Effect.redirect(
              request.path("status").asInt(302), request.path("location").asText("/elsewhere"));
      case "huge" -> Effect.hugeBody(request.path("bytes").asLong(100_000_000));
      case "headers" -> Effect.hostileHeaders();
      default -> throw new IllegalArgumentException("no such fault: '" + what + "'");
    };
  }

  private static Effect hang(JsonNode request, boolean thenDrop) {
    Duration atMost =
        request.hasNonNull("for") ? DurationText.parse(request.get("for").asText()) : null;
    return new Effect.Hang(atMost, thenDrop);
  }
}
