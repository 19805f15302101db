package com.threatwinds.compute.operator.simulator;

import org.jspecify.annotations.Nullable;

/** The API says no: nothing was changed, and the answer carries this status and message. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable Long retryAfterSeconds;

  Refusal(int status, String message) {
    this(status, message, null);
  }

  Refusal(int status, String message, @Nullable Long retryAfterSeconds) {
    super(message, null, false, false);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  int status() {
    return status;
  }

  @Nullable Long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
