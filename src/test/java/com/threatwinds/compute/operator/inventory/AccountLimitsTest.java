package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.compute.Allowance;
import com.threatwinds.compute.operator.compute.BillingApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountLimitsTest {

  private final NanoClock clock = new NanoClock();
  private final ModelApi model = new ModelApi();
  private final GatedComputeApi api = new GatedComputeApi(model, gates(), operation -> {});
  private final Billing billing = new Billing();
  private final AccountLimits limits =
      new AccountLimits(Optional.of(billing), api, Set.of(Kind.POWER), clock);

  /** What the Billing API answers, as the simulator would. */
  private static final class Billing implements BillingApi {

    private volatile long creates = 6;
    private volatile Optional<ComputeApiException> failure = Optional.empty();
    private final AtomicInteger reads = new AtomicInteger();

    @Override
    public List<Allowance> limits() throws ComputeApiException {
      reads.incrementAndGet();
      if (failure.isPresent()) {
        throw failure.get();
      }
      return List.of(
          new Allowance("compute-api", "create", creates, "minute"),
          new Allowance("compute-api", "start", 6, "minute"));
    }

    @Override
    public List<Allowance> quotas() throws ComputeApiException {
      if (failure.isPresent()) {
        throw failure.get();
      }
      return List.of(new Allowance("compute-api", "max_instances", 3, null));
    }
  }

  private Map<Kind, Gate> gates() {
    Map<Kind, Gate> gates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      gates.put(kind, new Gate(Optional.empty(), clock));
    }
    return gates;
  }

  /** How long the next call waits after one that went. */
  private Duration pace(Kind kind) {
    assertThat(api.gate(kind).enter("first")).isEmpty();
    api.gate(kind).leave();
    return api.gate(kind).closedFor().orElse(Duration.ZERO);
  }

  @Test
  void setsTheGatesThatTheSettingsLeaveAlone() {
    assertThat(limits.refresh(billing)).isEqualTo(Duration.ofHours(1));

    assertThat(pace(Kind.CREATE)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    assertThat(pace(Kind.POWER)).isZero();
    assertThat(pace(Kind.DELETE)).isZero();
    assertThat(limits.maxInstances()).contains(3L);
    assertThat(limits.rates()).containsEntry(Kind.CREATE, Rate.perMinute(6));
  }

  @Test
  void followsALimitThatChangesOrGoes() {
    limits.refresh(billing);
    billing.creates = 60;
    limits.refresh(billing);
    assertThat(pace(Kind.CREATE)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
    clock.advance(Duration.ofMinutes(1));

    billing.creates = -1;
    limits.refresh(billing);

    assertThat(pace(Kind.CREATE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 500})
  void changesNothingWhereItMayNotReadAndAsksMoreAndMoreRarely(int status) {
    limits.refresh(billing);
    billing.failure =
        Optional.of(
            switch (status) {
              case 401 -> Errors.unauthenticated(Operation.BILLING);
              case 404 -> Errors.strayNotFound(Operation.BILLING);
              default -> Errors.unavailable(Operation.BILLING, status);
            });

    assertThat(limits.refresh(billing)).isEqualTo(Duration.ofMinutes(1));
    assertThat(limits.refresh(billing)).isEqualTo(Duration.ofMinutes(2));
    for (int i = 0; i < 10; i++) {
      limits.refresh(billing);
    }
    assertThat(limits.refresh(billing)).isEqualTo(Duration.ofHours(1));

    assertThat(pace(Kind.CREATE)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    assertThat(limits.maxInstances()).contains(3L);
  }

  @Test
  void givesTheLimitsAMomentToArriveBeforeWhatComesInBursts() {
    billing.failure = Optional.of(Errors.unavailable(Operation.BILLING, 500));

    limits.start();

    try {
      assertThat(api.gate(Kind.CREATE).closedFor()).contains(Duration.ofSeconds(1));
      assertThat(api.gate(Kind.DELETE).closedFor()).isPresent();
      assertThat(api.gate(Kind.POWER).closedFor()).isEmpty();
      assertThat(api.gate(Kind.GET).closedFor()).isEmpty();
      clock.advance(Duration.ofSeconds(1));
      assertThat(api.gate(Kind.CREATE).enter("first")).isEmpty();
    } finally {
      limits.close();
    }
  }

  @Test
  void readsAgainSoonerWhenARefusalContradicts() throws ComputeApiException {
    limits.start();
    try {
      await().until(() -> billing.reads.get() == 1);
      model.fail(Errors.rateLimited(Operation.LIST, Duration.ofSeconds(1)));

      assertThatThrownBy(api::list).isInstanceOf(ComputeApiException.RateLimited.class);

      AtomicInteger minutes = new AtomicInteger();
      await()
          .until(
              () -> {
                clock.advance(Duration.ofMinutes(1));
                minutes.incrementAndGet();
                return billing.reads.get() == 2;
              });
      assertThat(minutes.get()).as("minutes, and not the hour").isLessThan(60);
    } finally {
      limits.close();
    }
  }

  @Test
  void asksNothingWhereItIsOff() {
    var off = new AccountLimits(Optional.empty(), api, Set.of(), clock);

    off.start();
    off.close();

    assertThat(api.gate(Kind.CREATE).closedFor()).isEmpty();
  }
}
