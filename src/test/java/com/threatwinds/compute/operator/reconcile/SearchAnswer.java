package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.Instance;
import java.util.List;

/** What the world answers to a {@link SearchCall}. */
sealed interface SearchAnswer {

  /** The resources that there are, by their numbers in {@link SearchTables}. */
  record Resources(List<Integer> versions) implements SearchAnswer {}

  /** The write holds; the resource as written. */
  record Written(int version) implements SearchAnswer {}

  /** The write rested on an old version. */
  record Conflict() implements SearchAnswer {}

  /** Nobody answers; whether the call took effect is not known. */
  record NoAnswer() implements SearchAnswer {}

  /**
   * The connection is open, and the fence is asked.
   *
   * @param late whether the pass's deadline is over by then
   */
  record Open(boolean late) implements SearchAnswer {}

  /** The instance, made or read. */
  record Found(Instance instance) implements SearchAnswer {}

  /** A 404 of the API's own. */
  record Missing() implements SearchAnswer {}

  /** A 429: nothing happened. */
  record Refused() implements SearchAnswer {}

  /** The API took the call. */
  record Done() implements SearchAnswer {}
}
