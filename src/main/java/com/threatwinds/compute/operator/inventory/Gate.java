package com.threatwinds.compute.operator.inventory;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Lets calls of one kind through at the rate that the account may make them, for all resources
 * together; closed for as long as the API asked to be left alone.
 *
 * <p>Nobody waits in it: who may not pass is told when to come back.
 */
public final class Gate {

  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private long openAt;

  /**
   * @param perMinute calls a minute; empty for no limit of ours
   * @param nanoTime a monotonic clock
   */
  public Gate(Optional<Integer> perMinute, LongSupplier nanoTime) {
    this.intervalNanos = perMinute.map(rate -> Duration.ofMinutes(1).toNanos() / rate).orElse(0L);
    this.nanoTime = nanoTime;
    this.openAt = nanoTime.getAsLong();
  }

  /** Takes one call's turn if it may go now; otherwise says how long it must wait. */
  public synchronized Optional<Duration> pass() {
    long now = nanoTime.getAsLong();
    if (openAt - now > 0) {
      return Optional.of(Duration.ofNanos(openAt - now));
    }
    openAt = now + intervalNanos;
    return Optional.empty();
  }

  /** How long it stays closed; empty if it is open. */
  public synchronized Optional<Duration> closedFor() {
    long left = openAt - nanoTime.getAsLong();
    return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
  }

  /** Lets nothing through for that long. */
  public synchronized void close(Duration pause) {
    long until = nanoTime.getAsLong() + pause.toNanos();
    if (until - openAt > 0) {
      openAt = until;
    }
  }

  /** Lets the next call through at once. */
  public synchronized void open() {
    openAt = nanoTime.getAsLong();
  }
}
