package com.threatwinds.compute.operator.decision;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Lists in sentences, short enough for a condition. */
final class Words {

  private static final int NEAREST = 5;

  /** Whatever the API answers: to compare is quadratic in the length of a word. */
  private static final int MOST_COMPARED = 1_000;

  private static final int LONGEST_WORD = 128;

  private Words() {}

  /**
   * The few that are most like what was asked for, the likest first: whoever mistyped one sees it.
   *
   * @param beginning of the sentence that lists them, such as "there are"
   */
  static String nearest(String asked, List<String> valid, String beginning) {
    List<String> nearest =
        valid.stream()
            .filter(word -> word.length() <= LONGEST_WORD)
            .limit(MOST_COMPARED)
            .collect(Collectors.toMap(word -> word, word -> unlikeness(asked, word), (a, b) -> a))
            .entrySet()
            .stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Double> e) -> e.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(NEAREST)
            .map(Map.Entry::getKey)
            .toList();
    if (nearest.isEmpty()) {
      return beginning + ": none";
    }
    int left = valid.size() - nearest.size();
    return beginning
        + ": "
        + String.join(", ", nearest)
        + (left > 0 ? " and " + left + " more" : "");
  }

  /**
   * The share of characters that differ. A share, because of a long word many may differ and it is
   * still the one that was meant: ubuntu-22 is more like ubuntu-22-standard than like debian-12.
   */
  private static double unlikeness(String asked, String word) {
    int distance =
        LevenshteinDistance.getDefaultInstance()
            .apply(asked.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
    return (double) distance / Math.max(1, Math.max(asked.length(), word.length()));
  }
}
