package com.threatwinds.compute.operator.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Reads a spec field by field, so that one that can't be understood costs only itself: with a
 * nonsense {@code power} the {@code deletionPolicy} beside it still counts.
 *
 * <p>Holds the schema's patterns too, because servers without the schema (or with one loosened by
 * hand) let anything through.
 */
final class SpecReader extends JsonDeserializer<ComputeInstanceSpec> {

  static final String TEMPLATE_ID = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";
  static final String ZONE = "^[a-z0-9][a-z0-9-]{0,62}$";
  static final String INSTANCE_ID = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";
  private static final String REQUEST_ID = "(?s)^.{0,63}$";

  @Override
  public ComputeInstanceSpec deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    JsonNode spec = context.readTree(parser);
    var problems = new StringJoiner("; ");
    problems.setEmptyValue("");
    if (!spec.isObject()) {
      problems.add("spec: must be an object");
    }
    @Nullable String templateId = text(spec, "templateId", TEMPLATE_ID, problems);
    if (templateId == null && problems.length() == 0) {
      problems.add("spec.templateId: is required");
    }
    @Nullable String zone = text(spec, "zone", ZONE, problems);
    @Nullable Power power = word(spec, "power", Power.values(), problems);
    @Nullable String requestId = text(spec, "powerRequestId", REQUEST_ID, problems);
    @Nullable String instanceId = text(spec, "instanceId", INSTANCE_ID, problems);
    int before = problems.length();
    @Nullable DeletionPolicy policy =
        word(spec, "deletionPolicy", DeletionPolicy.values(), problems);
    if (!spec.isObject() || problems.length() > before) {
      // What is kept can still be deleted; what was deleted by a misreading can't be brought back.
      policy = DeletionPolicy.RETAIN;
    }
    return new ComputeInstanceSpec(
        templateId,
        zone,
        power,
        requestId == null || requestId.isEmpty() ? null : requestId,
        instanceId,
        policy,
        problems.length() == 0 ? null : problems.toString());
  }

  private static @Nullable String text(
      JsonNode spec, String field, String pattern, StringJoiner problems) {
    JsonNode node = spec.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isTextual() || !node.textValue().matches(pattern)) {
      problems.add("spec." + field + ": must match " + pattern);
      return null;
    }
    return node.textValue();
  }

  private static <E extends Enum<E>> @Nullable E word(
      JsonNode spec, String field, E[] words, StringJoiner problems) {
    JsonNode node = spec.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    return Arrays.stream(words)
        .filter(word -> Objects.equals(word.toString(), node.textValue()))
        .findFirst()
        .orElseGet(
            () -> {
              problems.add("spec." + field + ": must be one of " + Arrays.toString(words));
              return null;
            });
  }
}
