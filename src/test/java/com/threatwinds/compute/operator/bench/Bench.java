package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.testing.TestClusters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Measures everything and writes the report.
 *
 * <pre>
 * N     sizes of the crowd, comma-separated: 10,1000,10000
 * HELD  sizes at which only memory is measured: 50000 with a real kube-apiserver, else none
 * ROWS  a regular expression: only the groups life, burst, queue or crowd that it is in
 * </pre>
 */
public final class Bench {

  private static final boolean REAL = TestClusters.absenceOfReal().isEmpty();
  private static final Path REPORT = Path.of("target", "bench");

  private Bench() {}

  public static void main(String[] arguments) throws IOException {
    Logger.getLogger("").setLevel(Level.SEVERE);
    System.setProperty("io.netty.noUnsafe", "true");
    String wanted = environment("ROWS", ".");
    Instant began = Instant.now();
    List<Row> rows = new ArrayList<>();
    add(rows, "life", wanted, Life::measure);
    add(rows, "burst", wanted, Burst::measure);
    add(rows, "queue", wanted, Queue::measure);
    List<Comparison> crowds = new ArrayList<>();
    add(rows, "crowd", wanted, () -> crowds(crowds));
    Report report = new Report(rows, crowds, Machine.describe(REAL));
    Files.createDirectories(REPORT);
    Files.writeString(REPORT.resolve("bench.md"), report.table());
    Files.writeString(REPORT.resolve("bench.json"), report.json());
    if (!crowds.isEmpty()) {
      Files.writeString(REPORT.resolve("bench.svg"), report.plot());
    }
    System.out.println("\n" + report.table());
    System.out.printf(
        "in %d min; also in %s as JSON and as a plot%n",
        Duration.between(began, Instant.now()).toMinutes(), REPORT);
    System.exit(0);
  }

  private static void add(
      List<Row> rows, String group, String wanted, Supplier<List<Row>> measurement) {
    if (java.util.regex.Pattern.compile(wanted).matcher(group).find()) {
      System.out.println("measuring: " + group);
      List<Row> measured = measurement.get();
      measured.forEach(row -> System.out.println("  " + Report.line(row)));
      rows.addAll(measured);
    }
  }

  /** Both operators at one size. */
  record Comparison(Crowd.Result ours, Crowd.Result peer) {
    int size() {
      return ours.size();
    }
  }

  private static List<Row> crowds(List<Comparison> whole) {
    Map<Contender, Crowd.Result> empty = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      empty.put(contender, Crowd.play(contender, 1, true));
    }
    Comparison none = new Comparison(empty.get(Contender.OURS), empty.get(Contender.PEER));
    for (int size : sizes("N", "10,1000,10000")) {
      whole.add(compare(size, true));
    }
    List<Comparison> held = new ArrayList<>(whole);
    // The mock looks through everything for each write: what it has is not got there in an hour.
    for (int size : sizes("HELD", REAL ? "50000" : "0")) {
      held.add(compare(size, false));
    }
    return CrowdRows.of(none, whole, held);
  }

  private static Comparison compare(int size, boolean whole) {
    System.out.printf("  with %,d resources%n", size);
    return new Comparison(
        Crowd.play(Contender.OURS, size, whole), Crowd.play(Contender.PEER, size, whole));
  }

  private static List<Integer> sizes(String name, String otherwise) {
    return Arrays.stream(environment(name, otherwise).split(","))
        .map(String::strip)
        .filter(size -> !size.isEmpty() && !size.equals("0"))
        .map(Integer::valueOf)
        .toList();
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }
}
