package com.threatwinds.compute.operator.testing;

import com.threatwinds.compute.operator.testing.Promql.Condition;
import com.threatwinds.compute.operator.testing.Promql.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one scrape has: each metric's labels, and their values.
 *
 * @param metrics empty labels for one without any
 */
public record Exposition(Map<String, Map<String, Set<String>>> metrics) {

  /** What Prometheus adds to each series, from where it found the process. */
  private static final Set<String> OF_THE_TARGET = Set.of("namespace", "job", "pod", "instance");

  private static final Pattern LINE =
      Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? \\S+$");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  public static Exposition of(String scrape) {
    Map<String, Map<String, Set<String>>> metrics = new TreeMap<>();
    Matcher line = LINE.matcher(scrape);
    while (line.find()) {
      Map<String, Set<String>> labels =
          metrics.computeIfAbsent(line.group(1), name -> new TreeMap<>());
      if (line.group(2) != null) {
        LABEL
            .matcher(line.group(2))
            .results()
            .forEach(
                label ->
                    labels
                        .computeIfAbsent(label.group(1), name -> new TreeSet<>())
                        .add(label.group(2)));
      }
    }
    return new Exposition(metrics);
  }

  /**
   * Each name in that query that this scrape does not have: metrics, labels of theirs, and values
   * that are asked for one by one. A value with a {@code $} is a dashboard's variable.
   */
  public List<String> lacks(String query) {
    Promql asked = Promql.of(query);
    List<String> missing = new ArrayList<>();
    Set<String> labels = new TreeSet<>(OF_THE_TARGET);
    for (Series series : asked.series()) {
      Map<String, Set<String>> there = metrics.get(series.metric());
      if (there == null) {
        missing.add(series.metric());
        continue;
      }
      labels.addAll(there.keySet());
      for (Condition condition : series.conditions()) {
        missing.addAll(missing(series.metric(), there, condition));
      }
    }
    asked.grouping().stream().filter(label -> !labels.contains(label)).forEach(missing::add);
    return missing;
  }

  private static List<String> missing(
      String metric, Map<String, Set<String>> labels, Condition condition) {
    if (OF_THE_TARGET.contains(condition.label())) {
      return List.of();
    }
    Set<String> values = labels.get(condition.label());
    if (values == null) {
      return List.of(metric + "{" + condition.label() + "}");
    }
    String separator = condition.operator().endsWith("~") ? "\\|" : "\n";
    return List.of(condition.value().split(separator)).stream()
        .filter(value -> !value.contains("$") && !values.contains(value))
        .map(value -> "%s{%s=\"%s\"}".formatted(metric, condition.label(), value))
        .toList();
  }
}
