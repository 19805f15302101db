package com.threatwinds.compute.operator.compute;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The server's name for one instance, safe to put into a URL path and a log line.
 *
 * @param value 1 to 128 characters of {@code [A-Za-z0-9._-]}, the first alphanumeric
 */
public record InstanceId(String value) implements Comparable<InstanceId> {

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * @throws IllegalArgumentException if {@code value} is not of that form; for values from outside
   *     use {@link #parse}
   */
  public InstanceId {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException("not an instance id");
    }
  }

  /** The id that {@code text} spells, or empty if it spells none. */
  public static Optional<InstanceId> parse(@org.jspecify.annotations.Nullable String text) {
    return text != null && VALID.matcher(text).matches()
        ? Optional.of(new InstanceId(text))
        : Optional.empty();
  }

  @Override
  public int compareTo(InstanceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
