package com.threatwinds.compute.operator.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.reconcile.Life;
import com.threatwinds.compute.operator.reconcile.Life.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code docs/reference.md}: what can be looked up, from where it is decided. */
final class Reference {

  static final Path FILE = Path.of("docs", "reference.md");

  private static final Path API =
      Path.of("src/main/java/com/threatwinds/compute/operator/api/v1alpha1");
  private static final String NONE = "–";

  private final StringBuilder text = new StringBuilder();
  private final Life life;

  private Reference(Life life) {
    this.life = life;
  }

  static String of(Life life) {
    var reference = new Reference(life);
    reference.write();
    return reference.text.toString();
  }

  private void write() {
    line(
        """
        # Reference

        Every field, annotation, condition, reason and event. Made by `make docs` of [crds/](../crds) and of the code, and
        held to them by a test.

        - [ComputeInstance](#computeinstance) · [Annotations](#annotations) · [Conditions](#conditions) · [Reasons](#reasons)
        - [Events](#events) · [What leads where](#what-leads-where) · [ComputeTemplate](#computetemplate)
        """);
    instance(Definition.of("computeinstances"));
    annotations();
    conditions();
    reasons();
    events();
    arrows();
    template(Definition.of("computetemplates"));
  }

  // -- the definitions

  private void instance(Definition definition) {
    head(definition);
    line("### spec\n");
    line("| Field | Type | Default | Limits | Meaning |");
    line("| --- | --- | --- | --- | --- |");
    for (Definition.Field field : definition.fields("spec")) {
      row(code(field.path()), field.type(), field.absence(), field.limits(), field.description());
    }
    line("\nWhat the API server (1.25 and newer) says to a change, and the operator everywhere:\n");
    definition.messages().forEach(message -> line("- " + message));
    line("");
    status(definition);
    columns(definition);
  }

  private void template(Definition definition) {
    head(definition);
    status(definition);
    columns(definition);
  }

  private void head(Definition definition) {
    line("## " + definition.kind() + "\n");
    line(
        definition.description()
            + " `apiVersion: "
            + ComputeInstance.GROUP
            + "/v1alpha1`, "
            + (definition.isNamespaced() ? "in a namespace" : "of the whole cluster")
            + ". For kubectl: `"
            + definition.plural()
            + "`, `"
            + definition.shortName()
            + "`, and `"
            + definition.category()
            + "` for both kinds.\n");
  }

  private void status(Definition definition) {
    line("### status of a " + definition.kind() + "\n");
    line("| Field | Type | Limits | Meaning |");
    line("| --- | --- | --- | --- |");
    for (Definition.Field field : definition.fields("status")) {
      row(code(field.path()), field.type(), field.limits(), field.description());
    }
    line("");
  }

  private void columns(Definition definition) {
    line("### Columns of a " + definition.kind() + "\n");
    line("| Column | Shown | Value |");
    line("| --- | --- | --- |");
    for (JsonNode column : definition.columns()) {
      row(
          column.path("name").asText(),
          column.path("priority").asInt() == 0 ? "always" : "`-o wide`",
          code(column.path("jsonPath").asText()));
    }
    line("");
  }

  // -- the words of the code

  private void annotations() {
    line("## Annotations\n");
    line("| Annotation | Written by | Meaning |");
    line("| --- | --- | --- |");
    annotationMeanings()
        .forEach(
            (name, meaning) -> {
              String[] parts = meaning.split(": ", 2);
              row(code(name), parts[0].replace("Written by ", ""), sentence(parts[1]));
            });
    line(
        "\nFinalizer: `"
            + ComputeInstance.FINALIZER
            + "`. Nothing else in `metadata` is the operator's.\n");
  }

