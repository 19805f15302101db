package com.threatwinds.compute.operator.reconcile;

import static com.threatwinds.compute.operator.reconcile.CreateLane.Standing.BEHIND;
import static com.threatwinds.compute.operator.reconcile.CreateLane.Standing.FIRST;
import static com.threatwinds.compute.operator.reconcile.CreateLane.Standing.IN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CreateLaneTest {

  private static final Instant EARLY = Instant.parse("2026-11-22T12:00:00Z");
  private static final Instant LATE = EARLY.plusSeconds(60);

  private final List<String> woken = new ArrayList<>();
  private final CreateLane<String> lane = new CreateLane<>(woken::add);

  private CreateLane.Standing enter(String who, Instant askedAt) {
    return lane.enter(who, askedAt, true);
  }

  @Test
  void letsOneInAtATime() {
    assertThat(enter("a", EARLY)).isEqualTo(IN);
    assertThat(enter("b", LATE)).isEqualTo(FIRST);
    assertThat(enter("c", LATE)).isEqualTo(BEHIND);
  }

  @Test
  void whoIsBehindKnowsWithoutAsking() {
    enter("a", EARLY);
    enter("b", LATE);
    enter("c", LATE);

    assertThat(lane.isBehind("a")).as("in").isFalse();
    assertThat(lane.isBehind("b")).as("first in line").isFalse();
    assertThat(lane.isBehind("c")).isTrue();
    assertThat(lane.isBehind("d")).as("never asked").isFalse();
  }

  @Test
  void whoIsInStaysInUntilItLeaves() {
    enter("a", EARLY);

    assertThat(enter("a", EARLY)).isEqualTo(IN);
    assertThat(lane.enter("a", LATE, false)).isEqualTo(IN);
    assertThat(woken).isEmpty();
  }

  @Test
  void goesByTheTimeThatWasAskedAtAndNotByTheTimeOfTheTry() {
    enter("holder", EARLY);
    enter("late", LATE);
    enter("early", EARLY);

    lane.leave("holder");

    assertThat(woken).containsExactly("early");
    assertThat(enter("late", LATE)).isEqualTo(BEHIND);
    assertThat(enter("early", EARLY)).isEqualTo(IN);
  }

  @Test
  void goesByNameWhenAskedAtTheSameTime() {
    enter("holder", EARLY);
    enter("b", LATE);
    enter("a", LATE);

    lane.leave("holder");

    assertThat(woken).containsExactly("a");
  }

  @Test
  void aSettlementGoesBeforeEveryCreate() {
    enter("holder", EARLY);
    enter("create", EARLY);
    enter("settlement", Instant.MIN);

    lane.leave("holder");

    assertThat(woken).containsExactly("settlement");
  }

  @Test
  void leavingWakesExactlyTheNext() {
    enter("a", EARLY);
    enter("b", LATE);
    enter("c", LATE.plusSeconds(1));

    lane.leave("a");
    assertThat(woken).containsExactly("b");
    assertThat(enter("b", LATE)).isEqualTo(IN);

    lane.leave("b");
    assertThat(woken).containsExactly("b", "c");
  }

  @Test
  void nobodyIsWokenByWhoHeldNothing() {
    enter("a", EARLY);
    enter("b", LATE);
    enter("c", LATE.plusSeconds(1));

    lane.leave("c");
    lane.leave("stranger");

    assertThat(woken).isEmpty();
  }

  @Test
  void aClosedGateLetsNobodyInAndKeepsThePlaces() {
    assertThat(lane.enter("b", LATE, false)).isEqualTo(FIRST);
    assertThat(lane.enter("a", EARLY, false)).isEqualTo(FIRST);
    assertThat(lane.enter("b", LATE, false)).isEqualTo(BEHIND);

    assertThat(lane.enter("b", LATE, true)).as("not past the first").isEqualTo(BEHIND);
    assertThat(lane.enter("a", EARLY, true)).isEqualTo(IN);
  }

  @Test
  void theFirstIsWokenWhenWhatItWaitedForMayBeOver() {
    lane.enter("a", EARLY, false);
    lane.enter("b", LATE, false);

    lane.wakeFirst();

    assertThat(woken).containsExactly("a");
  }

  @Test
  void nobodyIsWokenWhileSomebodyIsIn() {
    enter("a", EARLY);
    enter("b", LATE);

    lane.wakeFirst();

    assertThat(woken).isEmpty();
  }

  @Test
  void anEmptyLaneWakesNobody() {
    lane.wakeFirst();
    enter("a", EARLY);
    lane.leave("a");

    assertThat(woken).isEmpty();
  }

  @Test
  void aResourceThatIsGoneDoesNotBlockWhoIsBehindIt() {
    lane.enter("gone", EARLY, false);
    lane.enter("next", LATE, false);

    lane.leave("gone");

    assertThat(woken).containsExactly("next");
    assertThat(enter("next", LATE)).isEqualTo(IN);
  }

  @Test
  void aHolderThatIsGoneDoesNotBlockEither() {
    enter("gone", EARLY);
    enter("next", LATE);

    lane.leave("gone");

    assertThat(woken).containsExactly("next");
  }

  @Test
  void aPlaceIsTakenAnewAtEachTry() {
    enter("holder", EARLY);
    enter("a", LATE);
    enter("a", Instant.MIN); // Its create was announced: now it has to be settled.
    enter("b", EARLY);

    lane.leave("holder");

    assertThat(woken).containsExactly("a");
    assertThat(enter("a", Instant.MIN)).isEqualTo(IN);
    lane.leave("a");
    assertThat(woken).containsExactly("a", "b");
  }

  @Test
  void manyAtOnceGetThroughOneByOneWithoutBeingLost() {
    int many = 300;
    BlockingQueue<String> turns = new LinkedBlockingQueue<>();
    var racing = new CreateLane<String>(turns::add);
    var inside = new AtomicInteger();
    var mostInside = new AtomicInteger();
    var done = ConcurrentHashMap.<String>newKeySet();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < many; i++) {
        turns.add("r" + i);
      }
      threads.execute(
          () -> {
            // Each wake-up is one pass, as the framework makes it: never two of one resource.
            var busy = ConcurrentHashMap.<String>newKeySet();
            while (done.size() < many) {
              try {
                String who = turns.poll(10, java.util.concurrent.TimeUnit.MILLISECONDS);
                if (who == null) {
                  continue;
                }
                if (!busy.add(who)) {
                  turns.add(who);
                  continue;
                }
                if (done.contains(who)) {
                  busy.remove(who); // Only now: it was busy getting done until a moment ago.
                  continue;
                }
                threads.execute(
                    () -> {
                      Instant askedAt = EARLY.plusSeconds(who.hashCode() % 7);
                      boolean open = ThreadLocalRandom.current().nextInt(4) > 0;
                      switch (racing.enter(who, askedAt, open)) {
                        case IN -> {
                          mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
                          Thread.yield();
                          inside.decrementAndGet();
                          done.add(who);
                          racing.leave(who);
                        }
                        case FIRST -> turns.add(who); // Its own timer.
                        case BEHIND -> {}
                      }
                      busy.remove(who);
                    });
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
              }
            }
          });
      await().until(() -> done.size() == many);
    }

    assertThat(mostInside).hasValue(1);
  }

  @Test
  void isServedInOrderHoweverManyAsk() {
    List<String> served = new CopyOnWriteArrayList<>();
    List<String> calls = new ArrayList<>();
    var ordered = new CreateLane<String>(calls::add);
    ordered.enter("holder", Instant.MIN, true);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      names.add(String.format("r%02d", i));
    }
    java.util.Collections.shuffle(names, new java.util.Random(42));
    names.forEach(
        name -> ordered.enter(name, EARLY.plusSeconds(Integer.parseInt(name.substring(1))), true));

    ordered.leave("holder");
    while (!calls.isEmpty()) {
      String next = calls.removeFirst();
      assertThat(ordered.enter(next, EARLY.plusSeconds(Integer.parseInt(next.substring(1))), true))
          .isEqualTo(IN);
      served.add(next);
      ordered.leave(next);
    }

    assertThat(served).isSorted().hasSize(50);
  }
}
