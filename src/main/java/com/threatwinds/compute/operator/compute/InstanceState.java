package com.threatwinds.compute.operator.compute;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an instance is doing ("Instance Status Values" in the API's reference).
 *
 * <p>A state that the API invents tomorrow is {@link #UNKNOWN}: it is waited for, never acted upon.
 */
public enum InstanceState {
  /** Being created. */
  PROVISIONING,
  /** Being started. */
  STAGING,
  RUNNING,
  /** Shutting down. */
  STOPPING,
  /** Stopped, and can be started again. An instance that is gone answers 404 instead. */
  TERMINATED,
  SUSPENDED,
  /** Not in the reference. */
  UNKNOWN;

  /** The state that the API's text means, whatever its case; the SDKs also say {@code stopped}. */
  public static InstanceState of(@Nullable String text) {
    if (text == null) {
      return UNKNOWN;
    }
    String upper = text.strip().toUpperCase(Locale.ROOT);
    if (upper.equals("STOPPED")) {
      return TERMINATED;
    }
    for (InstanceState state : values()) {
      if (state.name().equals(upper)) {
        return state;
      }
    }
    return UNKNOWN;
  }

  /** Whether it changes by itself: to be waited for, never pushed. */
  public boolean isMoving() {
    return switch (this) {
      case PROVISIONING, STAGING, STOPPING -> true;
      case RUNNING, TERMINATED, SUSPENDED, UNKNOWN -> false;
    };
  }
}
