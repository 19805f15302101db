package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTextTest {

  @Test
  void removesWhatForgesLinesOrMovesACursor() {
    assertThat(PrintableText.of("a\r\nb\tc\u0000d\u0007e\u0085f\u2028g", 99))
        .isEqualTo("a b cdef g");
    assertThat(PrintableText.of("\u001b[31;1mred\u001b[0m \u009b2Jx", 99)).isEqualTo("red x");
    assertThat(PrintableText.of("\u001b]0;title\u0007x\u001b]8;;http://a\u001b\\y\u001bcz", 99))
        .isEqualTo("xyz");
    assertThat(PrintableText.of("\u001b]0;never ended", 99)).isEmpty();
    assertThat(PrintableText.of("x\u001b", 99)).isEqualTo("x");
  }

  @Test
  void removesWhatTurnsOrHidesText() {
    assertThat(PrintableText.of("a\u202eb\u2066c\u200bd\ufeffe\u00adf\ud800g", 99))
        .isEqualTo("abcdefg");
  }

  @Test
  void keepsTextOfPeople() {
    assertThat(PrintableText.of("Größe 日本 ✓ 🎉", 99)).isEqualTo("Größe 日本 ✓ 🎉");
  }

  @ParameterizedTest
  @CsvSource({"abc, 2, ab", "abc, 3, abc", "a🎉, 2, a", "a🎉, 3, a🎉", "'a  b', 2, a"})
  void cutsBetweenCharacters(String text, int max, String expected) {
    assertThat(PrintableText.of(text, max)).isEqualTo(expected);
  }

  @Test
  @Timeout(10)
  void looksAtNoMoreThanItNeeds() {
    assertThat(PrintableText.of("\u001b[".repeat(8_000_000), 256)).isEmpty();
    assertThat(PrintableText.of("x".repeat(16_000_000), 256)).hasSize(256);
  }

  @Test
  void readsHeadersAsUtf8WhereTheyAreThat() {
    assertThat(PrintableText.ofHeader("\u00c3\u00bcber")).isEqualTo("über");
    assertThat(PrintableText.ofHeader("\u00fcber")).isEqualTo("über");
  }
}
