package com.threatwinds.compute.operator.reconcile;

import static com.threatwinds.compute.operator.reconcile.StatusRows.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.reconcile.StatusRows.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacingTest {

  /** What a document promises: an outage ends for everybody within this. */
  private static final Duration LONGEST = Duration.ofSeconds(46);

  private final Pacing pacing = new Pacing(SampleSettings.defaults());

  static List<Row> rows() {
    return all();
  }

  static List<Row> failedRows() {
    return all().stream()
        .filter(r -> r.outcome() instanceof Outcome.Failed || r.action() instanceof Action.Retry)
        .toList();
  }

  private Optional<Duration> next(Row row, int failures) {
    return pacing.next(row.action(), row.observation(), row.outcome(), failures);
  }

  private Duration afterFailure(ComputeApiException error, int failures) {
    return pacing
        .next(new Action.Start(ID), found(STOPPED_NOW), new Outcome.Failed(error), failures)
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsNotAsAskedIsLookedAtAgainByItself(Row row) {
    boolean restsOrEnds =
        row.outcome() instanceof Outcome.Nothing
            && (row.action() instanceof Action.Rest
                || (row.action() instanceof Action.Pause
                    && !(row.observation() instanceof Observation.NotYet))
                || row.action() instanceof Action.Release);

    Optional<Duration> next = next(row, 1);

    assertThat(next.isEmpty()).isEqualTo(restsOrEnds);
    assertThat(next.orElse(Duration.ofSeconds(1)))
        .isPositive()
        .isLessThanOrEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @MethodSource("failedRows")
  void nothingWaitsLongerAfterAFailureUnlessTheApiNamedATime(Row row) {
    for (int failures = 1; failures < 100; failures++) {
      assertThat(next(row, failures).orElseThrow()).isBetween(Duration.ofSeconds(4), LONGEST);
    }
  }

  @Test
  void pausesGrowWithTheFailures() {
    ComputeApiException error = Errors.unavailable(Operation.START, 503);

    assertThat(afterFailure(error, 1)).isBetween(seconds(4.25), seconds(5.75));
    assertThat(afterFailure(error, 2)).isBetween(seconds(8.5), seconds(11.5));
    assertThat(afterFailure(error, 3)).isBetween(seconds(17), seconds(23));
    assertThat(afterFailure(error, 4)).isBetween(seconds(34), seconds(46));
    assertThat(afterFailure(error, Integer.MAX_VALUE)).isBetween(seconds(34), seconds(46));
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000));
  }

  @Test
  void thoseWhoFailedTogetherDoNotComeBackTogether() {
    ComputeApiException error = Errors.unavailable(Operation.START, 503);

    List<Duration> pauses =
        java.util.stream.IntStream.range(0, 50).mapToObj(i -> afterFailure(error, 4)).toList();

    assertThat(pauses.stream().distinct().count()).isGreaterThan(40);
  }

  @Test
  void theTimeThatTheApiNamedIsHonoured() {
    Duration named = Duration.ofMinutes(7);

    assertThat(afterFailure(Errors.rateLimited(Operation.START, named), 1)).isEqualTo(named);
    assertThat(
            pacing.next(
                new Action.Retry(Errors.rateLimited(Operation.GET, named)),
                new Observation.Failed(Errors.rateLimited(Operation.GET, named)),
                NOTHING,
                1))
        .hasValue(named);
  }

  @Test
  void anApiThatIsOnlyOverloadedIsAskedAgainWithinOurOwnLongestPause() {
    Duration named = Duration.ofMinutes(10);

    assertThat(afterFailure(Errors.overloaded(Operation.DELETE, named), 1))
        .isBetween(Duration.ofSeconds(40), LONGEST);
    assertThat(afterFailure(Errors.overloaded(Operation.DELETE, Duration.ofSeconds(20)), 1))
        .isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aShorterTimeThanOurOwnPaceDoesNotMakeUsHammer() {
    assertThat(afterFailure(Errors.rateLimited(Operation.START, Duration.ofSeconds(1)), 4))
        .isGreaterThanOrEqualTo(seconds(34));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 50, 5_000, 60_000, 86_400_000})
  void holdsForEveryIntervalThatCanBeSet(long millis) {
    var odd = new Pacing(SampleSettings.of(Recovery.AUTO, Duration.ofMillis(millis), true));

    for (int failures = 0; failures < 50; failures++) {
      Optional<Duration> next =
          odd.next(
              new Action.Start(ID),
              found(STOPPED_NOW),
              new Outcome.Failed(Errors.noAnswer(Operation.START)),
              failures);
      assertThat(next.orElseThrow()).isPositive().isLessThanOrEqualTo(LONGEST);
    }
  }

  @Test
  void whoWaitsForAnAttemptComesBackWhenItsTimeIsOver() {
    Optional<Duration> next =
        pacing.next(
            new Action.Wait(Reason.CONFIRMING_CREATE, "early"),
            new Observation.Unsettled(Duration.ofSeconds(77)),
            NOTHING,
            0);

    assertThat(next.orElseThrow()).isBetween(Duration.ofSeconds(77), Duration.ofSeconds(78));
  }

  @Test
  void anAbsenceIsLookedAtAgainAPollLater() {
    Optional<Duration> next =
        pacing.next(
            new Action.Wait(Reason.API_UNAVAILABLE, "404"),
            new Observation.Absent(false, true),
            NOTHING,
            0);

    assertThat(next).hasValue(SampleSettings.FAST);
  }

  @Test
  void whatOnlyAPersonCanSettleIsLookedAtRarely() {
    Optional<Duration> next =
        pacing.next(
            new Action.Settle(), new Observation.Due(), new Outcome.Ambiguous(List.of(ID)), 0);

    assertThat(next).hasValue(Duration.ofMinutes(5));
  }

  @Test
  void whoIsPausedAndNotSeenYetIsLookedAtByItself() {
    Optional<Duration> next = pacing.next(new Action.Pause(), new Observation.NotYet(), NOTHING, 0);

    assertThat(next).hasValue(SampleSettings.SLOW);
  }

  @Test
  void whoIsQueuedComesBackWhenItWasTold() {
    Optional<Duration> next =
        pacing.next(
            CREATE,
            ORDERABLE,
            new Outcome.Queued(Reason.CREATING, "its turn", Duration.ofSeconds(33)),
            0);

    assertThat(next).hasValue(Duration.ofSeconds(33));
  }

  @Test
  void aStepIsFollowedByTheNextAtOnce() {
    for (String name :
        List.of(
            "create-made-an-instance",
            "create-settled-as-not-made",
            "create-settled-as-made",
            "create-forgotten",
            "reset-accepted",
            "reset-given-up-after-a-crash",
            "request-skipped-on-what-is-stopped")) {
      Row row = all().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
      assertThat(next(row, 0)).as(name).hasValue(Pacing.AT_ONCE);
    }
  }

  @Test
  void whatMovesIsLookedAtEvenIfTheListSaysNothing() {
    Optional<Duration> next =
        pacing.next(new Action.Stop(ID), found(RUNNING_NOW), new Outcome.Accepted(), 0);

    assertThat(next).hasValue(SampleSettings.FAST.multipliedBy(3));
  }
}
