package com.threatwinds.compute.operator.compute;

import java.util.List;

/**
 * The port to what the ThreatWinds Billing API tells of the account. Reads only, under the rules of
 * {@link ComputeApi}; entries that can't be understood are left out.
 */
public interface BillingApi {

  /** {@code GET /limits}: how many calls the account may make. */
  List<Allowance> limits() throws ComputeApiException;

  /** {@code GET /quotas}: how much the account may have. */
  List<Allowance> quotas() throws ComputeApiException;
}
