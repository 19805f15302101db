package com.threatwinds.compute.operator.compute;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The API's clock: its last {@code Date}, and what a monotonic clock has counted since. Our own
 * wall clock has no part in it, so that its steps have none either.
 *
 * <p>Tells nothing rather than something doubtful, since the start of a create is what its outcome
 * is recognised by. What error is left makes it slow and never fast: an answer that was long on its
 * way, or a machine that was suspended.
 */
final class ApiClock {

  private final LongSupplier nanoTime;
  private volatile @Nullable Told told;

  private record Told(Instant date, long at) {}

  ApiClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** What the monotonic clock shows, for {@link #set}. */
  long reading() {
    return nanoTime.getAsLong();
  }

  /**
   * Sets it by an answer that is the API's own beyond doubt. One that a cache gave ({@code Age})
   * shows the time of another answer.
   *
   * @param at the {@link #reading} when the head arrived
   */
  void set(HttpHeaders headers, long at) {
    if (headers.firstValue("age").isEmpty()) {
      headers
          .firstValue("date")
          .flatMap(RetryAfter::httpDate)
          .ifPresent(date -> told = new Told(date, at));
    }
  }

  /** Empty until it was set. */
  Optional<Instant> now() {
    Told last = told;
    return last == null
        ? Optional.empty()
        : Optional.of(last.date().plusNanos(nanoTime.getAsLong() - last.at()));
  }
}
