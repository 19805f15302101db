package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.Credentials;
import com.threatwinds.compute.operator.compute.CredentialsSource;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings that a user gets without setting any, with take-overs allowed everywhere. */
final class SampleSettings {

  static final Duration TIMEOUT = Duration.ofSeconds(30);
  static final Duration SLOW = Duration.ofSeconds(60);
  static final Duration FAST = Duration.ofSeconds(5);
  static final Duration SETTLE = Duration.ofSeconds(120);

  private SampleSettings() {}

  static Settings defaults() {
    return of(Recovery.AUTO, FAST, true);
  }

  static Settings of(Recovery recovery, Duration fast, boolean takeover) {
    return of(recovery, fast, takeover, Map.of());
  }

  /** With limits, in calls a minute. */
  static Settings limited(Map<Kind, Integer> rates) {
    return of(Recovery.AUTO, FAST, true, rates);
  }

  private static Settings of(
      Recovery recovery, Duration fast, boolean takeover, Map<Kind, Integer> rates) {
    return new Settings(
        URI.create("http://127.0.0.1:1/api"),
        CredentialsSource.fixed(new Credentials.Token("token")),
        TIMEOUT,
        SLOW,
        fast,
        SETTLE,
        recovery,
        new Settings.Takeover(takeover, Set.of()),
        rates,
        Optional.empty(),
        false,
        "compute-operator",
        Optional.empty(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ZERO,
        Optional.empty());
  }
}
