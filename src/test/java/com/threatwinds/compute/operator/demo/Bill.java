package com.threatwinds.compute.operator.demo;

import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Change;
import com.threatwinds.compute.operator.simulator.Journal;
import com.threatwinds.compute.operator.simulator.Operation;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a story cost at the Compute API: its journal, counted.
 *
 * @param changes the calls that changed something, in their order
 * @param inVain the calls that were meant to and did not
 * @param reads how many calls read
 */
record Bill(List<Call> changes, List<Call> inVain, long reads) {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  static Bill of(Journal journal) {
    List<Call> calls = journal.calls();
    return new Bill(
        journal.changes(),
        journal.attempts().stream().filter(call -> !call.committed()).toList(),
        calls.stream().filter(call -> !call.operation().isChange()).count());
  }

  /** Refused creates, as when the quota is used up. */
  List<Call> refusedCreates() {
    return inVain.stream()
        .filter(call -> call.operation() == Operation.CREATE)
        .filter(call -> Integer.valueOf(403).equals(call.status()))
        .toList();
  }

  /** Why this is not what was to be paid for, a line each; empty if it is. */
  List<String> differences(Map<Operation, Integer> asked) {
    List<String> lines = new ArrayList<>();
    Map<Operation, Integer> counted = counted();
    for (Operation operation : Operation.values()) {
      int expected = asked.getOrDefault(operation, 0);
      int actual = counted.getOrDefault(operation, 0);
      if (actual != expected) {
        lines.add(operation + ": " + expected + " asked for, " + actual + " made");
      }
    }
    inVain.stream()
        .filter(call -> !refusedCreates().contains(call))
        .forEach(call -> lines.add("a call in vain: " + call));
    return lines;
  }

  private Map<Operation, Integer> counted() {
    Map<Operation, Integer> counted = new EnumMap<>(Operation.class);
    changes.forEach(call -> counted.merge(call.operation(), 1, Integer::sum));
    return counted;
  }

  /** For people: the sum, then a line for each change. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    String each =
        counted().entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    lines.add("%5d  calls that changed something: %s".formatted(changes.size(), each));
    lines.add("%5d  refused for the quota".formatted(refusedCreates().size()));
    lines.add("%5d  that read".formatted(reads));
    lines.add("");
    changes.forEach(call -> lines.add(line(call)));
    return lines;
  }

  private static String line(Call call) {
    Change change = call.change();
    return "  %s  %-8s%-22s%s"
        .formatted(
            TIME.format(call.receivedAt()),
            call.operation(),
            call.subject(),
            change == null ? "" : states(change))
        .stripTrailing();
  }

  private static String states(Change change) {
    String from = change.from() == null ? "-" : change.from().name();
    String to = change.to() == null ? "gone" : change.to().name();
    return from + " -> " + to;
  }

  /** How often each was asked for. */
  static Map<Operation, Integer> asked(Collection<Operation> operations) {
    Map<Operation, Integer> asked = new EnumMap<>(Operation.class);
    operations.forEach(operation -> asked.merge(operation, 1, Integer::sum));
    return asked;
  }
}
