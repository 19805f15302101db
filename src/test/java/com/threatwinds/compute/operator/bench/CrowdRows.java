package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.bench.Bench.Comparison;
import com.threatwinds.compute.operator.bench.Crowd.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the crowds say, as lines of the table. */
final class CrowdRows {

  private static final double KILO = 1024;
  private static final double MEGA = KILO * KILO;

  private final Comparison none;
  private final List<Comparison> whole;
  private final List<Comparison> held;
  private final List<Row> rows = new ArrayList<>();

  private CrowdRows(Comparison none, List<Comparison> whole, List<Comparison> held) {
    this.none = none;
    this.whole = whole;
    this.held = held;
  }

  /**
   * @param none with one resource: what an empty operator costs
   * @param whole where everything was measured
   * @param held where memory was
   */
  static List<Row> of(Comparison none, List<Comparison> whole, List<Comparison> held) {
    CrowdRows crowd = new CrowdRows(none, whole, held);
    crowd.polls();
    crowd.memory();
    crowd.starts();
    return crowd.rows;
  }

  private void polls() {
    for (Comparison at : whole) {
      rows.add(
          Row.exactly(
              "P4",
              size("calls a minute, nothing moving", at),
              at.ours().callsPerMinute(),
              at.peer().callsPerMinute(),
              1));
    }
    for (Comparison at : whole) {
      rows.add(
          Row.exactly(
              "P5",
              size("passes in that minute", at),
              at.ours().passesPerMinute(),
              at.peer().passesPerMinute(),
              0));
    }
    for (Comparison at : whole) {
      rows.add(
          Row.atMost(
              "P6",
              size("new resource to its POST, p99, × that of an empty operator", at),
              at.ours().millisToPost() / none.ours().millisToPost(),
              at.peer().millisToPost() / none.peer().millisToPost(),
              1.5));
    }
    rows.add(
        Row.noted(
            "P6",
            "the same of an empty operator, ms",
            none.ours().millisToPost(),
            none.peer().millisToPost()));
  }

  private void memory() {
    for (Comparison at : held) {
      if (at.size() >= 1_000) {
        rows.add(
            Row.atMost(
                "P9",
                size("heap for each resource, KB", at),
                each(at.ours(), none.ours()),
                each(at.peer(), none.peer()),
                2));
      }
    }
    Comparison largest = whole.getLast();
    rows.add(
        Row.atMost("P9", size("live Java threads", largest), largest.ours().threads(), null, 24));
  }

  private static double each(Result at, Result empty) {
    return (at.heap() - empty.heap()) / KILO / (at.size() - empty.size());
  }

  private void starts() {
    Comparison at = whole.getLast();
    restart("lists", at, Result::lists, 1);
    restart("GETs", at, Result::gets, 0);
    restart("writes to the API server", at, Result::writes, 0);
    restart("calls that change something", at, Result::changes, 0);
    rows.add(
        Row.atLeast(
            "P11",
            size("passes a second that do nothing, API at 20 ms, × the peer's", at),
            at.ours().passesPerSecond() / at.peer().passesPerSecond(),
            1.0,
            10));
    rows.add(
        Row.noted(
            "P11",
            size("the same, passes a second", at),
            at.ours().passesPerSecond(),
            at.peer().passesPerSecond()));
    rows.add(
        Row.atMost(
            "P12",
            "start of the process to watching, × the peer's",
            none.ours().millisToWatch() / none.peer().millisToWatch(),
            1.0,
            0.8));
    rows.add(
        Row.noted("P12", "the same, ms", none.ours().millisToWatch(), none.peer().millisToWatch()));
    rows.add(
        Row.noted(
            "P12",
            "resident memory idle, MB",
            none.ours().resident() / MEGA,
            none.peer().resident() / MEGA));
    for (Comparison each : held) {
      if (each.size() == 10_000) {
        rows.add(
            Row.atMost(
                "P12",
                size("resident memory, MB", each),
                each.ours().resident() / MEGA,
                each.peer().resident() / MEGA,
                256));
      }
    }
  }

  private void restart(String what, Comparison at, ToDoubleFunction<Result> figure, double goal) {
    rows.add(
        Row.exactly(
            "P10",
            size("restart, all Ready: " + what, at),
            figure.applyAsDouble(at.ours()),
            figure.applyAsDouble(at.peer()),
            goal));
  }

  private static String size(String what, Comparison at) {
    return "%s, %,d resources".formatted(what, at.size());
  }
}
