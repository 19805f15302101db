package com.threatwinds.compute.operator.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/** What is made of many measurements, and how it is written. */
final class Figures {

  private Figures() {}

  /** In milliseconds; NaN if there are none. */
  static double mean(Collection<Duration> times) {
    return times.stream().mapToDouble(Figures::millis).average().orElse(Double.NaN);
  }

  /**
   * In milliseconds, the nearest rank; NaN if there are none.
   *
   * @param share such as 0.99
   */
  static double percentile(Collection<Duration> times, double share) {
    double[] sorted = times.stream().mapToDouble(Figures::millis).sorted().toArray();
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  /** With as many digits as a person reads. */
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    if (value == Math.rint(value) || Math.abs(value) >= 1_000) {
      return String.format(Locale.ROOT, "%,d", Math.round(value));
    }
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : "%.1f", value);
  }
}
