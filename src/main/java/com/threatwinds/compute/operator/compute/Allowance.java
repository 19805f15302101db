package com.threatwinds.compute.operator.compute;

import org.jspecify.annotations.Nullable;

/**
 * What the account may do, as the Billing API words it: a limit of calls, or a quota of things that
 * exist.
 *
 * @param service such as {@code compute-api}
 * @param feature such as {@code max_instances}; no page lists them
 * @param value {@value #UNLIMITED} for no limit, 0 for "not at all"
 * @param window in which a limit counts calls, in the API's word; null for a quota
 */
public record Allowance(String service, String feature, long value, @Nullable String window) {

  /** The value of what is not limited. */
  public static final long UNLIMITED = -1;
}
