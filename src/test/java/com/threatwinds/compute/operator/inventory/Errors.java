package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.ComputeApiException.Answer;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Operation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Failed calls, as the client classifies them. */
public final class Errors {

  /** The credentials that every model begins with. */
  public static final Fingerprint OURS = new Fingerprint("00000000000000aa");

  private Errors() {}

  public static ComputeApiException rateLimited(Operation operation, @Nullable Duration after) {
    return new ComputeApiException.RateLimited(
        new Answer(operation, 429, "too many requests", true, "e-429", after, OURS, null));
  }

  public static ComputeApiException rejected(Operation operation, String message) {
    return new ComputeApiException.Rejected(answer(operation, 400, message, true));
  }

  public static ComputeApiException unauthenticated(Operation operation) {
    return new ComputeApiException.Unauthenticated(answer(operation, 401, "who are you", true));
  }

  public static ComputeApiException quotaExceeded() {
    return new ComputeApiException.QuotaExceeded(
        answer(Operation.CREATE, 403, "quota exceeded", true));
  }

  public static ComputeApiException notFound(Operation operation) {
    return notFound(operation, OURS);
  }

  /** To whom it was said matters: it means "not found or access denied". */
  public static ComputeApiException notFound(Operation operation, Fingerprint credentials) {
    return new ComputeApiException.NotFound(
        new Answer(
            operation,
            404,
            "instance not found or access denied",
            true,
            "e-404",
            null,
            credentials,
            null));
  }

  /** A 404 that no API of ours wrote. */
  public static ComputeApiException strayNotFound(Operation operation) {
    return new ComputeApiException.NotFound(answer(operation, 404, "404 page not found", false));
  }

  public static ComputeApiException unavailable(Operation operation, int httpStatus) {
    return unavailable(operation, httpStatus, "no usable answer", "e-" + httpStatus);
  }

  public static ComputeApiException unavailable(
      Operation operation, int httpStatus, String message, String errorId) {
    return new ComputeApiException.Unavailable(
        new Answer(operation, httpStatus, message, httpStatus != 0, errorId, null, OURS, null));
  }

  /** The API asks to be left alone for a while. */
  public static ComputeApiException overloaded(Operation operation, Duration after) {
    return new ComputeApiException.Unavailable(
        new Answer(operation, 503, "overloaded", true, "e-503", after, OURS, null));
  }

  /** No answer within the time-out of one call, or a connection that broke. */
  public static ComputeApiException noAnswer(Operation operation) {
    return new ComputeApiException.Unavailable(
        new Answer(operation, 0, "connection reset", false, null, null, OURS, null));
  }

  public static ComputeApiException notSent(Operation operation) {
    return new ComputeApiException.NotSent(
        new Answer(operation, 0, "connection refused", false, null, null, OURS, null));
  }

  private static Answer answer(
      Operation operation, int httpStatus, String message, boolean explained) {
    return new Answer(
        operation, httpStatus, message, explained, "e-" + httpStatus, null, OURS, null);
  }
}
