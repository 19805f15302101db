package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.Allowance;
import com.threatwinds.compute.operator.compute.BillingApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the gates to what the account may do, where the settings say nothing: read from the Billing
 * API once an hour, and when a 429 contradicts.
 *
 * <p>Where that can't be read, nothing is different from before: gates learn from refusals.
 */
public final class AccountLimits implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AccountLimits.class);

  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);

  /** So often at most when refusals contradict what was read. */
  private static final Duration SOONEST = Duration.ofMinutes(5);

  /** Another account may have other limits. */
  private static final Duration CREDENTIALS_CHECK = Duration.ofSeconds(5);

  /** What comes in bursts waits that long at a start, so that the limits are known before. */
  private static final Duration HEAD_START = Duration.ofSeconds(1);

  private final Optional<BillingApi> billing;
  private final GatedComputeApi api;
  private final Set<Kind> unset;
  private final LongSupplier nanoTime;

  private Optional<Fingerprint> readWith = Optional.empty();
  private int failures;
  private boolean contradicted;
  private @Nullable Thread thread;
  private volatile Map<Kind, Rate> rates = Map.of();
  private volatile Optional<Long> maxInstances = Optional.empty();

  /**
   * @param billing empty if it is not to be asked
   * @param set those kinds of calls whose limit the settings say
   */
  public AccountLimits(
      Optional<BillingApi> billing, GatedComputeApi api, Set<Kind> set, LongSupplier nanoTime) {
    this.billing = billing;
    this.api = api;
    this.unset = EnumSet.allOf(Kind.class);
    this.unset.removeAll(set);
    this.nanoTime = nanoTime;
    api.whenRefused(this::contradict);
  }

  /** Reads from now on. */
  public synchronized void start() {
    close();
    if (billing.isPresent()) {
      for (Kind kind : List.of(Kind.CREATE, Kind.DELETE, Kind.POWER)) {
        if (unset.contains(kind)) {
          api.gate(kind).close(HEAD_START);
        }
      }
      thread = Thread.ofVirtual().name("limits").start(() -> run(billing.get()));
    }
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  /** The limits that were read, of those kinds of calls that they set. */
  public Map<Kind, Rate> rates() {
    return rates;
  }

  /** How many instances the account may have, -1 for any number; empty if that is not known. */
  public Optional<Long> maxInstances() {
    return maxInstances;
  }

  private void run(BillingApi source) {
    try {
      while (true) {
        await(refresh(source));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void contradict(Kind kind) {
    if (unset.contains(kind)) {
      contradicted = true;
      notifyAll();
    }
  }

  private synchronized void await(Duration pause) throws InterruptedException {
    long began = nanoTime.getAsLong();
    while (api.credentials().equals(readWith)) {
      Duration due = contradicted && pause.compareTo(SOONEST) > 0 ? SOONEST : pause;
      long left = due.minusNanos(nanoTime.getAsLong() - began).toMillis();
      if (left <= 0) {
        return;
      }
      wait(Math.min(left, CREDENTIALS_CHECK.toMillis()));
    }
  }

  /**
   * Reads the limits once, and sets the gates.
   *
   * @return how long until the next time
   */
  Duration refresh(BillingApi source) {
    synchronized (this) {
      readWith = api.credentials();
      contradicted = false;
    }
    try {
      AllowedRates allowed = AllowedRates.of(source.limits());
      apply(allowed);
      readQuota(source);
      failures = 0;
      return INTERVAL;
    } catch (ComputeApiException e) {
      if (failures == 0) {
        log.info(
            "limits=unread why=\"{}\" so=\"calls are limited by the settings, and by what refusals"
                + " teach\"",
            e.getMessage());
      }
      return backoff();
    } catch (RuntimeException e) {
      log.error("limits=failed", e);
      return backoff();
    }
  }

  private void apply(AllowedRates allowed) {
    log.debug("limits=unrecognised names={}", allowed.unrecognised());
    Map<Kind, Rate> before = rates;
    rates = allowed.rates();
    unset.forEach(kind -> api.gate(kind).pace(Optional.ofNullable(rates.get(kind))));
    if (!rates.equals(before)) {
      log.info("limits=read rates={} set-by-settings-instead={}", rates, settled());
      if (!allowed.disabled().isEmpty()) {
        log.warn("limits=disabled names={}", allowed.disabled());
      }
    }
  }

  private Set<Kind> settled() {
    Set<Kind> settled = EnumSet.allOf(Kind.class);
    settled.removeAll(unset);
    settled.retainAll(rates.keySet());
    return settled;
  }

  /** What can't be read of it limits nothing; it is only shown. */
  private void readQuota(BillingApi source) {
    try {
      List<Allowance> quotas = source.quotas();
      maxInstances = AllowedRates.maxInstances(quotas);
    } catch (ComputeApiException e) {
      log.debug("quotas=unread why=\"{}\"", e.getMessage());
    }
  }

  private Duration backoff() {
    Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 10));
    failures++;
    return pause.compareTo(INTERVAL) < 0 ? pause : INTERVAL;
  }
}
