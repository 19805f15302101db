package com.threatwinds.compute.operator.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One document in Markdown, as far as our documents use it. */
record Page(Path file, String text) {

  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");
  private static final Pattern CODE_SPAN = Pattern.compile("`[^`\n]*`");

  static Page of(Path file) {
    try {
      return new Page(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that people read: what lies at the top, and in {@code docs/}. */
  static List<Page> all() {
    List<Path> files = new ArrayList<>();
    for (Path directory : List.of(Path.of(""), Path.of("docs"))) {
      try (Stream<Path> inside = Files.list(directory)) {
        inside.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files.stream().map(Page::of).toList();
  }

  /** Where its links and pictures point, in their order. */
  List<String> links() {
    String prose = CODE_SPAN.matcher(prose()).replaceAll("x");
    return matches(prose, "]\\(([^)\\s]+)\\)");
  }

  /** What a link to a part of it may end with: its titles, as GitHub turns them into anchors. */
  List<String> anchors() {
    List<String> anchors = new ArrayList<>();
    for (String title : matches(prose(), "(?m)^#+ (.+)$")) {
      String anchor =
          title.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
      long same = anchors.stream().filter(a -> a.replaceFirst("-\\d+$", "").equals(anchor)).count();
      anchors.add(same == 0 ? anchor : anchor + "-" + same);
    }
    return anchors;
  }

  /** The blocks of code in that language. */
  List<String> blocks(String language) {
    return matches(text, "(?ms)^```" + language + "\n(.*?)^```$");
  }

  /** The part below that title, up to the next title of its level or of a higher one. */
  String section(String title) {
    int level = title.indexOf(' ');
    int from = text.indexOf("\n" + title + "\n");
    if (from < 0) {
      throw new IllegalArgumentException(file + " has no " + title);
    }
    String rest = text.substring(from + title.length() + 2);
    return Pattern.compile("(?m)^#{1," + level + "} ").split(rest, 2)[0];
  }

  /** The rows of the first table that begins with that cell, without its head; code marks go. */
  static List<List<String>> rows(String section, String firstCell) {
    int table = ("\n" + section).indexOf("\n| " + firstCell + " |");
    if (table < 0) {
      throw new IllegalArgumentException("no table of " + firstCell);
    }
    return section
        .substring(table)
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> line.substring(1, line.length() - 1).split("(?<!\\\\)\\|"))
        .map(cells -> Stream.of(cells).map(cell -> cell.strip().replace("`", "")).toList())
        .toList();
  }

  private String prose() {
    return CODE.matcher(text).replaceAll("");
  }

  static List<String> matches(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /** Names it in a report. */
  @Override
  public String toString() {
    return file.toString();
  }
}
