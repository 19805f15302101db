package com.threatwinds.compute.operator.reconcile;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one search is about: how the world begins, what may happen in it, and how often. */
final class SearchScope {

  final String title;
  final List<SearchResource> start;
  final List<String> names;
  final Set<Act> acts = EnumSet.noneOf(Act.class);
  final Map<Trouble, Integer> budget = new EnumMap<>(Trouble.class);
  int bound;
  int open;
  int processes = 1;
  boolean lag = true;
  boolean takeoverAllowed = true;
  private @Nullable SearchMistake mistake;

  /** What a person does. */
  enum Act {
    DELETE,
    RETAIN,
    RUN,
    STOP,
    RESET_1,
    RESET_2,
    RESET,
    RESTART,
    /** Brings the resource back from a backup, with its annotations. */
    RESTORE,
    /** The same from files that know nothing of annotations and finalizers. */
    REBUILD,
    /** Types the id of the first resource's instance into the last one's annotation. */
    COPY,
    /** Tells truly what an unresolved create made. */
    ANSWER
  }

  /** What goes wrong, or what a person does: each only so many times. */
  enum Trouble {
    CRASH,
    /** An answer of the Compute API is lost, or the call itself. */
    LOST_ANSWER,
    /** The Compute API refuses a call. */
    REFUSAL,
    /** An answer of the API server is lost, or the write itself. */
    LOST_WRITE,
    /** A person acts. */
    ACT,
    /** Somebody else makes an instance of the same template. */
    TWIN,
    /** A read of an instance that exists answers 404. */
    DENIAL,
    /** Somebody deletes an instance behind our back. */
    VANISHING,
    /** A pass is held up before it sends its create until that is too late. */
    DELAY,
    /** A second process, which still believes that it leads, begins a pass. */
    STRAY_PASS
  }

  private SearchScope(String title, List<SearchResource> start) {
    this.title = title;
    this.start = start;
    this.names = start.stream().map(SearchResource::name).toList();
  }

  static SearchScope of(String title, SearchResource... start) {
    return new SearchScope(title, List.of(start));
  }

  SearchScope allowing(int times, Trouble trouble) {
    budget.put(trouble, times);
    return this;
  }

  SearchScope acts(int times, Act... some) {
    acts.addAll(List.of(some));
    return allowing(times, Trouble.ACT);
  }

  /** The first resources are bound to an instance each. */
  SearchScope bound(int number) {
    bound = number;
    return this;
  }

  /** The first resources have a create that was sent by a process which is no more. */
  SearchScope open(int number) {
    open = number;
    return this;
  }

  /** Another process does so many passes, and believes all the time that it leads. */
  SearchScope strayPasses(int number) {
    processes = 2;
    return allowing(number, Trouble.STRAY_PASS);
  }

  SearchScope withoutLag() {
    lag = false;
    return this;
  }

  SearchScope takeoverForbidden() {
    takeoverAllowed = false;
    return this;
  }

  SearchScope with(SearchMistake made) {
    mistake = made;
    return this;
  }

  @Override
  public String toString() {
    return mistake == null ? title : title + ", " + mistake;
  }

  boolean makes(SearchMistake one) {
    return mistake == one;
  }
}
