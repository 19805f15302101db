package com.threatwinds.compute.operator.metrics;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The Compute API, counted: changes nothing of what is asked or answered. */
public final class MeteredComputeApi implements ComputeApi {

  private final ComputeApi api;
  private final ApiMeters meters;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime a monotonic clock
   */
  public MeteredComputeApi(ComputeApi api, ApiMeters meters, LongSupplier nanoTime) {
    this.api = api;
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  private interface Change {
    void make(InstanceId id) throws ComputeApiException;
  }

  private <T> T counted(Operation operation, ApiMeters.Call<T> call) throws ComputeApiException {
    return meters.counted(operation, nanoTime, call);
  }

  private void counted(Operation operation, InstanceId id, Change change)
      throws ComputeApiException {
    counted(
        operation,
        () -> {
          change.make(id);
          return id;
        });
  }

  @Override
  public Seen create(String templateId, @Nullable String zone, BooleanSupplier fence)
      throws ComputeApiException {
    return counted(Operation.CREATE, () -> api.create(templateId, zone, fence));
  }

  @Override
  public Listing list() throws ComputeApiException {
    return counted(Operation.LIST, api::list);
  }

  @Override
  public Seen get(InstanceId id) throws ComputeApiException {
    return counted(Operation.GET, () -> api.get(id));
  }

  @Override
  public void delete(InstanceId id) throws ComputeApiException {
    counted(Operation.DELETE, id, api::delete);
  }

  @Override
  public void start(InstanceId id) throws ComputeApiException {
    counted(Operation.START, id, api::start);
  }

  @Override
  public void stop(InstanceId id) throws ComputeApiException {
    counted(Operation.STOP, id, api::stop);
  }

  @Override
  public void restart(InstanceId id) throws ComputeApiException {
    counted(Operation.RESTART, id, api::restart);
  }

  @Override
  public void reset(InstanceId id) throws ComputeApiException {
    counted(Operation.RESET, id, api::reset);
  }

  @Override
  public List<Template> templates() throws ComputeApiException {
    return counted(Operation.TEMPLATES, api::templates);
  }

  @Override
  public List<String> zones(String templateId) throws ComputeApiException {
    return counted(Operation.ZONES, () -> api.zones(templateId));
  }

  @Override
  public Optional<Instant> now() {
    return api.now();
  }

  @Override
  public Optional<Fingerprint> credentials() {
    return api.credentials();
  }
}
