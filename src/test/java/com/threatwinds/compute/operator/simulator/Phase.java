package com.threatwinds.compute.operator.simulator;

/** When a fault strikes. */
public enum Phase {
  /** The API has not looked at the request yet, not even at its credentials. */
  BEFORE_COMMIT,
  /** What was asked is done (or refused); not a byte of the answer has been written. */
  AFTER_COMMIT,
  /** The answer has been written; the connection is still open. */
  AFTER_ANSWER
}
