package com.threatwinds.compute.operator.metrics;

import com.threatwinds.compute.operator.compute.ComputeApiException;

/**
 * How a call ended, as a label: the codes of the API's reference by name, all others by class, so
 * that no answer makes a new series.
 */
enum Code {
  SUCCESS("2xx"),
  /** A success by its status, with a body that can't be read. */
  UNREADABLE("unreadable"),
  BAD_REQUEST("400"),
  UNAUTHORIZED("401"),
  FORBIDDEN("403"),
  NOT_FOUND("404"),
  TOO_MANY_REQUESTS("429"),
  OTHER_CLIENT_ERROR("4xx"),
  SERVER_ERROR("5xx"),
  /** A redirect, or what HTTP does not know. */
  OTHER("other"),
  /** It may have arrived, and no answer came back. */
  NO_ANSWER("none"),
  /** It never left: no connection, no credentials, or held back because another may lead. */
  UNSENT("unsent");

  private final String word;

  Code(String word) {
    this.word = word;
  }

  static Code of(ComputeApiException error) {
    int status = error.httpStatus();
    return switch (status) {
      case 0 -> error instanceof ComputeApiException.Unavailable ? NO_ANSWER : UNSENT;
      case 400 -> BAD_REQUEST;
      case 401 -> UNAUTHORIZED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 429 -> TOO_MANY_REQUESTS;
      default -> ofClass(status / 100);
    };
  }

  private static Code ofClass(int hundreds) {
    return switch (hundreds) {
      case 2 -> UNREADABLE;
      case 4 -> OTHER_CLIENT_ERROR;
      case 5 -> SERVER_ERROR;
      default -> OTHER;
    };
  }

  @Override
  public String toString() {
    return word;
  }
}
