package com.threatwinds.compute.operator.simulator;

import java.util.Locale;
import java.util.Optional;

/** The calls of the API's reference, and {@link #OTHER} for whatever else is asked. */
public enum Operation {
  CREATE(true),
  LIST(false),
  GET(false),
  DELETE(true),
  START(true),
  STOP(true),
  RESTART(true),
  RESET(true),
  TEMPLATES(false),
  ZONES(false),
  LIMITS(false),
  QUOTAS(false),
  OTHER(false);

  private final boolean change;

  Operation(boolean change) {
    this.change = change;
  }

  /** Whether it is meant to change something. */
  public boolean isChange() {
    return change;
  }

  /** The operation of that name in any case, as written by {@link #toString}. */
  public static Optional<Operation> parse(String text) {
    for (Operation operation : values()) {
      if (operation.name().equalsIgnoreCase(text.strip())) {
        return Optional.of(operation);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
