package com.threatwinds.compute.operator.metrics;

import com.threatwinds.compute.operator.compute.Allowance;
import com.threatwinds.compute.operator.compute.BillingApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import java.util.List;
import java.util.function.LongSupplier;

/** The Billing API, counted: changes nothing of what is asked or answered. */
public final class MeteredBillingApi implements BillingApi {

  private final BillingApi api;
  private final ApiMeters meters;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime a monotonic clock
   */
  public MeteredBillingApi(BillingApi api, ApiMeters meters, LongSupplier nanoTime) {
    this.api = api;
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  @Override
  public List<Allowance> limits() throws ComputeApiException {
    return meters.counted(Operation.BILLING, nanoTime, api::limits);
  }

  @Override
  public List<Allowance> quotas() throws ComputeApiException {
    return meters.counted(Operation.BILLING, nanoTime, api::quotas);
  }
}
