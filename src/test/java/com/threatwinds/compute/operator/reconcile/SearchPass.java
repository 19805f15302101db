package com.threatwinds.compute.operator.reconcile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pass of the real reconciler as far as it came: what it began with, the answers that it got, and
 * the call that it waits for.
 */
final class SearchPass {

  private final SearchTables tables;
  private final int number;
  private final int process;
  private final SearchMemory memory;
  private final List<Integer> cache;
  private final int resource;
  private final @Nullable SearchPass before;
  private final @Nullable SearchAnswer answer;
  private final SearchCall call;
  private final @Nullable String sent;
  private final int rests;
  private final Map<SearchAnswer, SearchPass> next = new HashMap<>(2);

  /** Begins. */
  SearchPass(
      int number,
      int process,
      SearchMemory memory,
      List<Integer> cache,
      int resource,
      SearchTables tables) {
    this.tables = tables;
    this.number = number;
    this.process = process;
    this.memory = memory;
    this.cache = cache;
    this.resource = resource;
    this.before = null;
    this.answer = null;
    this.sent = null;
    this.rests = 0;
    this.call = SearchProcess.pass(tables, process, memory, cache, resource, List.of());
  }

  /** Goes on with that answer. */
  SearchPass(int number, SearchPass before, SearchAnswer answer, SearchTables tables) {
    this.tables = tables;
    this.number = number;
    this.process = before.process;
    this.memory = before.memory;
    this.cache = before.cache;
    this.resource = before.resource;
    this.before = before;
    this.answer = answer;
    this.rests = rests(before, answer);
    this.call = SearchProcess.pass(tables, process, memory, cache, resource, answers());
    this.sent = sent(before, answer, call);
  }

  private static @Nullable String sent(SearchPass before, SearchAnswer answer, SearchCall call) {
    if (call instanceof SearchCall.Await(String attempt)) {
      return attempt;
    }
    boolean unanswered =
        before.call instanceof SearchCall.Await && !(answer instanceof SearchAnswer.Found);
    return unanswered ? null : before.sent;
  }

  private static int rests(SearchPass before, SearchAnswer answer) {
    if (answer instanceof SearchAnswer.Written(int version)) {
      return version;
    }
    return before.call instanceof SearchCall.Live
            && answer instanceof SearchAnswer.Resources(List<Integer> versions)
            && !versions.isEmpty()
        ? versions.getFirst()
        : before.rests;
  }

  private List<SearchAnswer> answers() {
    List<SearchAnswer> answers = new ArrayList<>();
    for (SearchPass at = this; at != null && at.answer != null; at = at.before) {
      answers.add(at.answer);
    }
    return answers.reversed();
  }

  int number() {
    return number;
  }

  SearchMemory memory() {
    return memory;
  }

  /** Which of the resources it is about. */
  int resource() {
    return resource;
  }

  /** What it asks next. */
  SearchCall call() {
    return call;
  }

  /** The attempt whose answer it waits for, or has; null if there is none. */
  @Nullable String sent() {
    return sent;
  }

  /** The resource as it last read it live or wrote it; null if it never did. */
  @Nullable SearchResource restsOn() {
    return rests == 0 ? null : tables.resource(rests);
  }

  /** Whether the API took a call of its. */
  boolean wasDone() {
    return answer instanceof SearchAnswer.Done || (before != null && before.wasDone());
  }

  /** Whether it read that instance by a GET of its own. */
  boolean hasRead(String instanceId) {
    for (SearchPass at = before; at != null; at = at.before) {
      if (at.call instanceof SearchCall.Get(String id) && id.equals(instanceId)) {
        return true;
      }
    }
    return false;
  }

  Map<SearchAnswer, SearchPass> next() {
    return next;
  }
}
