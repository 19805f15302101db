package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A thousand that wait for a limit, in virtual time: the real passes, gates and lane. */
class QueueTest {

  private static final int MANY = 1_000;
  private static final int LIMIT = 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final NanoClock clock = new NanoClock();
  private final ModelApi api = new ModelApi();
  private final ModelCluster cluster = new ModelCluster();
  private final Map<String, Long> due = new HashMap<>();
  private final TreeSet<Due> order = new TreeSet<>();
  private final List<Sent> sent = new ArrayList<>();

  private record Due(long at, String name) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : name.compareTo(other.name);
    }
  }

  private record Sent(Operation operation, String on, long at) {}

  @Test
  void createsUseTheLimitToTheLastCallInTheOrderInWhichTheyWereAskedFor() {
    ModelOperator operator = operator(Map.of(Kind.CREATE, LIMIT));
    List<String> names = apply(MANY);

    play(operator, () -> sent(Operation.CREATE).size() == MANY);

    List<Sent> creates = sent(Operation.CREATE);
    double minutes = minutes(creates.getFirst().at(), creates.getLast().at());
    assertThat(MANY / minutes).as("creates a minute").isBetween(0.95 * LIMIT, 1.0 * LIMIT);
    assertThat(mostInAMinute(creates)).isLessThanOrEqualTo(LIMIT);
    assertThat(names).extracting(name -> instanceOf(name)).isSorted();
  }

  @Test
  void aDeletionMeanwhileTakesSeconds() {
    ModelOperator operator = operator(Map.of(Kind.CREATE, LIMIT));
    operator.running(Wish.named("victim").template("large"));
    apply(MANY);
    play(operator, () -> sent(Operation.CREATE).size() == 10);
    long asked = clock.getAsLong();

    cluster.delete("victim");
    wake("victim");
    play(operator, () -> !cluster.exists("victim"));

    assertThat(Duration.ofNanos(clock.getAsLong() - asked)).isLessThan(Duration.ofSeconds(10));
    assertThat(sent(Operation.CREATE)).hasSizeLessThan(20);
  }

  @Test
  void whoWaitsForAnythingCostsNoCalls() {
    ModelOperator operator = operator(Map.of(Kind.POWER, LIMIT));
    List<String> names = apply(100);
    play(operator, () -> sent(Operation.CREATE).size() == 100);
    names.forEach(name -> api.move(instanceOf(name).strip(), InstanceState.RUNNING));
    operator.poll();
    settle(operator);
    sent.clear();

    names.forEach(name -> cluster.apply(Wish.named(name).power(Power.STOPPED).generation(8)));
    names.forEach(this::wake);
    play(operator, () -> sent(Operation.STOP).size() == 100);

    assertThat(mostInAMinute(sent(Operation.STOP))).isLessThanOrEqualTo(LIMIT);
    for (Sent stop : sent(Operation.STOP)) {
      assertThat(sent.subList(0, sent.indexOf(stop)))
          .filteredOn(call -> call.on().equals(stop.on()))
          .as("only the look just before")
          .extracting(Sent::operation, Sent::at)
          .containsExactly(tuple(Operation.GET, stop.at()));
    }
  }

  // -- the framework, as far as it matters here

  private ModelOperator operator(Map<Kind, Integer> rates) {
    var operator = new ModelOperator(api, cluster, SampleSettings.limited(rates), clock);
    Wakeups wakeups = operator.rooms.wakeups();
    wakeups.setEventHandler(event -> wake(event.getRelatedCustomResourceID().getName()));
    wakeups.start();
    api.witness(call -> sent.add(new Sent(call.operation(), call.on(), clock.getAsLong())));
    operator.poll();
    return operator;
  }

  private List<String> apply(int count) {
    List<String> names =
        IntStream.range(0, count).mapToObj(i -> String.format("r-%04d", i)).toList();
    names.forEach(name -> cluster.apply(Wish.named(name)));
    names.forEach(this::wake);
    return names;
  }

  private void wake(String name) {
    schedule(name, clock.getAsLong());
  }

  private void schedule(String name, long at) {
    Long before = due.put(name, at);
    if (before != null) {
      order.remove(new Due(before, name));
    }
    order.add(new Due(at, name));
  }

  /** Passes when they are due, one after the other, until the end is reached. */
  private void play(ModelOperator operator, java.util.function.BooleanSupplier end) {
    while (!end.getAsBoolean()) {
      assertThat(order).as("somebody who goes on").isNotEmpty();
      Due next = order.removeFirst();
      due.remove(next.name());
      long poll = clock.getAsLong() + operator.rooms.inventory().dueIn().toNanos();
      if (poll < next.at()) {
        operator.advance(Duration.ofNanos(Math.max(0, poll - clock.getAsLong())));
        operator.poll();
      }
      operator.advance(Duration.ofNanos(Math.max(0, next.at() - clock.getAsLong())));
      if (cluster.exists(next.name())) {
        Optional<Duration> again = operator.pass(next.name());
        if (!due.containsKey(next.name())) {
          again.ifPresent(pause -> schedule(next.name(), clock.getAsLong() + pause.toNanos()));
        }
      }
    }
  }

  /** Until nobody is due within a minute any more. */
  private void settle(ModelOperator operator) {
    long end = clock.getAsLong() + MINUTE.toNanos();
    play(operator, () -> order.isEmpty() || order.first().at() > end);
  }

  private List<Sent> sent(Operation operation) {
    return sent.stream().filter(call -> call.operation() == operation).toList();
  }

  private String instanceOf(String name) {
    return String.format("%8s", cluster.status(name).instanceId());
  }

  private static double minutes(long from, long to) {
    return (to - from) / (double) MINUTE.toNanos();
  }

  private static long mostInAMinute(List<Sent> calls) {
    return calls.stream()
        .mapToLong(
            first ->
                calls.stream()
                    .filter(c -> c.at() >= first.at() && minutes(first.at(), c.at()) < 1)
                    .count())
        .max()
        .orElse(0);
  }
}
