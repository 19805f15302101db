package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.Problem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a status; one that can't be read is kept out of the way instead of thrown, since it would
 * stop the informer. It is not acted on then, but each field of it that can be read still counts
 * for the others: a binding that nobody sees is an instance that somebody else takes.
 */
final class StatusReader extends JsonDeserializer<ComputeInstanceStatus> {

  /** What an instance may hang on. */
  private static final Set<String> BINDING = Set.of("instanceId", "create");

  private static final int LONGEST_PROBLEM = 200;

  /** The ordinary reading of the record, without this class. */
  private static final ObjectMapper PLAIN =
      JsonMapper.builder()
          .addMixIn(ComputeInstanceStatus.class, Ordinary.class)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Boolean,
              blank ->
                  blank
                      .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail)
                      .setAcceptBlankAsEmpty(false))
          .build();

  @Override
  public ComputeInstanceStatus deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode status = context.readTree(parser);
    dropNullEntries(status);
    try {
      return whole(status);
    } catch (JsonProcessingException e) {
      return status instanceof ObjectNode fields
          ? piecewise(fields)
          : ComputeInstanceStatus.NONE.with(new Problem("status: must be an object", true));
    }
  }

  private static ComputeInstanceStatus whole(JsonNode status) throws JsonProcessingException {
    ComputeInstanceStatus read = PLAIN.treeToValue(status, ComputeInstanceStatus.class);
    String bound = read.instanceId();
    if (bound != null && !bound.matches(SpecReader.INSTANCE_ID)) {
      throw new UnusableBindingException();
    }
    return read;
  }

  /** The fields that can be read, and why the others can't. */
  private static ComputeInstanceStatus piecewise(ObjectNode status) throws JsonProcessingException {
    ObjectNode readable = PLAIN.createObjectNode();
    Map<String, String> problems = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : status.properties()) {
      ObjectNode alone = PLAIN.createObjectNode().set(field.getKey(), field.getValue());
      problem(alone)
          .ifPresentOrElse(
              problem -> problems.put(field.getKey(), problem), () -> readable.setAll(alone));
    }
    ComputeInstanceStatus read = whole(readable);
    boolean hidden = problems.keySet().stream().anyMatch(BINDING::contains);
    String first = problems.keySet().iterator().next();
    return read.with(
        new Problem(
            "status." + first + ": " + problems.get(first), hidden && read.instanceId() == null));
  }

  private static Optional<String> problem(ObjectNode alone) {
    try {
      whole(alone);
      return Optional.empty();
    } catch (JsonProcessingException e) {
      // It quotes what was found, which may be anything.
      String message = e.getOriginalMessage().replaceAll("\\p{C}", "?");
      return Optional.of(message.substring(0, Math.min(message.length(), LONGEST_PROBLEM)));
    }
  }

  /** They say nothing, so that nothing is lost with them. By a loop, however deep they are. */
  private static void dropNullEntries(JsonNode status) {
    Deque<JsonNode> left = new ArrayDeque<>(List.of(status));
    while (!left.isEmpty()) {
      JsonNode node = left.pop();
      if (node instanceof ArrayNode array) {
        for (var entries = array.elements(); entries.hasNext(); ) {
          if (entries.next().isNull()) {
            entries.remove();
          }
        }
      }
      node.forEach(left::push);
    }
  }

  private static final class UnusableBindingException extends JsonProcessingException {
    private static final long serialVersionUID = 1L;

    private UnusableBindingException() {
      super("names no instance");
    }
  }

  @JsonDeserialize(using = JsonDeserializer.None.class)
  private interface Ordinary {}
}
