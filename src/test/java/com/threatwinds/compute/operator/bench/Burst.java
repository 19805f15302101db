package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A hundred resources, whose instances take a minute to run. They come evenly within one fast poll:
 * all at once would measure how far the next poll happens to be.
 */
final class Burst {

  private static final int SIZE = 100;
  private static final Duration PROVISIONING = Duration.ofSeconds(60);
  private static final Duration FAST = Duration.ofSeconds(5);

  private record Result(double readsEach, double delay) {}

  private Burst() {}

  static List<Row> measure() {
    Result ours = play(Contender.OURS);
    Result peer = play(Contender.PEER);
    return List.of(
        Row.atMost(
            "P2",
            "reads for each instance to Ready, " + SIZE + " within 5 s, 60 s to provision",
            ours.readsEach(),
            peer.readsEach(),
            0.25),
        Row.atMost(
            "P7",
            "instance RUNNING until resource Ready, mean, in fast polls of 5 s",
            ours.delay(),
            peer.delay(),
            0.6));
  }

  private static Result play(Contender contender) {
    // The peer has one poll, and would be slower by far with the slow one.
    String slow = contender == Contender.OURS ? "60s" : FAST.toSeconds() + "s";
    try (Site site =
        Site.open(
            contender,
            api -> api.provisioning(PROVISIONING),
            Map.of(
                "COMPUTE_POLL_INTERVAL",
                slow,
                "COMPUTE_POLL_FAST_INTERVAL",
                FAST.toSeconds() + "s"))) {
      site.mark();
      for (int i = 0; i < SIZE; i++) {
        site.create("burst-" + i);
        Site.pause(FAST.dividedBy(SIZE));
      }
      site.await("all Ready", () -> site.ready().count() >= SIZE);
      int reads = site.calls(false).size();
      List<Duration> delays = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        String name = "burst-" + i;
        String id = Objects.requireNonNull(site.resource(name).get().getStatus()).instanceId();
        Instant running =
            site.calls(Operation.CREATE).stream()
                .filter(call -> Objects.equals(call.subject(), id))
                .map(Call::committedAt)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow()
                .plus(PROVISIONING);
        delays.add(Duration.between(running, site.ready().of(name).orElseThrow()));
      }
      return new Result(reads / (double) SIZE, Figures.mean(delays) / Figures.millis(FAST));
    }
  }
}
