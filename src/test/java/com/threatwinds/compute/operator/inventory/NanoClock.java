package com.threatwinds.compute.operator.inventory;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock that moves only when told. Starts below zero, as the real one may. */
public final class NanoClock implements LongSupplier {

  private final AtomicLong now = new AtomicLong(Long.MIN_VALUE / 2);

  @Override
  public long getAsLong() {
    return now.get();
  }

  public void advance(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
