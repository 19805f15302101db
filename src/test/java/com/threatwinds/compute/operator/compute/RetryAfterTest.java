package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.400Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1                             | PT1S",
        "\" 30 \"                      | PT30S",
        "0007                          | PT7S",
        "600                           | PT10M",
        "601                           | PT10M",
        "1000000000                    | PT10M",
        "99999999999999999999999999999 | PT10M",
        "0                             |",
        "000                           |",
        "-1                            |",
        "+5                            |",
        "1.5                           |",
        "1e3                           |",
        "soon                          |",
        "\"\"                          |",
        "٣                             |",
        "Thu, 01 Jan 2026 00:00:30 GMT | PT29.6S",
        "Thu, 1 Jan 2026 00:00:30 GMT  | PT29.6S",
        "Thu, 01 Jan 2026 00:00:01 GMT | PT1S",
        "Thu, 01 Jan 2026 00:00:00 GMT |",
        "Wed, 31 Dec 2025 00:00:00 GMT |",
        "Fri, 31 Dec 9999 23:59:59 GMT | PT10M",
        "Mon, 01 Jan 2026 00:00:30 GMT |",
        "2026-01-01T00:00:30Z          |",
      })
  void staysWithinOneSecondAndTenMinutesOrSaysNothing(String value, String pause) {
    assertThat(RetryAfter.parse(value, NOW))
        .isEqualTo(Optional.ofNullable(pause).map(Duration::parse));
  }
}
