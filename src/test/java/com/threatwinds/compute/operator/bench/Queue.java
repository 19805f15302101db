package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A thousand resources where the account may make far fewer at a time, and one to delete. */
final class Queue {

  private static final int SIZE = 1_000;

  /** 20 a minute, with minutes of three seconds. */
  private static final int LIMIT = 20;

  private static final Duration WINDOW = Duration.ofSeconds(3);
  private static final Duration LONGEST = Duration.ofMinutes(4);

  private record Result(double used, double refused, double deleteAfter, double made) {}

  private Queue() {}

  static List<Row> measure() {
    Result ours = play(Contender.OURS, Map.of("COMPUTE_RATE_CREATE", perMinute()));
    Result learned = play(Contender.OURS, Map.of());
    Result peer = play(Contender.PEER, Map.of());
    String what = "of " + LIMIT + " creates in " + WINDOW.toSeconds() + " s, " + SIZE + " queued: ";
    return List.of(
        Row.atLeast("P8", "% used " + what + "limit set", ours.used(), peer.used(), 95),
        Row.atMost("P8", "% answered 429 " + what + "limit set", ours.refused(), peer.refused(), 1),
        Row.noted("P8", "% used " + what + "limit not set", learned.used(), null),
        Row.noted("P8", "% answered 429 " + what + "limit not set", learned.refused(), null),
        Row.atMost(
            "P8",
            "seconds until a deletion that is asked for meanwhile is sent",
            ours.deleteAfter(),
            peer.deleteAfter(),
            3),
        Row.exactly("P8", "of " + SIZE + " made in the end", ours.made(), peer.made(), SIZE));
  }

  private static String perMinute() {
    return String.valueOf(LIMIT * 60 / WINDOW.toSeconds());
  }

  private static Result play(Contender contender, Map<String, String> settings) {
    try (Site site =
        Site.open(
            contender,
            api -> api.delays(Duration.ofMillis(100)).limit(Operation.CREATE, LIMIT, WINDOW),
            settings)) {
      site.create("victim");
      site.awaitReady("victim", "Running");
      Site.pause(WINDOW); // The next window begins with the crowd.
      site.mark();
      for (int i = 0; i < SIZE; i++) {
        site.create("queued-" + i);
      }
      Instant asked = Instant.now();
      site.resource("victim").delete();
      Instant end = asked.plus(LONGEST);
      while (made(site) < SIZE && Instant.now().isBefore(end)) {
        Site.pause(Duration.ofMillis(200));
      }
      List<Call> posts = site.calls(Operation.CREATE);
      Instant first = posts.getFirst().receivedAt();
      Instant last =
          posts.stream()
              .filter(Call::committed)
              .map(Call::receivedAt)
              .max(Comparator.naturalOrder())
              .orElseThrow();
      double windows = Figures.millis(Duration.between(first, last)) / Figures.millis(WINDOW);
      long refused = posts.stream().filter(c -> Integer.valueOf(429).equals(c.status())).count();
      double deleteAfter =
          site.calls(Operation.DELETE).stream()
              .findFirst()
              .map(c -> Figures.millis(Duration.between(asked, c.receivedAt())) / 1_000)
              .orElse(Double.NaN);
      return new Result(
          100.0 * made(site) / (windows * LIMIT),
          100.0 * refused / posts.size(),
          deleteAfter,
          made(site));
    }
  }

  private static long made(Site site) {
    return site.calls(Operation.CREATE).stream().filter(Call::committed).count();
  }
}
