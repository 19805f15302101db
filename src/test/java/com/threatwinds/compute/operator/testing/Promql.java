package com.threatwinds.compute.operator.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a query speaks of. Whether it is a query at all, promtool says.
 *
 * @param series what it selects
 * @param grouping the labels that it groups or joins by
 */
public record Promql(List<Series> series, Set<String> grouping) {

  /** The series of that name for which that holds. */
  public record Series(String metric, List<Condition> conditions) {}

  /** Of one label; the operator is one of {@code = != =~ !~}. */
  public record Condition(String label, String operator, String value) {}

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?<text>[^\"]*)\"|(?<skipped>\\[[^\\]]*\\]|[0-9][0-9a-z.]*|#.*)"
              + "|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<sign>[!=]~|!=|[^\\s\"])");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "atan2", "inf", "nan");
  private static final Set<String> BEFORE_LABELS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

  public static Promql of(String query) {
    return new Reader(query).read();
  }

  private static final class Reader {

    private final List<String> tokens = new ArrayList<>();
    private final List<Series> series = new ArrayList<>();
    private final Set<String> grouping = new TreeSet<>();
    private int next;

    Reader(String query) {
      Matcher matcher = TOKEN.matcher(query);
      while (matcher.find()) {
        if (matcher.group("text") != null) {
          tokens.add('"' + matcher.group("text"));
        } else if (matcher.group("skipped") == null) {
          tokens.add(matcher.group());
        }
      }
    }

    Promql read() {
      while (next < tokens.size()) {
        String token = tokens.get(next++);
        if (BEFORE_LABELS.contains(token)) {
          labels();
        } else if (isName(token) && !WORDS.contains(token) && !isFunction()) {
          series.add(new Series(token, conditions()));
        }
      }
      return new Promql(List.copyOf(series), Set.copyOf(grouping));
    }

    private static boolean isName(String token) {
      return token.matches("[a-zA-Z_:].*");
    }

    /** Its arguments follow, or what it groups by. */
    private boolean isFunction() {
      return peek().equals("(") || peek().equals("by") || peek().equals("without");
    }

    private void labels() {
      if (!peek().equals("(")) {
        return;
      }
      next++;
      for (; !peek().equals(")"); next++) {
        if (isName(peek())) {
          grouping.add(peek());
        }
      }
      next++;
    }

    private List<Condition> conditions() {
      List<Condition> conditions = new ArrayList<>();
      if (!peek().equals("{")) {
        return conditions;
      }
      next++;
      while (!peek().equals("}")) {
        if (peek().equals(",")) {
          next++;
        } else {
          conditions.add(
              new Condition(
                  tokens.get(next), tokens.get(next + 1), tokens.get(next + 2).substring(1)));
          next += 3;
        }
      }
      next++;
      return conditions;
    }

    private String peek() {
      return next < tokens.size() ? tokens.get(next) : "";
    }
  }
}
