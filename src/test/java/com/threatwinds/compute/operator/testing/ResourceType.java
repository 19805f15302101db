package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of object that an API server serves.
 *
 * @param group empty for the core group
 * @param custom whether a CustomResourceDefinition made it
 * @param columns what {@code kubectl get} shows beside NAME and AGE; empty for "no more than that"
 * @param schema the OpenAPI schema of a custom resource
 */
record ResourceType(
    String group,
    String version,
    String plural,
    String singular,
    String kind,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    boolean hasStatus,
    boolean custom,
    List<Column> columns,
    @Nullable JsonNode schema) {

  /**
   * One of {@code additionalPrinterColumns}.
   *
   * @param priority above 0 for {@code -o wide} only
   */
  record Column(String name, String type, String description, int priority, String jsonPath) {}

  static ResourceType builtIn(
      String group,
      String version,
      String plural,
      String kind,
      boolean namespaced,
      String... shortNames) {
    return new ResourceType(
        group,
        version,
        plural,
        kind.toLowerCase(java.util.Locale.ROOT),
        kind,
        List.of(shortNames),
        List.of(),
        namespaced,
        false,
        false,
        List.of(),
        null);
  }

  /** The types of a CustomResourceDefinition, one for each version that is served. */
  static List<ResourceType> of(JsonNode crd) {
    JsonNode spec = crd.path("spec");
    JsonNode names = spec.path("names");
    List<ResourceType> types = new ArrayList<>();
    for (JsonNode version : spec.path("versions")) {
      if (version.path("served").asBoolean()) {
        types.add(
            new ResourceType(
                spec.path("group").asText(),
                version.path("name").asText(),
                names.path("plural").asText(),
                names.path("singular").asText(),
                names.path("kind").asText(),
                texts(names.path("shortNames")),
                texts(names.path("categories")),
                spec.path("scope").asText().equals("Namespaced"),
                version.path("subresources").has("status"),
                true,
                columns(version.path("additionalPrinterColumns")),
                version.path("schema").path("openAPIV3Schema")));
      }
    }
    return types;
  }

  private static List<Column> columns(JsonNode columns) {
    List<Column> all = new ArrayList<>();
    for (JsonNode column : columns) {
      all.add(
          new Column(
              column.path("name").asText(),
              column.path("type").asText("string"),
              column.path("description").asText(),
              column.path("priority").asInt(),
              column.path("jsonPath").asText()));
    }
    return all;
  }

  private static List<String> texts(JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(text -> all.add(text.asText()));
    return all;
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  boolean serves(ResourcePath path) {
    return group.equals(path.group())
        && version.equals(path.version())
        && plural.equals(path.plural());
  }
}
