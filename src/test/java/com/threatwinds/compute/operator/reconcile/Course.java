package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;

/**
 * The life of one resource in virtual time, with the operator as the framework and the poller run
 * it: it looks at the resource when it asked to, when it is woken, and again after a pass that
 * threw.
 */
final class Course {

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

  private final String name;
  private final ModelApi api;
  private final ModelCluster cluster;
  private final NanoClock clock;
  private ModelOperator operator;
  private Duration hang = Duration.ZERO;
  private Optional<Long> passDue = Optional.empty();
  private Duration retry = FIRST_RETRY;
  private long passHangsUntil;
  private long pollNotBefore;
  private int tries;

  Course(String name, ModelApi api, ModelCluster cluster, NanoClock clock) {
    this.name = name;
    this.api = api;
    this.cluster = cluster;
    this.clock = clock;
    this.operator = process();
  }

  private ModelOperator process() {
    var process = new ModelOperator(api, cluster, SampleSettings.defaults(), clock);
    Wakeups wakeups = process.rooms.wakeups();
    wakeups.setEventHandler(
        event -> {
          if (event.getRelatedCustomResourceID().getName().equals(name)) {
            wake();
          }
        });
    wakeups.start();
    passHangsUntil = clock.getAsLong();
    pollNotBefore = clock.getAsLong();
    wake();
    return process;
  }

  /** Another process, which remembers nothing. */
  void restart() {
    operator = process();
  }

  ModelOperator operator() {
    return operator;
  }

  /**
   * Something happened to the resource; woken in the middle of a pass, it is looked at after it.
   */
  void wake() {
    passDue = Optional.of(Math.max(passHangsUntil, clock.getAsLong()));
  }

  /** Calls take that long from now on, those of a pass and of the poller side by side. */
  void hang(Duration time) {
    hang = time;
  }

  /** How often the operator tried anything. */
  int tries() {
    return tries;
  }

  /** Lets so much time pass, and all that is due meanwhile happen; ends with the resource. */
  void last(Duration time) {
    long end = clock.getAsLong() + time.toNanos();
    while (cluster.exists(name)) {
      long poll = pollDue();
      boolean pollsFirst = passDue.filter(due -> due < poll).isEmpty();
      long next = pollsFirst ? poll : passDue.orElseThrow();
      if (next > end) {
        advanceTo(end);
        return;
      }
      advanceTo(next);
      tries++;
      if (pollsFirst) {
        poll();
      } else {
        pass();
      }
    }
  }

  private void advanceTo(long time) {
    operator.advance(Duration.ofNanos(time - clock.getAsLong()));
  }

  private long pollDue() {
    return Math.max(
        clock.getAsLong() + operator.rooms.inventory().dueIn().toNanos(), pollNotBefore);
  }

  /** What hangs fails at once here, and is felt later: nothing else waits for it. */
  private void poll() {
    operator.poll();
    pollNotBefore = clock.getAsLong();
    if (hang.isPositive()) {
      pollNotBefore = pollDue() + hang.toNanos();
    }
  }

  private void pass() {
    passDue = Optional.empty();
    try {
      Optional<Duration> next = operator.pass(name);
      retry = FIRST_RETRY;
      passHangsUntil = clock.getAsLong() + hang.toNanos();
      if (passDue.isEmpty()) {
        passDue = next.map(pause -> passHangsUntil + pause.toNanos());
      }
    } catch (KubernetesClientException e) {
      passDue = Optional.of(clock.getAsLong() + retry.toNanos());
      Duration longer = retry.multipliedBy(2);
      retry = longer.compareTo(LONGEST_RETRY) < 0 ? longer : LONGEST_RETRY;
    }
  }
}
