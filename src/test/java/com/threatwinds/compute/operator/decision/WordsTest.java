package com.threatwinds.compute.operator.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

  private static final List<String> TEMPLATES =
      List.of(
          "alma-9-standard",
          "debian-12",
          "debian-12-standard",
          "ubuntu-22-small",
          "ubuntu-22-standard",
          "windows-2022-standard");

  @ParameterizedTest
  @CsvSource({
    "ubuntu-22-standart, ubuntu-22-standard",
    "Ubuntu-22-Standard, ubuntu-22-standard",
    "ubuntu22-small, ubuntu-22-small",
    "debian-21, debian-12",
    "windows-2025-standard, windows-2022-standard",
    "ubuntu-22, ubuntu-22-small",
  })
  void namesFirstWhatWasProbablyMeant(String asked, String meant) {
    assertThat(Words.nearest(asked, TEMPLATES, "there are"))
        .startsWith("there are: " + meant + ", ");
  }

  @Test
  void namesFiveAtMostAndSaysHowManyMoreThereAre() {
    assertThat(Words.nearest("ubuntu-22-small", TEMPLATES, "there are"))
        .isEqualTo(
            "there are: ubuntu-22-small, ubuntu-22-standard, windows-2022-standard,"
                + " debian-12-standard, alma-9-standard and 1 more");
    assertThat(Words.nearest("x", List.of(), "there are")).isEqualTo("there are: none");
  }

  @Test
  void staysShortWhateverTheApiOffers() {
    List<String> hostile =
        Stream.concat(
                IntStream.range(0, 50_000).mapToObj(i -> "t".repeat(i % 256) + i),
                Stream.of("t".repeat(1_000_000)))
            .toList();

    assertThat(Words.nearest("t".repeat(128), hostile, "there are")).hasSizeLessThan(800);
  }

  @Test
  void saysTheSameWhateverOrderTheApiAnswersIn() {
    assertThat(Words.nearest("db", TEMPLATES.reversed(), "there are"))
        .isEqualTo(Words.nearest("db", TEMPLATES, "there are"));
  }
}