  /** By their names, as the comments in the code tell. */
  static Map<String, String> annotationMeanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (Field field : Annotations.class.getFields()) {
      meanings.put(
          value(field), comment("Annotations", "public static final String " + field.getName()));
    }
    return meanings;
  }

  private static String value(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private void conditions() {
    line("## Conditions\n");
    line("All three are always there. While a ComputeInstance is paused the last two are False.\n");
    line("| Condition | True means |");
    line("| --- | --- |");
    for (ConditionType type : ConditionType.values()) {
      row(code(type.toString()), comment("ConditionType", type.name() + "("));
    }
    line("");
  }

  private void reasons() {
    line("## Reasons\n");
    line(
        "Where: at which place of its [life](#what-leads-where) a resource can show it. What to do"
            + " about each stands in the\n[README](../README.md#conditions-and-reasons).\n");
    line("| Reason | Condition | Where | Warning event |");
    line("| --- | --- | --- | --- |");
    for (Reason reason : Reason.values()) {
      row(
          code(reason.toString()),
          conditionOf(life, reason).map(Object::toString).orElse("none"),
          places(reason),
          life.events().keySet().stream()
                  .anyMatch(e -> e.warning() && e.reason().equals(reason.toString()))
              ? "yes"
              : NONE);
    }
    line("");
  }

  /** The condition that is true with that reason; none while it is paused. */
  static Optional<ConditionType> conditionOf(Life life, Reason reason) {
    Set<Optional<ConditionType>> conditions =
        life.facts().stream()
            .flatMap(fact -> fact.told().stream())
            .filter(told -> told.reason().equals(reason.toString()))
            .map(Life.Told::condition)
            .collect(Collectors.toSet());
    if (conditions.size() != 1) {
      throw new IllegalStateException(reason + " is told as " + conditions);
    }
    return conditions.iterator().next();
  }

  private String places(Reason reason) {
    List<Place> places =
        Arrays.stream(Place.values())
            .filter(
                place ->
                    life.toldAt(place).stream()
                        .anyMatch(told -> told.reason().equals(reason.toString())))
            .toList();
    List<String> titles = new ArrayList<>();
    boolean inAnyState = places.containsAll(Place.SEEN);
    for (Place place : places) {
      if (!inAnyState || !Place.SEEN.contains(place)) {
        titles.add(place.title());
      } else if (!titles.contains("any state")) {
        titles.add("any state");
      }
    }
    return String.join(", ", titles);
  }

  private void events() {
    line("## Events\n");
    line("`kubectl events --for ci/web` shows them. None is written for waiting.\n");
    line("| Event | Type | Action | Says |");
    line("| --- | --- | --- | --- |");
    life.events()
        .forEach(
            (event, text) ->
                row(
                    code(event.reason()),
                    event.warning() ? "Warning" : "Normal",
                    event.action(),
                    event.action().equals("Reconcile") ? "what the conditions say" : text));
    line("");
  }

  private void arrows() {
    line("## What leads where\n");
    line(
        "The life of an instance as a table, made by asking the decider about everything that can be asked, recorded and"
            + " seen.\nThe words are the code's: the action, and how it ended.\n\n"
            + "![The life of an instance: every place, every reason, every arrow](pictures/life.svg)\n");
    line("| From | To | By |");
    line("| --- | --- | --- |");
    for (Arrows.Arrow arrow : Arrows.of(life)) {
      row(arrow.from(), arrow.to(), String.join("; ", arrow.steps()));
    }
    line("");
  }

  // -- text

  /** The comment before that declaration, as prose. */
  private static String comment(String type, String declaration) {
    try {
      Matcher matcher =
          Pattern.compile(
                  "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*" + Pattern.quote(declaration), Pattern.DOTALL)
              .matcher(Files.readString(API.resolve(type + ".java")));
      if (!matcher.find()) {
        throw new IllegalStateException("no comment before " + declaration);
      }
      return matcher
          .group(1)
          .replaceAll("\\s*\n\\s*\\*\\s*", " ")
          .replaceAll("\\{@code ([^}]+)}", "`$1`")
          .replaceAll("\\{@link #?([^}]+)}", "`$1`")
          .replace("`RECONCILING`", "`Reconciling`")
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sentence(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static String code(String word) {
    return "`" + word + "`";
  }

  private void row(String... cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
