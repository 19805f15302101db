package com.threatwinds.compute.operator.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Whether this process may act, and who is to know when that changes.
 *
 * <p>What an {@link Election} grants it grants for a time, counted on this process's own monotonic
 * clock: a process that stood still for longer may not act when it wakes, whatever it still
 * believes.
 */
final class Leadership {

  /** Told when this process begins to lead, and when it ends; each in turn, never twice. */
  interface Listener {
    void won();

    void lost();
  }

  private final LongSupplier nanoTime;
  private final boolean always;
  private final List<Listener> listeners = new ArrayList<>();
  private volatile boolean leading;
  private volatile long grantedUntil;
  private volatile long ledSince;

  private Leadership(boolean always, LongSupplier nanoTime) {
    this.always = always;
    this.leading = always;
    this.nanoTime = nanoTime;
    this.ledSince = nanoTime.getAsLong();
  }

  /** Where nobody else can lead. */
  static Leadership unrivalled() {
    return new Leadership(true, System::nanoTime);
  }

  /** Where it must be won first. */
  static Leadership elected(LongSupplier nanoTime) {
    return new Leadership(false, nanoTime);
  }

  /** Whether it was elected, be it that what was granted has just run out. */
  boolean isLeading() {
    return leading;
  }

  /** Whether it may act just now. */
  boolean isHeld() {
    return always || (leading && grantedUntil - nanoTime.getAsLong() > 0);
  }

  /** For how long it has led; empty if it does not. */
  Optional<Duration> ledFor() {
    return leading
        ? Optional.of(Duration.ofNanos(nanoTime.getAsLong() - ledSince))
        : Optional.empty();
  }

  /** Whether nobody else can have led since that moment. */
  boolean isHeldSince(long moment) {
    return always || (isHeld() && ledSince - moment <= 0);
  }

  /** Tells from now on; at once, if it leads. */
  synchronized void listen(Listener listener) {
    listeners.add(listener);
    if (leading) {
      listener.won();
    }
  }

  /** It leads, or goes on leading, for that long since that moment. */
  void granted(long since, Duration time) {
    grantedUntil = since + time.toNanos();
  }

  synchronized void won() {
    if (!leading) {
      ledSince = nanoTime.getAsLong();
      leading = true;
      listeners.forEach(Listener::won);
    }
  }

  synchronized void lost() {
    if (leading && !always) {
      leading = false;
      listeners.forEach(Listener::lost);
    }
  }
}
