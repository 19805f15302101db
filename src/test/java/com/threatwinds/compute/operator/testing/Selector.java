package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Label and field selectors, as the Kubernetes API writes them in a query. */
final class Selector {

  private Selector() {}

  static Predicate<JsonNode> of(@Nullable String labels, @Nullable String fields) {
    Predicate<JsonNode> all = object -> true;
    for (String requirement : requirements(labels)) {
      all = all.and(label(requirement));
    }
    for (String requirement : requirements(fields)) {
      all = all.and(field(requirement));
    }
    return all;
  }

  private static List<String> requirements(@Nullable String selector) {
    if (selector == null || selector.isBlank()) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < selector.length(); i++) {
      char c = selector.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        all.add(selector.substring(start, i).strip());
        start = i + 1;
      }
    }
    all.add(selector.substring(start).strip());
    return all;
  }

  private static Predicate<JsonNode> label(String requirement) {
    if (requirement.endsWith(")")) {
      String[] words = requirement.substring(0, requirement.indexOf('(')).strip().split("\\s+");
      List<String> values =
          Arrays.stream(
                  requirement
                      .substring(requirement.indexOf('(') + 1, requirement.length() - 1)
                      .split(","))
              .map(String::strip)
              .toList();
      return words[1].equals("in")
          ? object -> values.contains(Objects.requireNonNullElse(labelOf(object, words[0]), "\0"))
          : object -> !values.contains(Objects.requireNonNullElse(labelOf(object, words[0]), "\0"));
    }
    if (requirement.contains("!=")) {
      String[] sides = requirement.split("!=", 2);
      return object -> !sides[1].equals(labelOf(object, sides[0]));
    }
    if (requirement.contains("=")) {
      String[] sides = requirement.split("==?", 2);
      return object -> sides[1].equals(labelOf(object, sides[0]));
    }
    if (requirement.startsWith("!")) {
      return object -> labelOf(object, requirement.substring(1)) == null;
    }
    return object -> labelOf(object, requirement) != null;
  }

  private static @Nullable String labelOf(JsonNode object, String key) {
    return object.path("metadata").path("labels").path(key).asText(null);
  }

  private static Predicate<JsonNode> field(String requirement) {
    boolean not = requirement.contains("!=");
    String[] sides = requirement.split(not ? "!=" : "==?", 2);
    String pointer = "/" + sides[0].replace('.', '/');
    return object -> object.at(pointer).asText().equals(sides[1]) != not;
  }
}
