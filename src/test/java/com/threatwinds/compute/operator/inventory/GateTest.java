package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class GateTest {

  private final NanoClock clock = new NanoClock();

  @Test
  void letsEverythingThroughWithoutALimit() {
    Gate gate = new Gate(Optional.empty(), clock);

    assertThat(call(gate, "a")).isEmpty();
    assertThat(call(gate, "b")).isEmpty();
    assertThat(gate.closedFor()).isEmpty();
  }

  @Test
  void spreadsCallsOverTheMinuteAndSaysWhenTheNextMayGo() {
    Gate gate = new Gate(Optional.of(6), clock);

    assertThat(call(gate, "a")).isEmpty();
    assertThat(call(gate, "b")).hasValue(millis(10_100));

    clock.advance(millis(4_100));
    assertThat(gate.closedFor()).hasValue(millis(6_000));
    assertThat(call(gate, "b")).hasValue(millis(6_000));

    clock.advance(millis(6_000));
    assertThat(gate.closedFor()).isEmpty();
    assertThat(call(gate, "b")).isEmpty();
  }

  @Test
  void letsAsManyGoAtOnceAsALongWindowAllowsAndTheNextWhenItIsOver() {
    Gate gate = new Gate(Optional.empty(), clock);
    gate.pace(Optional.of(new Rate(2, Duration.ofMinutes(30))));

    assertThat(call(gate, "a")).isEmpty();
    clock.advance(Duration.ofMinutes(10));
    assertThat(call(gate, "b")).isEmpty();
    assertThat(call(gate, "c")).hasValue(Duration.ofSeconds(20 * 60 + 18));
    assertThat(gate.closedFor()).hasValue(Duration.ofSeconds(20 * 60 + 18));

    clock.advance(Duration.ofSeconds(20 * 60 + 18));
    assertThat(call(gate, "c")).isEmpty();
    assertThat(call(gate, "d")).as("b's place is taken until its own window ends").isPresent();
  }

  @Test
  void isClosedForNoMoreThanAnHourHoweverTightALongLimitIs() {
    Gate gate = new Gate(Optional.empty(), clock);
    gate.pace(Optional.of(new Rate(1, Duration.ofDays(31))));

    assertThat(call(gate, "a")).isEmpty();
    assertThat(call(gate, "b")).hasValue(Duration.ofHours(1));
  }

  @Test
  void goesAtAnotherPaceFromNowOnAndKeepsWhatItLearnedBesideTheSame() {
    Gate gate = new Gate(Optional.of(6), clock);
    call(gate, "a");
    gate.pace(Optional.of(Rate.perMinute(6)));
    assertThat(call(gate, "b")).isPresent();
    clock.advance(Duration.ofMinutes(1));

    gate.pace(Optional.of(Rate.perMinute(60)));

    assertThat(call(gate, "b")).isEmpty();
    assertThat(call(gate, "c")).hasValue(millis(1_010));
    gate.pace(Optional.empty());
    clock.advance(millis(1_010));
    assertThat(call(gate, "c")).isEmpty();
    assertThat(call(gate, "d")).isEmpty();
  }

  @Test
  void onlyOneOfACrowdIsToldToGo() {
    Gate gate = new Gate(Optional.of(6), clock);

    assertThat(gate.turn("a")).isEmpty();
    assertThat(gate.turn("b")).hasValue(millis(10_100));
    assertThat(gate.turn("c")).hasValue(millis(20_200));
    assertThat(gate.turn("a")).as("still the next").isEmpty();
    assertThat(call(gate, "a")).isEmpty();
  }

  @Test
  void aTurnThatIsGivenUpIsTheNextOnes() {
    Gate gate = new Gate(Optional.of(6), clock);
    gate.turn("a");
    gate.turn("b");

    gate.giveUp("a");

    assertThat(gate.turn("b")).isEmpty();
  }

  @Test
  void aTurnThatNobodyUsesIsPassedBy() {
    Gate gate = new Gate(Optional.of(6), clock);
    gate.turn("a");

    clock.advance(Gate.GRACE.plusNanos(1));

    assertThat(gate.turn("b")).isEmpty();
  }

  @Test
  void anIdleMinuteSavesUpNoBurst() {
    Gate gate = new Gate(Optional.of(6), clock);
    clock.advance(Duration.ofMinutes(10));

    assertThat(call(gate, "a")).isEmpty();
    assertThat(call(gate, "b")).hasValue(millis(10_100));
  }

  @Test
  void smallDelaysDoNotAddUp() {
    Gate gate = new Gate(Optional.of(6), clock);
    call(gate, "a");

    clock.advance(millis(10_100 + 30));
    call(gate, "b");

    assertThat(gate.closedFor()).hasValue(millis(10_100 - 30));
  }

  @Test
  void letsThemInInTheOrderInWhichTheyAsked() {
    Gate gate = new Gate(Optional.of(60), clock);
    call(gate, "a");

    assertThat(call(gate, "b")).hasValue(millis(1_010));
    assertThat(call(gate, "c")).hasValue(millis(2_020));
    assertThat(call(gate, "d")).hasValue(millis(3_030));

    clock.advance(millis(1_010));
    assertThat(call(gate, "c")).as("b is before it").hasValue(millis(1_010));
    assertThat(call(gate, "b")).isEmpty();
  }

  @Test
  void whoAsksAgainKeepsItsPlace() {
    Gate gate = new Gate(Optional.of(60), clock);
    call(gate, "a");
    call(gate, "b");
    call(gate, "c");

    call(gate, "b");

    assertThat(gate.turn("b")).hasValue(millis(1_010));
    assertThat(gate.turn("c")).hasValue(millis(2_020));
  }

  @Test
  void toAskForTheTurnTakesNone() {
    Gate gate = new Gate(Optional.of(60), clock);

    assertThat(gate.turn("a")).isEmpty();
    assertThat(gate.turn("a")).isEmpty();
    assertThat(gate.closedFor()).isEmpty();
  }

  @Test
  void whoDoesNotComeBackIsPassedBy() {
    Gate gate = new Gate(Optional.of(60), clock);
    call(gate, "a");
    call(gate, "gone");
    call(gate, "c");

    clock.advance(millis(1_010).plus(Gate.GRACE));
    assertThat(call(gate, "c")).as("it may still come").isPresent();

    clock.advance(millis(1));
    assertThat(call(gate, "c")).isEmpty();
  }

  @Test
  void whoComesBackAfterARefusalComesOneByOneAndThenInEverLargerNumbers() {
    Gate gate = new Gate(Optional.empty(), clock);
    for (int i = 0; i < 5; i++) {
      assertThat(gate.enter(i)).as("nothing is known of a limit").isEmpty();
    }
    for (int i = 0; i < 5; i++) {
      gate.refused(Duration.ofSeconds(60));
    }
    clock.advance(Duration.ofSeconds(60));

    assertThat(gate.enter(0)).isEmpty();
    assertThat(gate.enter(1)).isPresent();
    gate.leave();

    assertThat(gate.enter(1)).isEmpty();
    assertThat(gate.enter(2)).isEmpty();
    assertThat(gate.enter(3)).isPresent();
    gate.leave();
    gate.leave();

    assertThat(gate.enter(3)).isEmpty();
    assertThat(gate.enter(4)).isEmpty();
  }

  @Test
  void staysClosedForTheLongestPauseThatWasAskedFor() {
    Gate gate = new Gate(Optional.empty(), clock);

    gate.close(Duration.ofSeconds(30));
    gate.close(Duration.ofSeconds(5));

    assertThat(call(gate, "a")).hasValue(Duration.ofSeconds(30));
    clock.advance(Duration.ofSeconds(30));
    assertThat(call(gate, "a")).isEmpty();
  }

  @Test
  void opensAtOnceWhenTold() {
    Gate gate = new Gate(Optional.empty(), clock);
    gate.close(Duration.ofMinutes(10));

    gate.open();

    assertThat(call(gate, "a")).isEmpty();
  }

  @Test
  void aFewRefusalsTeachNoPace() {
    Gate gate = new Gate(Optional.empty(), clock);
    call(gate, "a");
    gate.enter("b");
    gate.refused(Duration.ofSeconds(60));

    clock.advance(Duration.ofSeconds(60));

    assertThat(call(gate, "b")).isEmpty();
    assertThat(call(gate, "c")).isEmpty();
  }

  /** A thousand creates, and an API that allows 20 a minute and says so only by refusing. */
  @Test
  void learnsThePaceOfALimitThatNobodySet() {
    Api api = new Api(20);

    Played played = play(new Gate(Optional.empty(), clock), api, 1_000);

    assertThat(played.order()).isSorted();
    assertThat(api.refused).isLessThanOrEqualTo(10);
    assertThat(api.used()).isGreaterThan(0.95);
  }

  @Test
  void usesALimitThatIsSetToTheLastCallAndIsNeverRefused() {
    Api api = new Api(20);

    Played played = play(new Gate(Optional.of(20), clock), api, 1_000);

    assertThat(played.order()).isSorted();
    assertThat(api.refused).isZero();
    assertThat(api.used()).isGreaterThan(0.98);
  }

  @Test
  void learnsTheTruePaceWhereTheOneThatIsSetIsTooQuick() {
    Api api = new Api(20);

    play(new Gate(Optional.of(600), clock), api, 1_000);

    assertThat(api.refused).isLessThanOrEqualTo(10);
    assertThat(api.used()).isGreaterThan(0.95);
  }

  private record Played(List<Integer> order) {}

  /** So many who come back when they were told to, and wait a few milliseconds more. */
  private Played play(Gate gate, Api api, int callers) {
    record Caller(long at, int number) {}
    PriorityQueue<Caller> waiting =
        new PriorityQueue<>(
            (a, b) -> a.at() != b.at() ? Long.compare(a.at(), b.at()) : a.number() - b.number());
    for (int i = 0; i < callers; i++) {
      waiting.add(new Caller(clock.getAsLong() + i, i));
    }
    List<Integer> order = new ArrayList<>();
    while (!waiting.isEmpty()) {
      Caller caller = waiting.remove();
      clock.advance(Duration.ofNanos(Math.max(0, caller.at() - clock.getAsLong())));
      Optional<Duration> wait = gate.enter(caller.number());
      if (wait.isEmpty()) {
        OptionalInt retryAfter = api.call();
        if (retryAfter.isEmpty()) {
          order.add(caller.number());
          gate.leave();
          continue;
        }
        gate.refused(Duration.ofSeconds(retryAfter.getAsInt()));
        wait = gate.turn(caller.number());
      }
      long late = millis(3).toNanos();
      waiting.add(
          new Caller(clock.getAsLong() + wait.orElseThrow().toNanos() + late, caller.number()));
    }
    return new Played(order);
  }

  /** Counts calls in windows of a minute that begin with a call, as the simulator does. */
  private final class Api {
    private final int limit;
    private final long began = clock.getAsLong();
    private long window = began;
    private int calls;
    private int taken;
    private int refused;

    private Api(int limit) {
      this.limit = limit;
    }

    OptionalInt call() {
      long minute = Duration.ofMinutes(1).toNanos();
      long now = clock.getAsLong();
      if (now - window >= minute) {
        window = now;
        calls = 0;
      }
      if (calls == limit) {
        refused++;
        long left = window + minute - now;
        return OptionalInt.of((int) Duration.ofNanos(left).plusMillis(999).toSeconds());
      }
      calls++;
      taken++;
      return OptionalInt.empty();
    }

    double used() {
      double minutes = (clock.getAsLong() - began) / (double) Duration.ofMinutes(1).toNanos();
      return taken / (minutes * limit);
    }
  }

  private static Optional<Duration> call(Gate gate, Object who) {
    Optional<Duration> wait = gate.enter(who);
    if (wait.isEmpty()) {
      gate.leave();
    }
    return wait;
  }

  private static Duration millis(long count) {
    return Duration.ofMillis(count);
  }
}
