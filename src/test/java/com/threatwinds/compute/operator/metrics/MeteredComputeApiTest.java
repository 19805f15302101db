package com.threatwinds.compute.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.compute.Allowance;
import com.threatwinds.compute.operator.compute.BillingApi;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.ComputeApiException.Answer;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MeteredComputeApiTest {

  private static final InstanceId ID = new InstanceId("i-1");

  private interface Call {
    void make(ComputeApi api) throws ComputeApiException;
  }

  private static final Map<Operation, Call> CALLS =
      Map.of(
          Operation.CREATE, api -> api.create(ModelApi.TEMPLATE, null, () -> true),
          Operation.LIST, ComputeApi::list,
          Operation.GET, api -> api.get(ID),
          Operation.DELETE, api -> api.delete(ID),
          Operation.START, api -> api.start(ID),
          Operation.STOP, api -> api.stop(ID),
          Operation.RESTART, api -> api.restart(ID),
          Operation.RESET, api -> api.reset(ID),
          Operation.TEMPLATES, ComputeApi::templates,
          Operation.ZONES, api -> api.zones(ModelApi.TEMPLATE));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final NanoClock clock = new NanoClock();
  private final ModelApi model = new ModelApi();
  private final ComputeApi api = new MeteredComputeApi(model, new ApiMeters(registry), clock);

  @ParameterizedTest
  @EnumSource(value = Operation.class, names = "BILLING", mode = EnumSource.Mode.EXCLUDE)
  void countsEachCallUnderItsOwnName(Operation operation) throws ComputeApiException {
    model.put(ID.value(), InstanceState.RUNNING);

    CALLS.get(operation).make(api);

    assertThat(model.count(operation)).as("it was made").isOne();
    assertThat(count(operation, "2xx")).isOne();
    assertThat(registry.find("compute.api.requests").counters())
        .as("and no other")
        .filteredOn(counter -> counter.count() > 0)
        .hasSize(1);
    assertThat(timed(operation)).isOne();
  }

  @Test
  void countsTheCallsOfTheBillingApiToo() throws ComputeApiException {
    BillingApi billing =
        new MeteredBillingApi(
            new BillingApi() {
              @Override
              public List<Allowance> limits() {
                return List.of();
              }

              @Override
              public List<Allowance> quotas() throws ComputeApiException {
                throw Errors.unauthenticated(Operation.BILLING);
              }
            },
            new ApiMeters(registry),
            clock);

    assertThat(billing.limits()).isEmpty();
    assertThatThrownBy(billing::quotas).isInstanceOf(ComputeApiException.class);

    assertThat(count(Operation.BILLING, "2xx")).isOne();
    assertThat(count(Operation.BILLING, "401")).isOne();
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(Errors.rejected(Operation.GET, "no"), "400"),
        Arguments.of(Errors.unauthenticated(Operation.GET), "401"),
        Arguments.of(Errors.notFound(Operation.GET), "404"),
        Arguments.of(Errors.rateLimited(Operation.GET, null), "429"),
        Arguments.of(unavailable(418), "4xx"),
        Arguments.of(unavailable(500), "5xx"),
        Arguments.of(unavailable(599), "5xx"),
        Arguments.of(unavailable(302), "other"),
        Arguments.of(unavailable(999), "other"),
        Arguments.of(unavailable(-7), "other"),
        Arguments.of(unavailable(200), "unreadable"),
        Arguments.of(unavailable(0), "none"));
  }

  private static ComputeApiException unavailable(int status) {
    return Errors.unavailable(Operation.GET, status);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void countsEachFailureUnderACodeOfAClosedSetAndHandsItOn(ComputeApiException e, String code) {
    int series = registry.getMeters().size();
    model.fail(e);

    assertThatThrownBy(() -> api.get(ID)).isSameAs(e);

    assertThat(count(Operation.GET, code)).isOne();
    assertThat(registry.getMeters()).as("no new series").hasSize(series);
  }

  @Test
  void aCallThatNeverLeftTookNoTime() {
    Answer refusedHere = new Answer(Operation.GET, 0, "refused", false, null, null, null, null);
    model.fail(new ComputeApiException.NotSent(refusedHere));

    assertThatThrownBy(() -> api.get(ID)).isInstanceOf(ComputeApiException.NotSent.class);

    assertThat(count(Operation.GET, "unsent")).isOne();
    assertThat(timed(Operation.GET)).isZero();
  }

  @Test
  void measuresFromTheCallToItsEnd() throws ComputeApiException {
    model.put(ID.value(), InstanceState.RUNNING);
    model.during(Operation.GET, () -> clock.advance(Duration.ofSeconds(3)));

    api.get(ID);

    assertThat(
            registry
                .get("compute.api.request.duration")
                .tag("operation", "get")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isEqualTo(3);
  }

  @Test
  void everySeriesIsThereFromTheStart() {
    assertThat(registry.getMeters().stream().map(Meter::getId).map(Meter.Id::getName))
        .filteredOn(name -> !name.endsWith(".histogram")) // The buckets.
        .hasSize(Operation.values().length * (Code.values().length + 2))
        .containsOnly(
            "compute.api.requests", "compute.api.request.duration", "compute.api.throttled");
  }

  private double count(Operation operation, String code) {
    return registry
        .get("compute.api.requests")
        .tags("operation", operation.toString(), "code", code)
        .counter()
        .count();
  }

  private long timed(Operation operation) {
    return registry
        .get("compute.api.request.duration")
        .tag("operation", operation.toString())
        .timer()
        .count();
  }
}
