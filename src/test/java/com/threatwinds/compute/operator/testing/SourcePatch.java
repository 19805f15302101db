package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A unified diff, put in where its lines are and not where its line numbers say: the sources above
 * it may grow. Needs no tool, so that a machine that builds the operator can do it.
 *
 * @param text what stands before the diff
 * @param hunks in the order of the diff
 */
record SourcePatch(String text, List<Hunk> hunks) {

  /** Some lines of one file, before and after, each line with its end. */
  private record Hunk(Path file, StringBuilder before, StringBuilder after) {

    String in(String source) {
      int place = source.indexOf(before.toString());
      if (place < 0) {
        throw new IllegalArgumentException(file + " has no such lines:\n" + before);
      }
      if (source.indexOf(before.toString(), place + 1) >= 0) {
        throw new IllegalArgumentException(file + " has these lines more than once:\n" + before);
      }
      return source.substring(0, place) + after + source.substring(place + before.length());
    }
  }

  static SourcePatch read(Path patch) throws IOException {
    StringBuilder text = new StringBuilder();
    List<Hunk> hunks = new ArrayList<>();
    Path file = Path.of("");
    boolean inDiff = false;
    for (String line : Files.readAllLines(patch)) {
      if (line.startsWith("diff --git ") || line.startsWith("--- a/")) {
        inDiff = true;
      } else if (line.startsWith("+++ b/")) {
        file = Path.of(line.substring("+++ b/".length()));
      } else if (line.startsWith("@@ ")) {
        hunks.add(new Hunk(file, new StringBuilder(), new StringBuilder()));
      } else if (inDiff) {
        Hunk hunk = hunks.getLast();
        String content = line.substring(1) + "\n";
        switch (line.charAt(0)) {
          case ' ' -> {
            hunk.before.append(content);
            hunk.after.append(content);
          }
          case '-' -> hunk.before.append(content);
          case '+' -> hunk.after.append(content);
          default -> throw new IllegalArgumentException(patch + ": " + line);
        }
      } else {
        text.append(line).append('\n');
      }
    }
    return new SourcePatch(text.toString().strip(), List.copyOf(hunks));
  }

  /**
   * The files that it changes, as they are then.
   *
   * @throws IllegalArgumentException if its lines are not there, or not only once
   */
  Map<Path, String> applied(Path project) throws IOException {
    Map<Path, String> changed = new LinkedHashMap<>();
    for (Hunk hunk : hunks) {
      String source = changed.get(hunk.file);
      if (source == null) {
        source = Files.readString(project.resolve(hunk.file));
      }
      changed.put(hunk.file, hunk.in(source));
    }
    return changed;
  }
}
