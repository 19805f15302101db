package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.inventory.AccountLimits;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.inventory.Rate;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Optional;

/**
 * What the account may do and have, and has, as metrics: one series for each kind of call, and two
 * for the quota. Not a number where it is not known.
 */
final class AllowanceMetrics {

  private AllowanceMetrics() {}

  static void register(MeterRegistry meters, AccountLimits limits, Rooms rooms) {
    for (Kind kind : Kind.values()) {
      Gauge.builder(
              "compute.rate.limit.per.minute",
              limits,
              l ->
                  Optional.ofNullable(l.rates().get(kind))
                      .map(Rate::meanPerMinute)
                      .orElse(Double.NaN))
          .description("Calls a minute that the account may make, on average.")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
    Gauge.builder(
            "compute.quota.instances",
            limits,
            l -> l.maxInstances().map(Long::doubleValue).orElse(Double.NaN))
        .description("Instances that the account may have; -1 for any number.")
        .register(meters);
    Gauge.builder(
            "compute.quota.instances.used",
            rooms,
            r -> r.listed().map(Integer::doubleValue).orElse(Double.NaN))
        .description("Instances that the account has, as last listed.")
        .register(meters);
  }
}
