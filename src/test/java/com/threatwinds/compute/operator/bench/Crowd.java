package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** So many resources that wait for nothing: what they cost, and what one more costs beside them. */
final class Crowd {

  /** An API on loopback answers too quickly for any to be measured. */
  private static final Duration LATENCY = Duration.ofMillis(20);

  /**
   * Between two looks at the count of passes: each look costs a scrape, from the same two cores.
   */
  private static final Duration LOOK = Duration.ofMillis(25);

  private static final Duration RATE_WINDOW = Duration.ofSeconds(20);
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final int NEWCOMERS = 100;
  private static final int STARTS = 7;

  /**
   * What was measured of one operator at one size; NaN for what was not.
   *
   * @param millisToWatch from the start of the process, with one resource
   * @param passesPerSecond of those that a restart makes, and that do nothing
   */
  record Result(
      int size,
      double heap,
      double resident,
      double threads,
      double millisToWatch,
      double lists,
      double gets,
      double writes,
      double changes,
      double passesPerSecond,
      double callsPerMinute,
      double passesPerMinute,
      double millisToPost) {}

  private Crowd() {}

  /**
   * @param whole whether everything is measured, or only what is held in memory
   */
  static Result play(Contender contender, int size, boolean whole) {
    try (Site site = Site.open(contender, api -> api.delays(Duration.ofMillis(100)), Map.of())) {
      site.create("pattern");
      site.awaitReady("pattern", "Running");
      ComputeInstance pattern = site.resource("pattern").get();
      site.stopOperator();
      double toWatch = whole ? toWatch(site) : Double.NaN;
      if (size > 1) {
        site.seed(pattern, size - 1);
      }
      site.mark();
      try (ActiveFault slow =
          site.api()
              .fault(
                  Match.on(Operation.GET, Operation.LIST).always(),
                  Phase.BEFORE_COMMIT,
                  Effect.hang(LATENCY))) {
        site.startOperator();
        double rate = passRate(site, size);
        slow.release();
        awaitQuiet(site, size);
        double lists = site.calls(Operation.LIST).size();
        double gets = site.calls(Operation.GET).size();
        double writes = site.writes().size();
        double changes = site.calls(true).size();
        double perMinute = Double.NaN;
        double passes = Double.NaN;
        double toPost = Double.NaN;
        if (whole) {
          site.mark();
          long before = site.passes();
          Site.pause(MINUTE);
          perMinute = site.calls(false).size();
          passes = site.passes() - before;
        }
        // Before a tool attaches, which costs a thread.
        double threads =
            contender == Contender.OURS
                ? Scrape.of(site.operator()).sum("jvm_threads_live_threads")
                : Double.NaN;
        double resident = Scrape.resident(site.operator());
        double heap = Scrape.heap(site.operator());
        if (whole) {
          toPost = toPost(site);
        }
        return new Result(
            size, heap, resident, threads, toWatch, lists, gets, writes, changes, rate, perMinute,
            passes, toPost);
      }
    }
  }

  /** From the start of the process, in the middle of some: one alone says little. */
  private static double toWatch(Site site) {
    double[] millis = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      site.mark();
      Instant started = Instant.now();
      site.startOperator();
      site.await("watch", () -> site.watching().isPresent());
      millis[i] = Figures.millis(Duration.between(started, site.watching().orElseThrow()));
      site.stopOperator();
    }
    return Figures.median(millis);
  }

  /** From the last moment when there was none, which is late by a look: no faster than it was. */
  private static double passRate(Site site, int size) {
    Instant none = Instant.now();
    long done = passes(site);
    while (done == 0) {
      Site.pause(LOOK);
      none = Instant.now();
      done = passes(site);
    }
    Instant end = none.plus(RATE_WINDOW);
    while (done < size && Instant.now().isBefore(end)) {
      Site.pause(LOOK);
      done = passes(site);
    }
    return done * 1_000 / Figures.millis(Duration.between(none, Instant.now()));
  }

  private static long passes(Site site) {
    try {
      return site.passes();
    } catch (java.io.UncheckedIOException e) {
      return 0; // Its HTTP server is not there yet.
    }
  }

  /** Until every resource was looked at, and no more is. */
  private static void awaitQuiet(Site site, int size) {
    site.await("a pass for each", () -> passes(site) >= size);
    long[] seen = {-1};
    site.await(
        "quiet",
        () -> {
          long now = passes(site) + site.writes().size();
          boolean quiet = now == seen[0];
          seen[0] = now;
          Site.pause(Duration.ofMillis(500));
          return quiet;
        });
  }

  /** From the moment when somebody asks for one more until its POST, the 99th percentile. */
  private static double toPost(Site site) {
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < NEWCOMERS; i++) {
      site.api().journal().clear();
      Instant asked = Instant.now();
      site.create("new-" + i);
      site.await("POST", () -> !site.calls(Operation.CREATE).isEmpty());
      times.add(Duration.between(asked, site.calls(Operation.CREATE).getFirst().receivedAt()));
      Site.pause(Duration.ofMillis(50));
    }
    return Figures.percentile(times, 0.99);
  }
}
