package com.threatwinds.compute.operator.metrics;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/** Counts the calls of the Compute API, how long they took, and how often a limit put one off. */
public final class ApiMeters {

  /** Few, since each costs a series for each operation; the last is the time-out of one call. */
  private static final List<Duration> BUCKETS =
      List.of(
          Duration.ofMillis(100),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofMillis(2_500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30));

  private final Map<Operation, Map<Code, Counter>> requests = new EnumMap<>(Operation.class);
  private final Map<Operation, Timer> durations = new EnumMap<>(Operation.class);
  private final Map<Operation, Counter> throttled = new EnumMap<>(Operation.class);

  public ApiMeters(MeterRegistry registry) {
    for (Operation operation : Operation.values()) {
      Map<Code, Counter> byCode = new EnumMap<>(Code.class);
      for (Code code : Code.values()) {
        byCode.put(
            code,
            Counter.builder("compute.api.requests")
                .description("Calls of the Compute API, by how they ended")
                .tag("operation", operation.toString())
                .tag("code", code.toString())
                .register(registry));
      }
      requests.put(operation, byCode);
      durations.put(
          operation,
          Timer.builder("compute.api.request.duration")
              .description("How long the calls of the Compute API took that were sent")
              .tag("operation", operation.toString())
              .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
              .register(registry));
      throttled.put(
          operation,
          Counter.builder("compute.api.throttled")
              .description("How often a call was put off by a limit, ours or the API's")
              .tag("operation", operation.toString())
              .register(registry));
    }
  }

  /** A call that is counted. */
  interface Call<T> {
    T make() throws ComputeApiException;
  }

  /**
   * Makes that call and counts how it ended.
   *
   * @param nanoTime a monotonic clock
   */
  <T> T counted(Operation operation, LongSupplier nanoTime, Call<T> call)
      throws ComputeApiException {
    long since = nanoTime.getAsLong();
    Code code = Code.NO_ANSWER; // For what throws anything else.
    try {
      T answer = call.make();
      code = Code.SUCCESS;
      return answer;
    } catch (ComputeApiException e) {
      code = Code.of(e);
      throw e;
    } finally {
      ended(operation, code, Duration.ofNanos(nanoTime.getAsLong() - since));
    }
  }

  private void ended(Operation operation, Code code, Duration after) {
    Objects.requireNonNull(requests.get(operation)).get(code).increment();
    if (code != Code.UNSENT) {
      Objects.requireNonNull(durations.get(operation)).record(after);
    }
  }

  /** A call was not sent, or was refused, because of a limit. */
  public void throttled(Operation operation) {
    Objects.requireNonNull(throttled.get(operation)).increment();
  }
}
