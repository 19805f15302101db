package com.threatwinds.compute.operator.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads Kubernetes objects from YAML, and refuses every field that the model does not have: the
 * client's own reading keeps what it doesn't know, and a misspelt field would pass.
 */
final class StrictYaml {

  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  private static final KubernetesSerialization MODEL = new KubernetesSerialization();

  private StrictYaml() {}

  /** All documents of the text. */
  static List<HasMetadata> read(String text) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
      List<HasMetadata> objects = new ArrayList<>();
      while (documents.hasNextValue()) {
        objects.add(read(documents.nextValue()));
      }
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HasMetadata read(JsonNode document) throws JsonProcessingException {
    String apiVersion = document.path("apiVersion").asText();
    String kind = document.path("kind").asText();
    if (kind.equals("ComputeInstance")) {
      return computeInstance(document);
    }
    Class<?> type = MODEL.getRegisteredKubernetesResource(apiVersion, kind);
    if (type == null || !HasMetadata.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException("no such kind: " + apiVersion + " " + kind);
    }
    return (HasMetadata) YAML.treeToValue(document, type);
  }

  /** Its own reading is lenient by design, so the fields are counted here. */
  private static ComputeInstance computeInstance(JsonNode document) throws JsonProcessingException {
    Set<String> known =
        Arrays.stream(ComputeInstanceSpec.class.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(name -> !name.equals("problem"))
            .collect(Collectors.toSet());
    document
        .path("spec")
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                throw new IllegalArgumentException("no such field: spec." + field);
              }
            });
    ComputeInstance resource = YAML.treeToValue(document, ComputeInstance.class);
    String apiVersion = document.path("apiVersion").asText();
    if (!apiVersion.equals(resource.getApiVersion())) {
      throw new IllegalArgumentException("no such version: " + apiVersion);
    }
    String problem = resource.getSpec() == null ? "no spec" : resource.getSpec().problem();
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return resource;
  }
}
