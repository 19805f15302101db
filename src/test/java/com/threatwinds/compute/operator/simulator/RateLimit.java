package com.threatwinds.compute.operator.simulator;

import java.time.Duration;

/**
 * How many calls of one operation an account may make.
 *
 * @param value calls in a window; 0 disables the operation, -1 is unlimited
 * @param window fixed, and begun by the first call in it
 */
public record RateLimit(int value, Duration window) {

  public RateLimit {
    if (value < -1 || window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("a rate limit is -1 or more calls in a positive time");
    }
  }

  /** The word that the Billing API uses for the window. */
  String windowName() {
    if (window.equals(Duration.ofMinutes(1))) {
      return "minute";
    }
    if (window.equals(Duration.ofHours(1))) {
      return "hour";
    }
    if (window.equals(Duration.ofDays(1))) {
      return "day";
    }
    if (window.equals(Duration.ofDays(30))) {
      return "month";
    }
    return window.toString();
  }
}
