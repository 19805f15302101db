package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Seen;
import java.time.Duration;
import java.util.List;

/** What came of an action. An expected failure is one of these, never an exception. */
sealed interface Outcome {

  /** There was nothing to call. */
  record Nothing() implements Outcome {}

  /** The API took the call. */
  record Accepted() implements Outcome {}

  /** There is an instance to bind: made, found as the outcome of a create, or taken over. */
  record Made(Seen seen) implements Outcome {}

  /** The open create made nothing. */
  record NotMade() implements Outcome {}

  /** Only a person can tell what the open create made. */
  record Ambiguous(List<InstanceId> candidates) implements Outcome {}

  /**
   * The create was not begun: beside that many instances that nobody is bound to, and that don't
   * tell their age, nobody could tell its outcome.
   */
  record Crowded(int instances) implements Outcome {}

  /** One of the two lists that it takes is not there yet: it looks for it that much later. */
  record ReadOnce(Duration after) implements Outcome {}

  /** The open create can't be settled with the credentials at hand. */
  record OtherAccount() implements Outcome {}

  /** What was read concludes nothing: another look is needed, that much later. */
  record LookAgain(String why, Duration after) implements Outcome {}

  /** The call failed; the error says whether it may have happened. */
  record Failed(ComputeApiException error) implements Outcome {}

  /** It was not this resource's turn; it is woken when it is, and looks by itself after a while. */
  record Queued(Reason reason, String message, Duration after) implements Outcome {}

  /** The resource changed under the pass: nothing was done, look at it anew. */
  record Outdated() implements Outcome {}

  /** Another resource got the instance first. */
  record Claimed(String holder) implements Outcome {}
}
