package com.threatwinds.compute.operator.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Manifests as a tool renders them, as data that can be compared. */
record Rendered(Map<String, JsonNode> objects) {

  static final Path KUSTOMIZE = Path.of("deploy", "kustomize");

  private static final YAMLMapper YAML = new YAMLMapper();

  /** What Helm's conventions add, and a kustomization has no use for. */
  private static final Set<String> OF_HELM =
      Set.of(
          "helm.sh/chart",
          "helm.sh/resource-policy",
          "app.kubernetes.io/instance",
          "app.kubernetes.io/managed-by",
          "app.kubernetes.io/version");

  /** All documents of that text, each under its kind and name. */
  static Rendered of(String text) {
    Map<String, JsonNode> objects = new TreeMap<>();
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
      while (documents.hasNextValue()) {
        JsonNode object = documents.nextValue();
        if (object.isObject() && object.size() > 0 && objects.put(key(object), object) != null) {
          throw new IllegalArgumentException("twice: " + key(object));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Rendered(objects);
  }

  private static String key(JsonNode object) {
    return String.join(
        " ",
        object.at("/kind").asText(),
        object.at("/metadata/namespace").asText(),
        object.at("/metadata/name").asText());
  }

  /** Empty if there is no kubectl on this machine, which has kustomize in it. */
  static Optional<Path> kubectl() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "kubectl"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What kustomize makes of that directory. */
  static String kustomize(Path kubectl, Path directory) {
    try {
      Process process =
          new ProcessBuilder(kubectl.toString(), "kustomize", directory.toString())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IllegalStateException(directory + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Without those whose key begins so. */
  Rendered without(String... beginnings) {
    Map<String, JsonNode> left = new TreeMap<>(objects);
    left.keySet().removeIf(key -> Stream.of(beginnings).anyMatch(key::startsWith));
    return new Rendered(left);
  }

  /**
   * The same without what only Helm's conventions or a tool's habits make different: its labels,
   * the order of variables and rules, and what is empty.
   */
  Rendered plain() {
    Map<String, JsonNode> plain = new TreeMap<>();
    objects.forEach((key, object) -> plain.put(key, plain(object)));
    return new Rendered(plain);
  }

  private static JsonNode plain(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode plain = object.objectNode();
      object.properties().stream()
          .filter(entry -> !OF_HELM.contains(entry.getKey()))
          .sorted(Map.Entry.comparingByKey())
          .forEach(
              entry -> {
                JsonNode value = plain(entry.getValue());
                if (!value.isContainerNode() || !value.isEmpty()) {
                  plain.set(entry.getKey(), value);
                }
              });
      return plain;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode plain = array.arrayNode();
      array
          .valueStream()
          .map(Rendered::plain)
          .sorted(Comparator.comparing(JsonNode::toString))
          .forEach(plain::add);
      return plain;
    }
    return node;
  }
}
