package com.threatwinds.compute.operator.inventory;

import java.time.Duration;
import java.util.Locale;

/**
 * How many calls may be made in any window of that length.
 *
 * @param calls at least one
 */
public record Rate(int calls, Duration window) {

  public Rate {
    if (calls < 1 || !window.isPositive()) {
      throw new IllegalArgumentException("a rate is at least one call in a positive time");
    }
  }

  /** So many calls a minute. */
  public static Rate perMinute(int calls) {
    return new Rate(calls, Duration.ofMinutes(1));
  }

  /** Of a long-term mean. */
  public double meanPerMinute() {
    return calls * (double) Duration.ofMinutes(1).toNanos() / window.toNanos();
  }

  @Override
  public String toString() {
    return calls + "/" + window.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
