package com.threatwinds.compute.operator.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Counts calls by account and operation; a call that was refused here is not counted. */
final class RateLimiter {

  private final InstantSource clock;
  private final Settings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Window> windows = new HashMap<>();

  RateLimiter(InstantSource clock, Settings settings) {
    this.clock = clock;
    this.settings = settings;
  }

  /**
   * Counts one call.
   *
   * @throws Refusal 429 if it is one too many
   */
  void admit(String userId, Operation operation) throws Refusal {
    RateLimit limit = settings.limit(operation);
    if (limit.value() == -1) {
      return;
    }
    if (limit.value() == 0) {
      throw new Refusal(429, operation + " is disabled for this account");
    }
    lock.lock();
    try {
      Instant now = clock.instant();
      Key key = new Key(userId, operation);
      Window window = windows.get(key);
      if (window == null || !now.isBefore(window.begin().plus(limit.window()))) {
        window = new Window(now, 0);
      }
      if (window.calls() >= limit.value()) {
        throw new Refusal(
            429,
            "rate limit exceeded: "
                + limit.value()
                + " "
                + operation
                + " per "
                + limit.windowName(),
            secondsUntil(now, window.begin().plus(limit.window())));
      }
      windows.put(key, new Window(window.begin(), window.calls() + 1));
    } finally {
      lock.unlock();
    }
  }

  /** Rounded up, so that whoever waits exactly that long is let in. */
  private static long secondsUntil(Instant now, Instant end) {
    return Math.max(1, Duration.between(now, end).plusMillis(999).toSeconds());
  }

  private record Key(String userId, Operation operation) {}

  private record Window(Instant begin, int calls) {}
}
