package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One resource from its beginning to its end, and the same where every answer is lost once. */
final class Life {

  private static final Duration IDLE_POLL = Duration.ofMillis(500);

  /** As many polls as an hour has at the default interval. */
  private static final int IDLE_POLLS = 60;

  private static final Map<String, String> QUICK =
      Map.of(
          "COMPUTE_API_TIMEOUT", "2s",
          "COMPUTE_CREATE_SETTLE", "1s",
          "COMPUTE_POLL_INTERVAL", IDLE_POLL.toMillis() + "ms",
          "COMPUTE_POLL_FAST_INTERVAL", "200ms");

  private record Counts(
      int callsToReady,
      int callsOfLife,
      int callsUnderFaults,
      int leftUnderFaults,
      int writesToReady,
      int writesToDelete,
      int writesIdle) {}

  private Life() {}

  static List<Row> measure() {
    Counts ours = play(Contender.OURS);
    Counts peer = play(Contender.PEER);
    return List.of(
        Row.exactly(
            "P1",
            "calls that change something, to Ready",
            ours.callsToReady(),
            (double) peer.callsToReady(),
            1),
        Row.exactly(
            "P1",
            "the same over create, stop, start, reset, delete (the peer knows no reset)",
            ours.callsOfLife(),
            (double) peer.callsOfLife(),
            5),
        Row.atMost(
            "P1",
            "the same without reset, where each answer is lost once",
            ours.callsUnderFaults(),
            (double) peer.callsUnderFaults(),
            4),
        Row.exactly(
            "P1",
            "instances left behind after that",
            ours.leftUnderFaults(),
            (double) peer.leftUnderFaults(),
            0),
        Row.atMost(
            "P3",
            "writes to the API server, to Ready",
            ours.writesToReady(),
            (double) peer.writesToReady(),
            5),
        Row.atMost(
            "P3", "the same to delete", ours.writesToDelete(), (double) peer.writesToDelete(), 2),
        Row.exactly(
            "P3",
            "the same in " + IDLE_POLLS + " polls in which nothing changes",
            ours.writesIdle(),
            (double) peer.writesIdle(),
            0));
  }

  private static Counts play(Contender contender) {
    try (Site site = Site.open(contender, api -> api.delays(Duration.ofMillis(100)), QUICK)) {
      site.create("life");
      site.awaitReady("life", "Running");
      Site.pause(IDLE_POLL);
      int callsToReady = site.calls(true).size();
      int writesToReady = site.writes().size();
      site.power("life", Power.STOPPED);
      site.awaitReady("life", "Stopped");
      site.power("life", Power.RUNNING);
      site.awaitReady("life", "Running");
      if (contender == Contender.OURS) {
        site.power("life", Power.RESET);
        site.await("reset", () -> !site.calls(Operation.RESET).isEmpty());
        site.awaitReady("life", "Running");
      }
      int before = site.writes().size();
      Site.pause(IDLE_POLL.multipliedBy(IDLE_POLLS));
      int writesIdle = site.writes().size() - before;
      before = site.writes().size();
      site.resource("life").delete();
      site.awaitGone("life");
      int writesToDelete = site.writes().size() - before;
      int callsOfLife = site.calls(true).size();
      site.mark();
      int left = underFaults(site);
      return new Counts(
          callsToReady,
          callsOfLife,
          site.calls(true).size(),
          left,
          writesToReady,
          writesToDelete,
          writesIdle);
    }
  }

  /** How many instances are left at the end. */
  private static int underFaults(Site site) {
    for (Operation operation :
        List.of(Operation.CREATE, Operation.STOP, Operation.START, Operation.DELETE)) {
      site.api().fault(Match.on(operation), Phase.AFTER_COMMIT, Effect.reset());
    }
    site.create("life");
    site.awaitReady("life", "Running");
    site.power("life", Power.STOPPED);
    site.awaitReady("life", "Stopped");
    site.power("life", Power.RUNNING);
    site.awaitReady("life", "Running");
    site.resource("life").delete();
    site.awaitGone("life");
    return site.api().world().machines().size();
  }
}
