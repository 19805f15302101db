package com.threatwinds.compute.operator.argocd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.argocd.LuaScript.Libraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scripts of {@code ComputeInstance}, in the layout of Argo CD's own. Each is run with few
 * libraries and with all, and must say the same.
 */
public final class Customization {

  public static final Path DIRECTORY =
      Path.of(
          "deploy",
          "argocd",
          "resource_customizations",
          "compute.threatwinds.com",
          "ComputeInstance");

  static final Path ACTIONS = DIRECTORY.resolve("actions");
  static final Path HEALTH = DIRECTORY.resolve("health.lua");
  static final Path DISCOVERY = ACTIONS.resolve("discovery.lua");

  private final LuaScript health = script(HEALTH);
  private final LuaScript discovery = script(DISCOVERY);
  private final Map<String, LuaScript> actions =
      actionFiles().entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, entry -> script(entry.getValue())));

  /** By the name of the action, in its order. */
  static Map<String, Path> actionFiles() {
    try (Stream<Path> files = Files.list(ACTIONS)) {
      Map<String, Path> found = new TreeMap<>();
      files
          .map(directory -> directory.resolve("action.lua"))
          .filter(Files::exists)
          .forEach(file -> found.put(file.getParent().getFileName().toString(), file));
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LuaScript script(Path file) {
    return new LuaScript(file.toString(), text(file));
  }

  /** What is shown of the resource. */
  public ResourceHealth health(JsonNode resource) {
    JsonNode told = run(health, resource);
    JsonNode message = told.path("message");
    if (!message.isTextual() || message.textValue().isBlank()) {
      throw new IllegalStateException("a health without a sentence: " + told);
    }
    return new ResourceHealth(
        ResourceHealth.Code.of(told.path("status").asText()), message.textValue());
  }

  /** Each action that is offered, as it is shown. */
  public Map<String, JsonNode> discover(JsonNode resource) {
    Map<String, JsonNode> offered = new TreeMap<>();
    run(discovery, resource).properties().forEach(e -> offered.put(e.getKey(), e.getValue()));
    return offered;
  }

  /** The resource as the action wants it. */
  public JsonNode act(String action, JsonNode resource) {
    JsonNode changed = run(actions.get(action), resource);
    mend(changed, resource);
    return changed;
  }

  private static JsonNode run(LuaScript script, JsonNode resource) {
    Set<JsonNode> told = new HashSet<>();
    for (Libraries libraries : EnumSet.allOf(Libraries.class)) {
      told.add(script.run(resource, libraries));
    }
    if (told.size() != 1) {
      throw new IllegalStateException(script + " depends on the libraries: " + told);
    }
    return told.iterator().next();
  }

  /** As Argo CD does: an empty array that was an object is an empty object. */
  private static void mend(JsonNode changed, JsonNode was) {
    if (changed instanceof ObjectNode object && was.isObject()) {
      for (String field :
          List.copyOf(object.properties().stream().map(Map.Entry::getKey).toList())) {
        JsonNode before = was.path(field);
        if (before.isObject() && object.get(field).isEmpty()) {
          object.set(field, object.objectNode());
        }
        mend(object.get(field), before);
      }
    } else if (changed instanceof ArrayNode array && was.isArray()) {
      for (int i = 0; i < Math.min(array.size(), was.size()); i++) {
        mend(array.get(i), was.get(i));
      }
    }
  }
}
