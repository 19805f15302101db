package com.threatwinds.compute.operator.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A committed definition, as a person reads it. */
record Definition(JsonNode spec) {

  private static final YAMLMapper YAML = new YAMLMapper();

  static Definition of(String plural) {
    try {
      Path file = Path.of("crds", plural + ".compute.threatwinds.com-v1.yml");
      return new Definition(YAML.readTree(file.toFile()).path("spec"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One field of {@code spec} or {@code status}. */
  record Field(String path, JsonNode schema, boolean required) {

    String type() {
      return typeOf(schema);
    }

    String absence() {
      return required ? "required" : schema.has("default") ? code(schema.get("default")) : "absent";
    }

    String limits() {
      List<String> limits = new ArrayList<>();
      if (schema.has("enum")) {
        limits.add(
            StreamSupport.stream(schema.get("enum").spliterator(), false)
                .map(Field::code)
                .collect(Collectors.joining(", ")));
      }
      schema
          .properties()
          .forEach(
              e -> {
                switch (e.getKey()) {
                  case "pattern" -> limits.add(code(e.getValue()));
                  case "maxLength" -> limits.add("at most " + e.getValue() + " characters");
                  case "minLength" -> limits.add("at least " + e.getValue() + " characters");
                  case "maximum" -> limits.add("at most " + e.getValue());
                  case "minimum" -> limits.add("at least " + e.getValue());
                  case "maxItems" -> limits.add("at most " + e.getValue());
                  case "x-kubernetes-list-map-keys" ->
                      limits.add("one for each " + code(e.getValue().get(0)));
                  case "description",
                      "type",
                      "format",
                      "enum",
                      "default",
                      "items",
                      "properties",
                      "required",
                      "x-kubernetes-list-type",
                      "x-kubernetes-validations" -> {}
                  default -> throw new IllegalStateException(path + " has " + e.getKey());
                }
              });
      return limits.isEmpty() ? "–" : String.join("; ", limits);
    }

    String description() {
      return schema.path("description").asText();
    }

    private static String code(JsonNode value) {
      return "`" + value.asText() + "`";
    }

    private static String typeOf(JsonNode schema) {
      String type = schema.path("type").asText();
      return switch (schema.path("format").asText()) {
        case "date-time" -> "time";
        case "" -> type.equals("array") ? "list of " + typeOf(schema.path("items")) : type;
        default -> type;
      };
    }
  }

  String kind() {
    return spec.at("/names/kind").asText();
  }

  String plural() {
    return spec.at("/names/plural").asText();
  }

  String shortName() {
    return spec.at("/names/shortNames/0").asText();
  }

  String category() {
    return spec.at("/names/categories/0").asText();
  }

  boolean isNamespaced() {
    return spec.path("scope").asText().equals("Namespaced");
  }

  String description() {
    return schema().path("description").asText();
  }

  JsonNode columns() {
    return spec.at("/versions/0/additionalPrinterColumns");
  }

  /** The rules that the API server checks beyond each field, in their order. */
  List<String> messages() {
    List<String> messages = new ArrayList<>();
    schema()
        .at("/properties/spec/x-kubernetes-validations")
        .forEach(rule -> messages.add(rule.path("message").asText()));
    return messages;
  }

  /** All fields below {@code spec} or {@code status}, those of objects after the object itself. */
  List<Field> fields(String part) {
    List<Field> fields = new ArrayList<>();
    collect("", schema().path("properties").path(part), fields);
    return fields;
  }

  private static void collect(String prefix, JsonNode object, List<Field> into) {
    List<String> required = new ArrayList<>();
    object.path("required").forEach(name -> required.add(name.asText()));
    object
        .path("properties")
        .properties()
        .forEach(
            e -> {
              String path = prefix + e.getKey();
              into.add(new Field(path, e.getValue(), required.contains(e.getKey())));
              collect(path + ".", e.getValue(), into);
              collect(path + "[].", e.getValue().path("items"), into);
            });
  }

  private JsonNode schema() {
    return spec.at("/versions/0/schema/openAPIV3Schema");
  }
}
