package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.settings.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When to look again by itself. Most wake-ups come from elsewhere (an edit, the list, a turn), so
 * these are the pauses after trouble, and safety nets.
 */
final class Pacing {

  static final Duration AT_ONCE = Duration.ofMillis(1);

  /** Nothing waits longer than this after trouble, so that an outage ends for all within it. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(40);

  /** For what only a person, or a rare change at the API, can mend. */
  private static final Duration SLOW = Duration.ofMinutes(5);

  private final Duration fast;
  private final Duration slow;

  Pacing(Settings settings) {
    this.fast = settings.pollFastInterval();
    this.slow = settings.pollInterval();
  }

  /**
   * The time to the next pass; empty for none of its own.
   *
   * @param failures failed passes in a row, this one included
   */
  Optional<Duration> next(Action action, Observation observation, Outcome outcome, int failures) {
    return switch (outcome) {
      case Outcome.ReadOnce(Duration after) -> Optional.of(after);
      case Outcome.LookAgain(String why, Duration after) -> Optional.of(backoff(after, failures));
      // Takes no call and no turn to find out.
      case Outcome.OtherAccount o -> Optional.of(slow);
      case Outcome.Queued q -> Optional.of(q.after());
      case Outcome.Outdated o -> Optional.of(backoff(Duration.ofMillis(200), failures));
      case Outcome.NotMade n -> Optional.of(AT_ONCE);
      case Outcome.Made m -> Optional.of(AT_ONCE);
      case Outcome.Ambiguous a -> Optional.of(SLOW);
      case Outcome.Crowded c -> Optional.of(SLOW);
      case Outcome.Claimed c -> Optional.of(SLOW);
      case Outcome.Accepted a ->
          action instanceof Action.Request ? Optional.of(AT_ONCE) : Optional.of(safety());
      case Outcome.Failed(ComputeApiException error) -> Optional.of(afterFailure(error, failures));
      case Outcome.Nothing n -> afterAction(action, observation, failures);
    };
  }

  private Optional<Duration> afterAction(Action action, Observation observation, int failures) {
    return switch (action) {
      case Action.Wait(Reason reason, String message) ->
          switch (observation) {
            case Observation.Unsettled(Duration remaining) -> Optional.of(remaining.plus(AT_ONCE));
            case Observation.Absent a -> Optional.of(fast);
            default -> Optional.of(safety());
          };
      case Action.Retry(ComputeApiException error) -> Optional.of(afterFailure(error, failures));
      case Action.Stall(Reason reason, String message) ->
          switch (reason) {
            case TEMPLATE_NOT_FOUND, ZONE_NOT_AVAILABLE, INSTANCE_CLAIMED, ACCOUNT_MISMATCH ->
                Optional.of(slow);
            default -> Optional.of(SLOW);
          };
      case Action.Skip s -> Optional.of(AT_ONCE);
      case Action.GiveUp g -> Optional.of(AT_ONCE);
      case Action.Forget f -> Optional.of(AT_ONCE);
      case Action.Keep k -> Optional.of(observation instanceof Observation.NotYet ? fast : SLOW);
      case Action.Rest r -> Optional.empty();
      // The list may have come before the resource was known to wait for it. Not sooner, since one
      // without an instance is never seen either.
      case Action.Pause p ->
          observation instanceof Observation.NotYet ? Optional.of(slow) : Optional.empty();
      case Action.Release r -> Optional.empty();
      case Action.Create c -> Optional.of(AT_ONCE);
      case Action.Settle s -> Optional.of(AT_ONCE);
      case Action.Adopt a -> Optional.of(AT_ONCE);
      case Action.TakeOver t -> Optional.of(AT_ONCE);
      case Action.Start s -> Optional.of(AT_ONCE);
      case Action.Stop s -> Optional.of(AT_ONCE);
      case Action.Request r -> Optional.of(AT_ONCE);
      case Action.Delete d -> Optional.of(AT_ONCE);
    };
  }

  /** The list should wake it sooner; a list that lags does not. */
  private Duration safety() {
    Duration thrice = fast.multipliedBy(3);
    return thrice.compareTo(slow) < 0 ? thrice : slow;
  }

  private Duration afterFailure(ComputeApiException error, int failures) {
    Duration pause = backoff(fast, failures);
    // A rate limit is the account's, and its gate is closed for all; any other pause is asked for
    // without knowing how long the trouble lasts.
    boolean limited = error instanceof ComputeApiException.RateLimited;
    return error
        .retryAfter()
        .map(asked -> limited || asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE)
        .filter(asked -> asked.compareTo(pause) > 0)
        .orElse(pause);
  }

  private static Duration backoff(Duration first, int failures) {
    Duration pause = first.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), 10));
    Duration capped = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    // Apart, so that those who failed together do not come back together.
    return Duration.ofNanos(
        (long) (capped.toNanos() * (0.85 + 0.3 * ThreadLocalRandom.current().nextDouble())));
  }
}
