package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.ComputeApiException.NotFound;
import com.threatwinds.compute.operator.compute.ComputeApiException.NotSent;
import com.threatwinds.compute.operator.compute.ComputeApiException.QuotaExceeded;
import com.threatwinds.compute.operator.compute.ComputeApiException.RateLimited;
import com.threatwinds.compute.operator.compute.ComputeApiException.Rejected;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unauthenticated;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unavailable;
import com.threatwinds.compute.operator.compute.Operation;

/**
 * What a failed call means to the person who asked for it.
 *
 * @param stalled whether it takes a person to go on
 */
record Trouble(Reason reason, boolean stalled, String message) {

  /** Decided by type alone, never by what the message says. */
  static Trouble of(ComputeApiException error) {
    String said = said(error);
    return switch (error) {
      case RateLimited e ->
          new Trouble(
              Reason.RATE_LIMITED,
              false,
              e.operation()
                  + " waits for the API's rate limit, and is tried again by itself"
                  + aboutWhen(e));
      case QuotaExceeded e ->
          new Trouble(
              Reason.QUOTA_EXCEEDED,
              false,
              "the account's quota of instances is used up"
                  + said
                  + "; tried again when an instance is deleted, and every now and then");
      case Unauthenticated e ->
          new Trouble(
              Reason.AUTHENTICATION_FAILED,
              true,
              "the operator's credentials for the Compute API are missing or refused"
                  + said
                  + "; it goes on by itself once they are mended");
      case NotFound e when e.operation() == Operation.CREATE ->
          new Trouble(Reason.TEMPLATE_NOT_FOUND, true, "the API does not know the template" + said);
      case Rejected e when e.isExplained() ->
          new Trouble(Reason.REQUEST_REJECTED, true, "the API refuses to " + e.operation() + said);
      case Rejected e -> unavailable(e);
      case NotFound e -> unavailable(e);
      case Unavailable e -> unavailable(e);
      case NotSent e -> unavailable(e);
    };
  }

  private static Trouble unavailable(ComputeApiException error) {
    return new Trouble(
        Reason.API_UNAVAILABLE,
        false,
        "the Compute API gave no usable answer to "
            + error.operation()
            + said(error)
            + "; tried again by itself"
            + aboutWhen(error));
  }

  /** When the API named a time; ours is too short to be worth a word. */
  private static String aboutWhen(ComputeApiException error) {
    return error.retryAfter().map(pause -> " in about " + pause.toSeconds() + " s").orElse("");
  }

  private static String said(ComputeApiException error) {
    String status = error.httpStatus() == 0 ? "" : error.httpStatus() + ": ";
    return " (" + status + error.getMessage() + ")";
  }
}
