package com.threatwinds.compute.operator.simulator;

import java.util.Locale;
import java.util.Optional;

/**
 * One way in which the API has been seen to differ from its reference. A set of them is a dialect;
 * the empty set is the reference. Of those that contradict each other the first declared wins.
 */
public enum Quirk {
  /** {@code running}, and {@code stopped} for TERMINATED. */
  LOWER_CASE_STATUS,
  /** {@code userID} and {@code customerID} instead of {@code userId}. */
  CUSTOMER_ID,
  NO_USER_ID,
  NO_CREATED_AT,
  /** {@code createdAt} with an offset of +02:00 and fractions of a second. */
  OFFSET_CREATED_AT,
  /** {@code n1-standard-2} instead of the long form. */
  SHORT_MACHINE_TYPE,
  /** Fields in an instance that the reference does not have. */
  UNKNOWN_FIELDS,
  /** No {@code x-error} headers; {@code {"error":{"message","type","code"}}} instead. */
  ERRORS_IN_BODY_ONLY,
  /** The body in addition to the headers. */
  ERRORS_IN_BODY_TOO,
  /** Errors without any text or id. */
  ERRORS_UNEXPLAINED,
  /** 403 instead of 401 where credentials are missing (the table of Create Instance says so). */
  MISSING_CREDENTIALS_403,
  /** An empty list is {@code []}. */
  EMPTY_LIST_ARRAY,
  /** An empty list is {@code null}. */
  EMPTY_LIST_NULL,
  CREATE_200,
  /** Power calls answer 200 and a body. */
  POWER_200,
  POWER_204,
  /** Deletes answer 200 and a body. */
  DELETE_200,
  DELETE_202;

  /** The quirk of that name: any case, with {@code -} or {@code _}. */
  public static Optional<Quirk> parse(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (Quirk quirk : values()) {
      if (quirk.name().equals(name)) {
        return Optional.of(quirk);
      }
    }
    return Optional.empty();
  }
}
