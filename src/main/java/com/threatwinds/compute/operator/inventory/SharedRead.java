package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is read by one for all who need it meanwhile, and kept.
 *
 * <p>The call is made outside of any lock: who can do with what is kept never waits for it, and who
 * can't waits for that one call. A failure is kept too, for a moment, or all who waited would each
 * repeat it.
 */
final class SharedRead<T> {

  private static final Duration FAILURE_KEPT = Duration.ofSeconds(5);

  /** The call that reads it. */
  interface Source<T> {
    T read() throws ComputeApiException;
  }

  private final Source<T> source;
  private final LongSupplier nanoTime;

  private Optional<Kept<T>> kept = Optional.empty();
  private Optional<Kept<ComputeApiException>> failure = Optional.empty();
  private @Nullable FutureTask<T> flight;

  /**
   * @param askedAt before the call: what changed during it may be missing
   */
  private record Kept<T>(T value, long askedAt) {}

  SharedRead(Source<T> source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
  }

  /** What was read no longer ago than that, or is read now. */
  T get(Duration age) throws ComputeApiException {
    FutureTask<T> joined;
    synchronized (this) {
      if (isYounger(kept, age)) {
        return kept.orElseThrow().value();
      }
      if (isYounger(failure, FAILURE_KEPT)) {
        throw failure.orElseThrow().value();
      }
      if (flight == null) {
        flight = new FutureTask<>(this::read);
      }
      joined = flight;
    }
    joined.run(); // Does nothing for all but the first.
    return await(joined);
  }

  /** What was read last, however old. */
  synchronized Optional<T> last() {
    return kept.map(Kept::value);
  }

  /** How long ago what is kept was asked for; empty if nothing is. */
  synchronized Optional<Duration> age() {
    return kept.map(k -> Duration.ofNanos(nanoTime.getAsLong() - k.askedAt()));
  }

  /** Reads it anew for the next who needs it, unless it is that young. */
  synchronized void forgetUnlessYoungerThan(Duration age) {
    if (!isYounger(kept, age)) {
      kept = Optional.empty();
    }
  }

  private T read() throws ComputeApiException {
    long askedAt = nanoTime.getAsLong();
    try {
      T value = source.read();
      landed(Optional.of(new Kept<>(value, askedAt)), Optional.empty());
      return value;
    } catch (ComputeApiException e) {
      // From its end, since the call may have taken longer than a failure is kept.
      landed(Optional.empty(), Optional.of(new Kept<>(e, nanoTime.getAsLong())));
      throw e;
    } catch (RuntimeException | Error e) {
      landed(Optional.empty(), Optional.empty());
      throw e;
    }
  }

  private synchronized void landed(
      Optional<Kept<T>> value, Optional<Kept<ComputeApiException>> error) {
    kept = value.or(() -> kept);
    failure = error;
    flight = null;
  }

  /** Like a call of one's own: an interrupt does not end it. */
  private static <T> T await(FutureTask<T> flight) throws ComputeApiException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return flight.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ComputeApiException failure -> throw failure;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isYounger(Optional<? extends Kept<?>> some, Duration age) {
    return some.filter(k -> nanoTime.getAsLong() - k.askedAt() < age.toNanos()).isPresent();
  }
}
