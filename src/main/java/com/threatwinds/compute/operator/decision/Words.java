package com.threatwinds.compute.operator.decision;

import java.util.List;

/** Lists in sentences, short enough for a condition. */
final class Words {

  private static final int LONGEST = 20;

  private Words() {}

  static String list(List<String> words) {
    if (words.isEmpty()) {
      return "none";
    }
    String some = String.join(", ", words.subList(0, Math.min(LONGEST, words.size())));
    return words.size() > LONGEST ? some + " and " + (words.size() - LONGEST) + " more" : some;
  }
}
