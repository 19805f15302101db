package com.threatwinds.compute.operator.compute;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date.
 *
 * <p>Nothing that a server writes there makes us hammer it or wait for ever: the result lies
 * between one second and ten minutes, and what asks for no pause, or can't be read, is no answer at
 * all.
 */
final class RetryAfter {

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Pattern SECONDS = Pattern.compile("0*([0-9]+)");

  private RetryAfter() {}

  /**
   * @param now the time by the clock of whoever wrote the header
   */
  static Optional<Duration> parse(String value, Instant now) {
    String text = value.strip();
    var seconds = SECONDS.matcher(text);
    if (seconds.matches()) {
      String digits = seconds.group(1);
      return bounded(digits.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(digits)));
    }
    return httpDate(text).flatMap(date -> bounded(Duration.between(now, date)));
  }

  /** A date as HTTP writes it; empty if {@code text} is none. */
  static Optional<Instant> httpDate(String text) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> bounded(Duration pause) {
    if (!pause.isPositive()) {
      return Optional.empty();
    }
    if (pause.compareTo(SHORTEST) < 0) {
      return Optional.of(SHORTEST);
    }
    return Optional.of(pause.compareTo(LONGEST) > 0 ? LONGEST : pause);
  }
}
