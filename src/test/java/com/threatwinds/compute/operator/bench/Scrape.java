package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.testing.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a process tells of itself: its metrics, its heap, its memory. */
final class Scrape {

  /** What a collector leaves where it saves itself the moving: megabytes, and no object. */
  private static final String GAPS = "[Ljdk.internal.vm.FillerElement;";

  private final String text;

  private Scrape(String text) {
    this.text = text;
  }

  static Scrape of(OperatorProcess operator) {
    try {
      return new Scrape(operator.get("/q/metrics"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All series with that in their name, added up. */
  long sum(String name) {
    return (long)
        text.lines()
            .filter(line -> !line.startsWith("#"))
            .filter(line -> line.split("[{ ]", 2)[0].contains(name))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum();
  }

  /** Bytes of live objects, after a full collection. */
  static long heap(OperatorProcess operator) {
    String histogram = jcmd(operator, "GC.class_histogram");
    return bytes(histogram, "Total") - bytes(histogram, GAPS);
  }

  /** The third column of the line that tells of it; 0 if none does. */
  private static long bytes(String histogram, String what) {
    return histogram
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(columns -> Arrays.asList(columns).contains(what))
        .mapToLong(columns -> Long.parseLong(columns[2]))
        .findFirst()
        .orElse(0);
  }

  /** Bytes that the process holds in memory. */
  static long resident(OperatorProcess operator) {
    return kilobytes(operator, "VmRSS:") * 1024;
  }

  private static long kilobytes(OperatorProcess operator, String field) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(operator.pid()), "status"))
          .lines()
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(field.length()).replace("kB", "").strip())
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jcmd(OperatorProcess operator, String command) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(jcmd, String.valueOf(operator.pid()), command)
              .redirectErrorStream(true)
              .start();
      return new String(process.getInputStream().readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
