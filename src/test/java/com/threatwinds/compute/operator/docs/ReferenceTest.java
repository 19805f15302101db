package com.threatwinds.compute.operator.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.reconcile.Life;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReferenceTest {

  private static final Page PAGE = new Page(Reference.FILE, Reference.of(Life.all()));
  private static final Page README = Page.of(Path.of("README.md"));

  @Test
  void describesEachFieldOfBothKinds() {
    assertThat(Page.rows(PAGE.section("### spec"), "Field"))
        .hasSize(6)
        .allSatisfy(row -> assertThat(row.getLast()).endsWith("."));
    for (String kind : List.of("ComputeInstance", "ComputeTemplate")) {
      assertThat(Page.rows(PAGE.section("### status of a " + kind), "Field"))
          .hasSizeGreaterThan(10)
          .allSatisfy(row -> assertThat(row.getLast()).endsWith("."));
      assertThat(Page.rows(PAGE.section("### Columns of a " + kind), "Column")).isNotEmpty();
    }
  }

  @Test
  void describesWhatIsInsideOfListsAndObjects() {
    assertThat(Page.rows(PAGE.section("### status of a ComputeInstance"), "Field"))
        .extracting(List::getFirst)
        .contains("state", "power.outcome", "conditions[].reason");
  }

  @Test
  void saysWhatAFieldMayBe() {
    List<List<String>> rows = Page.rows(PAGE.section("### spec"), "Field");

    assertThat(row(rows, "templateId").subList(1, 4))
        .containsExactly("string", "required", "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$");
    assertThat(row(rows, "powerRequestId").subList(1, 4))
        .containsExactly("string", "absent", "at most 63 characters");
    assertThat(row(rows, "deletionPolicy").get(3)).isEqualTo("Delete, Retain");
  }

  private static List<String> row(List<List<String>> rows, String name) {
    return rows.stream().filter(row -> row.getFirst().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void namesEachAnnotationWithWhoWritesIt() throws IllegalAccessException {
    Map<String, String> meanings = Reference.annotationMeanings();

    assertThat(meanings).hasSize(Annotations.class.getFields().length);
    assertThat(meanings.get(Annotations.PAUSED)).startsWith("Written by a user: ");
    assertThat(meanings.get(Annotations.INSTANCE_ID)).startsWith("Written by the operator: ");
  }

  @Test
  void tellsEachReasonAsTheReadmeDoes() {
    List<List<String>> told =
        Page.rows(PAGE.section("## Reasons"), "Reason").stream()
            .map(row -> row.subList(0, 2))
            .toList();

    assertThat(told).hasSize(Reason.values().length);
    assertThat(Page.rows(README.section("## Conditions and reasons"), "Reason"))
        .extracting(row -> row.subList(0, 2))
        .containsExactlyElementsOf(told);
  }

  @Test
  void describesEachCondition() {
    assertThat(Page.rows(PAGE.section("## Conditions"), "Condition"))
        .extracting(List::getFirst)
        .containsExactlyElementsOf(
            Arrays.stream(ConditionType.values()).map(ConditionType::toString).toList());
  }

  @Test
  void namesTheEventsThatTheReadmeNames() {
    String prose = README.section("## Conditions and reasons");
    String sentence =
        Page.matches(prose, "(?s)Events tell of each thing done \\((.*?)\\)").getFirst();
    List<List<String>> events = Page.rows(PAGE.section("## Events"), "Event");

    assertThat(events.stream().filter(row -> row.get(1).equals("Normal")).map(List::getFirst))
        .containsExactlyInAnyOrderElementsOf(Page.matches(sentence, "`([A-Za-z]+)`"));
    assertThat(events.stream().map(List::getFirst).distinct())
        .contains("PowerOutcomeUnknown")
        .allMatch(event -> prose.contains("`" + event + "`"), "is in the README's text or table");
    assertThat(
            Stream.of(Reason.values())
                .filter(
                    reason ->
                        row(Page.rows(PAGE.section("## Reasons"), "Reason"), reason.toString())
                            .get(3)
                            .equals("yes")))
        .hasSizeGreaterThan(15);
  }
}
