package com.threatwinds.compute.operator.simulator;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h}, ISO 8601. */
final class DurationText {

  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private DurationText() {}

  /**
   * @throws IllegalArgumentException if it is no time
   */
  static Duration parse(String text) {
    Matcher matcher = SHORT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      try {
        return Duration.parse(text.strip());
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("not a time (5s, 250ms, 2m): " + text, e);
      }
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** A count and its window: {@code 5/minute}, {@code 10/30s}. */
  static RateLimit parseLimit(String text) {
    String[] parts = text.strip().split("/", 2);
    try {
      int value = Integer.parseInt(parts[0].strip());
      return new RateLimit(value, parts.length == 1 ? Duration.ofMinutes(1) : window(parts[1]));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a limit (5/minute): " + text, e);
    }
  }

  private static Duration window(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "second" -> Duration.ofSeconds(1);
      case "minute" -> Duration.ofMinutes(1);
      case "hour" -> Duration.ofHours(1);
      case "day" -> Duration.ofDays(1);
      case "month" -> Duration.ofDays(30);
      default -> parse(text);
    };
  }
}
