package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.InstanceState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the operator knows of the resources and the account, for Prometheus.
 *
 * <p>Only the leader reads lists and acts; so all but who leads is zero for who does not, and a sum
 * over the replicas is right.
 */
final class OperatorMeters {

  private static final List<Duration> BUCKETS =
      List.of(
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(15));

  private final MeterRegistry registry;
  private final Leadership leadership;
  private final Timer provisioning;

  OperatorMeters(MeterRegistry registry, Leadership leadership, String version) {
    this.registry = registry;
    this.leadership = leadership;
    this.provisioning =
        Timer.builder("compute.instance.provisioning")
            .description("From the creation of an instance until it ran")
            .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
            .register(registry);
    Gauge.builder("compute.leader", () -> leadership.isHeld() ? 1 : 0)
        .description("1 for the replica that leads")
        .register(registry);
    Gauge.builder("compute.build.info", () -> 1)
        .description("What runs here")
        .tag("version", version)
        .tag("java", String.valueOf(Runtime.version().feature()))
        .register(registry);
  }

  /** An instance runs for the first time, that long after it was created. */
  void provisioned(Duration time) {
    provisioning.record(time);
  }

  /** Shows what those rooms know from now on. */
  void show(Rooms rooms) {
    Tally tally = rooms.known().tally();
    for (Tally.Ready ready : Tally.Ready.values()) {
      instances(null, ready, tally);
      Arrays.stream(InstanceState.values()).forEach(state -> instances(state, ready, tally));
    }
    for (Reason reason : Reason.values()) {
      Gauge.builder("compute.waiting.instances", whileLeading(() -> tally.waiting(reason)))
          .description("ComputeInstances that are not Ready, by the reason")
          .tag("reason", reason.toString())
          .register(registry);
    }
    gauge(
        "compute.unclaimed.instances",
        "Instances of the account that no ComputeInstance is bound to",
        () -> (int) rooms.unclaimed().now().count());
    gauge(
        "compute.create.attempts.open",
        "Creates that were announced and whose instance is not bound yet",
        () -> rooms.known().openCreates());
    Gauge.builder("compute.poll.age", () -> pollAge(rooms).toMillis() / 1000.0)
        .description("How long ago the account's list was read, or that it is waited for")
        .baseUnit("seconds")
        .register(registry);
  }

  private void instances(@Nullable InstanceState state, Tally.Ready ready, Tally tally) {
    Gauge.builder("compute.instances", whileLeading(() -> tally.count(state, ready)))
        .description("ComputeInstances, by the state of their instance and whether they are Ready")
        .tag("state", state == null ? "NONE" : state.name())
        .tag("ready", ready.toString())
        .register(registry);
  }

  private void gauge(String name, String description, IntSupplier value) {
    Gauge.builder(name, whileLeading(value)).description(description).register(registry);
  }

  private Supplier<Number> whileLeading(IntSupplier value) {
    return () -> leadership.isLeading() ? value.getAsInt() : 0;
  }

  /** Without a list it is as old as the leadership: one that never came is waited for, too. */
  private Duration pollAge(Rooms rooms) {
    return leadership
        .ledFor()
        .map(time -> rooms.inventory().age().orElse(time))
        .orElse(Duration.ZERO);
  }
}
