package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.Instance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for all that a state is made of, so that a state is a few integers: equal things have one
 * number. Nothing has the number 0.
 */
final class SearchTables {

  private final SearchScope scope;
  private final Numbers<SearchResource> resources = new Numbers<>();
  private final List<@Nullable ComputeInstance> production = new ArrayList<>();
  private final Numbers<SearchMemory> memories = new Numbers<>();
  private final Numbers<String> attempts = new Numbers<>();
  private final List<SearchPass> passes = new ArrayList<>();
  private final Map<Begin, SearchPass> begun = new HashMap<>();
  private final Map<Poll, SearchMemory> polls = new HashMap<>();

  private record Begin(int process, int memory, List<Integer> cache, int resource) {}

  private record Poll(int memory, List<Instance> list) {}

  /** Things, numbered in the order in which they were first seen. */
  private static final class Numbers<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> things = new ArrayList<>();

    private int of(T thing) {
      return numbers.computeIfAbsent(
          thing,
          t -> {
            things.add(t);
            return things.size();
          });
    }

    private T thing(int number) {
      return things.get(number - 1);
    }
  }

  SearchTables(SearchScope scope) {
    this.scope = scope;
  }

  SearchScope scope() {
    return scope;
  }

  int number(SearchResource resource) {
    return resources.of(resource);
  }

  SearchResource resource(int number) {
    return resources.thing(number);
  }

  /** The same, as production reads it; never changed. */
  ComputeInstance production(int number) {
    while (production.size() <= number) {
      production.add(null);
    }
    ComputeInstance made = production.get(number);
    if (made == null) {
      made = resource(number).resource();
      if (scope.makes(SearchMistake.NOT_HELD)) {
        made.addFinalizer(ComputeInstance.FINALIZER);
      }
      production.set(number, made);
    }
    return made;
  }

  int number(SearchMemory memory) {
    return memories.of(memory);
  }

  SearchMemory memory(int number) {
    return memories.thing(number);
  }

  int attempt(String id) {
    return attempts.of(id);
  }

  String attempt(int number) {
    return attempts.thing(number);
  }

  /** A pass that begins, up to its first call. */
  SearchPass begin(int process, int memory, List<Integer> cache, int resource) {
    return begun.computeIfAbsent(
        new Begin(process, memory, cache, resource),
        b ->
            numbered(
                new SearchPass(
                    passes.size() + 1, b.process, memory(b.memory), b.cache, b.resource, this)));
  }

  /** A pass that was answered, up to its next call. */
  SearchPass next(SearchPass pass, SearchAnswer answer) {
    SearchPass known = pass.next().get(answer);
    if (known == null) {
      known = numbered(new SearchPass(passes.size() + 1, pass, answer, this));
      pass.next().put(answer, known);
    }
    return known;
  }

  private SearchPass numbered(SearchPass pass) {
    passes.add(pass);
    return pass;
  }

  SearchPass pass(int number) {
    return Objects.requireNonNull(passes.get(number - 1));
  }

  /** The memory after a list was read between two passes. */
  SearchMemory polled(int memory, List<Instance> list) {
    return polls.computeIfAbsent(
        new Poll(memory, list), p -> SearchProcess.polled(this, memory(p.memory), p.list));
  }
}
