package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class GatedComputeApiTest {

  private static final InstanceId ID = new InstanceId("i-1");

  private final NanoClock clock = new NanoClock();
  private final ModelApi model = new ModelApi();
  private final List<Operation> throttled = new ArrayList<>();
  private GatedComputeApi api = gated(Map.of());

  private GatedComputeApi gated(Map<Kind, Integer> rates) {
    Map<Kind, Gate> gates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      gates.put(kind, new Gate(Optional.ofNullable(rates.get(kind)), clock));
    }
    return new GatedComputeApi(model, gates, throttled::add);
  }

  private interface Call {
    void make(ComputeApi api) throws ComputeApiException;
  }

  private static final Map<Operation, Call> CALLS = new LinkedHashMap<>();

  static {
    CALLS.put(Operation.CREATE, api -> api.create(ModelApi.TEMPLATE, null, () -> true));
    CALLS.put(Operation.LIST, ComputeApi::list);
    CALLS.put(Operation.GET, api -> api.get(ID));
    CALLS.put(Operation.START, api -> api.start(ID));
    CALLS.put(Operation.STOP, api -> api.stop(ID));
    CALLS.put(Operation.RESTART, api -> api.restart(ID));
    CALLS.put(Operation.RESET, api -> api.reset(ID));
    CALLS.put(Operation.TEMPLATES, ComputeApi::templates);
    CALLS.put(Operation.ZONES, api -> api.zones(ModelApi.TEMPLATE));
    CALLS.put(Operation.DELETE, api -> api.delete(ID));
  }

  @BeforeEach
  void anInstanceIsThere() {
    model.put("i-1", InstanceState.RUNNING);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "BILLING")
  void anOpenGateLetsEachCallThroughOnce(Operation operation) throws ComputeApiException {
    CALLS.get(operation).make(api);

    assertThat(model.calls()).hasSize(1);
    assertThat(model.count(operation)).isOne();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "BILLING")
  void a429ClosesItsKindForEverybodyAndNoOther(Operation limited) {
    model.fail(Errors.rateLimited(limited, Duration.ofSeconds(42)));
    assertThatThrownBy(() -> CALLS.get(limited).make(api))
        .isInstanceOf(ComputeApiException.RateLimited.class);

    for (Operation operation : CALLS.keySet()) {
      boolean sameKind = Kind.of(operation) == Kind.of(limited);
      assertThat(api.gate(Kind.of(operation)).closedFor().isPresent())
          .as(operation.toString())
          .isEqualTo(sameKind);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "BILLING")
  void aClosedGateLetsNoCallOutAndSaysForHowLong(Operation operation) throws ComputeApiException {
    api.gate(Kind.of(operation)).close(Duration.ofSeconds(42));

    var refused =
        catchThrowableOfType(
            ComputeApiException.RateLimited.class, () -> CALLS.get(operation).make(api));

    assertThat(model.calls()).isEmpty();
    assertThat(refused.operation()).isEqualTo(operation);
    assertThat(refused.retryAfter()).hasValue(Duration.ofSeconds(42));
    assertThat(refused.httpStatus()).isZero();
    assertThat(refused.mayHaveHappened()).isFalse();

    clock.advance(Duration.ofSeconds(42));
    CALLS.get(operation).make(api);
    assertThat(model.count(operation)).isOne();
  }

  @Test
  void retryAfterIsHonoured() {
    model.fail(Errors.rateLimited(Operation.CREATE, Duration.ofSeconds(7)));

    assertThatThrownBy(() -> CALLS.get(Operation.CREATE).make(api));

    assertThat(api.gate(Kind.CREATE).closedFor()).hasValue(Duration.ofSeconds(7));
  }

  @Test
  void a429ThatNamesNoTimeClosesForAWhile() {
    model.fail(Errors.rateLimited(Operation.CREATE, null));

    assertThatThrownBy(() -> CALLS.get(Operation.CREATE).make(api));

    assertThat(api.gate(Kind.CREATE).closedFor()).hasValue(GatedComputeApi.DEFAULT_PAUSE);
  }

  @Test
  void otherFailuresCloseNothing() {
    model.fail(Errors.unavailable(Operation.GET, 503));

    assertThatThrownBy(() -> CALLS.get(Operation.GET).make(api))
        .isInstanceOf(ComputeApiException.Unavailable.class);

    assertThat(api.gate(Kind.GET).closedFor()).isEmpty();
  }

  @Test
  void aFailedCallHasUsedUpItsTurn() {
    api = gated(Map.of(Kind.CREATE, 6));
    model.fail(Errors.unavailable(Operation.CREATE, 500));

    assertThatThrownBy(() -> CALLS.get(Operation.CREATE).make(api));

    assertThat(api.gate(Kind.CREATE).closedFor()).hasValue(Duration.ofMillis(10_100));
  }

  @Test
  void eachInstanceHasItsOwnPlaceInTheQueue() {
    api = gated(Map.of(Kind.DELETE, 60));
    model.put("i-2", InstanceState.RUNNING);
    model.put("i-3", InstanceState.RUNNING);
    assertThat(api.turn(Operation.DELETE, ID)).isEmpty();
    assertThatCode(() -> api.delete(ID)).doesNotThrowAnyException();

    assertThat(api.turn(Operation.DELETE, new InstanceId("i-2"))).hasValue(Duration.ofMillis(1010));
    assertThat(api.turn(Operation.DELETE, new InstanceId("i-3"))).hasValue(Duration.ofMillis(2020));
    assertThat(model.changes()).containsExactly("delete i-1");
  }

  @Test
  void tellsOfEachCallThatALimitPutsOffAndOfNoOther() throws ComputeApiException {
    api = gated(Map.of(Kind.DELETE, 60));
    model.put("i-2", InstanceState.RUNNING);
    api.delete(ID);
    assertThat(throttled).isEmpty();

    api.turn(Operation.DELETE, new InstanceId("i-2"));
    assertThatThrownBy(() -> api.delete(new InstanceId("i-2")));
    model.fail(Errors.rateLimited(Operation.LIST, null));
    assertThatThrownBy(() -> api.list());

    assertThat(throttled).containsExactly(Operation.DELETE, Operation.DELETE, Operation.LIST);
  }

  @Test
  void aDeleteNeverWaitsForTheLimitOfCreates() throws ComputeApiException {
    api.gate(Kind.CREATE).close(Duration.ofMinutes(10));

    api.delete(ID);

    assertThat(model.changes()).containsExactly("delete i-1");
  }

  @Test
  void theFenceOfACreateReachesTheCall() {
    assertThatThrownBy(() -> api.create(ModelApi.TEMPLATE, null, () -> false))
        .isInstanceOf(ComputeApiException.NotSent.class);

    assertThat(model.calls()).isEmpty();
  }
}
