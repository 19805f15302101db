package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.reconcile.SearchMemory.Age;
import com.threatwinds.compute.operator.reconcile.SearchScope.Act;
import com.threatwinds.compute.operator.reconcile.SearchScope.Trouble;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The world that the operator lives in: the API server, the account, the processes, people; and all
 * that can happen next in each of its states.
 *
 * <p>Each call is one step, so that between two calls of a pass anything else may happen. What
 * happens in a pass between its calls nobody else can see, and so it is no step.
 *
 * <p>Two promises are modelled and not searched beyond, since the operator rests on them: once the
 * time-out and the settle time of a create are over, its request neither leaves (its deadline) nor
 * takes effect any more, and what it made is in every list.
 */
final class SearchWorld {

  private final SearchScope scope;
  private final SearchTables tables;
  private final SearchLedger ledger;

  /** What is told of everything that can happen next. */
  interface Step {
    /**
     * @param trouble whether it is a fault or a person's act, and not the way of the world
     */
    void to(SearchState next, boolean trouble, Supplier<String> what);
  }

  SearchWorld(SearchTables tables, SearchLedger ledger) {
    this.tables = tables;
    this.scope = tables.scope();
    this.ledger = ledger;
  }

  SearchState start() {
    SearchState s = SearchState.empty(tables);
    for (int n = 0; n < scope.start.size(); n++) {
      SearchResource resource = scope.start.get(n);
      if (n < scope.bound) {
        resource = bound(resource, s.instance(s.make(0, true)));
      } else if (n < scope.open) {
        String attemptId = "a/" + resource.token() + "/0";
        s.attempt(s.announce(attemptId, resource), SearchState.POST, SearchState.ON_ITS_WAY);
        resource = open(resource, attemptId);
      }
      s.version(n, tables.number(resource));
    }
    for (int p = 0; p < scope.processes; p++) {
      s.synchronise(p);
      s.memory(p, SearchMemory.NONE);
    }
    scope.budget.forEach(s::allow);
    return s;
  }

  private static SearchResource bound(SearchResource resource, Instance instance) {
    return resource
        .withStatus(
            StatusReport.of(
                ComputeInstanceStatus.NONE,
                ComputeInstanceStatus.NONE,
                Desired.of(resource.resource()),
                new Observation.Orderable(Optional.of(ModelApi.ZONE)),
                new Action.Create(ModelApi.TEMPLATE, Optional.empty(), Optional.empty()),
                new Outcome.Made(new Seen(instance, Errors.OURS)),
                ModelApi.START))
        .annotated(Annotations.INSTANCE_ID, instance.id().value());
  }

  private static SearchResource open(SearchResource resource, String attemptId) {
    return resource.withStatus(
        StatusReport.attempting(
            resource.status(),
            Desired.of(resource.resource()),
            new CreateAttempt(
                attemptId,
                ModelApi.START.toString(),
                null,
                ModelApi.TEMPLATE,
                null,
                ModelApi.ZONE,
                List.of(),
                null,
                Errors.OURS.value(),
                null),
            ModelApi.START));
  }

  /** Everything that can happen next. */
  void steps(SearchState s, Step step) {
    for (int p = 0; p < scope.processes; p++) {
      SearchPass pass = s.pass(p);
      if (pass != null) {
        new Turn(s, p, pass, step).take();
      } else if (!s.isDone(p)) {
        idle(s, p, step);
      }
      crash(s, p, step);
    }
    account(s, step);
    if (s.may(Trouble.ACT)) {
      people(s, step);
    }
  }

  // -- a process between two passes

  private void idle(SearchState s, int p, Step step) {
    List<Integer> cache = s.cache(p);
    for (int n = 0; n < cache.size(); n++) {
      if (cache.get(n) != SearchState.NONE) {
        SearchPass pass = tables.begin(p + 1, s.memoryNumber(p), cache, n);
        SearchState begun = p == 0 ? s.copy() : s.after(Trouble.STRAY_PASS);
        Turn turn = new Turn(begun, p, pass, (next, t, what) -> step.to(next, t || p > 0, what));
        if (pass.call() instanceof SearchCall.End) {
          turn.reach(begun, pass);
          turn.tell(begun, false, () -> "looks at it");
        } else {
          turn.take();
        }
      }
    }
    SearchState polled = s.copy();
    polled.memory(p, tables.polled(s.memoryNumber(p), s.list()));
    tidy(polled, p);
    step.to(polled, false, () -> process(p) + " reads the list: " + SearchStory.told(s.list()));
    if (s.isStale(p)) {
      SearchState next = s.copy();
      hear(next, p);
      step.to(next, false, () -> process(p) + " hears of what changed");
    }
    s.memory(p)
        .attempts()
        .forEach(
            (id, age) -> {
              if (age == Age.YOUNG && isOver(s, id)) {
                SearchState next = s.copy();
                next.memory(p, s.memory(p).aged(id));
                step.to(next, false, () -> process(p) + " has waited for " + id);
              }
            });
  }

  private static String process(int p) {
    return "process " + (p + 1);
  }

  private static boolean isOver(SearchState s, String attemptId) {
    int a = s.attempt(attemptId);
    return a >= 0 && s.attempt(a, SearchState.OVER) == 1;
  }

  private void hear(SearchState next, int p) {
    List<Integer> before = next.cache(p);
    for (int n = 0; n < before.size(); n++) {
      SearchResource now = next.stored(n);
      if (before.get(n) != SearchState.NONE
          && (now == null || now.life() != tables.resource(before.get(n)).life())) {
        next.memory(p, SearchProcess.forgot(tables, next.memory(p), before.get(n)));
      }
    }
    next.synchronise(p);
    tidy(next, p);
  }

  /** Forgets what can never matter again, so that states that differ in nothing else are one. */
  private void tidy(SearchState s, int p) {
    if (s.isDone(p)) {
      s.memory(p, SearchMemory.NONE);
      s.forgetCache(p);
      return;
    }
    SearchMemory memory = s.memory(p);
    Set<String> open = new HashSet<>();
    Set<String> used = new HashSet<>();
    s.versions().forEach(version -> mark(version, open, used));
    s.cache(p).forEach(version -> mark(version, open, used));
    Map<String, Age> attempts = new TreeMap<>(memory.attempts());
    attempts.keySet().retainAll(open);
    Map<String, SearchMemory.Reading> readings = new TreeMap<>(memory.readings());
    readings.keySet().retainAll(open);
    Map<String, Boolean> absences = new TreeMap<>(memory.absences());
    absences.keySet().retainAll(used);
    List<Instance> created =
        memory.created().stream()
            .filter(i -> !isOver(s, s.madeBy(SearchState.place(i.id().value()))))
            .toList();
    s.memory(p, new SearchMemory(memory.listing(), created, attempts, readings, absences));
  }

  private void mark(int version, Set<String> open, Set<String> used) {
    if (version != SearchState.NONE) {
      SearchResource resource = tables.resource(version);
      Optional.ofNullable(resource.attempt()).ifPresent(a -> open.add(a.attemptId()));
      Optional.ofNullable(resource.bound()).ifPresent(used::add);
      Optional.ofNullable(resource.claim()).ifPresent(used::add);
    }
  }

  private void crash(SearchState s, int p, Step step) {
    SearchPass pass = s.pass(p);
    if (!s.may(Trouble.CRASH) || (pass == null && s.memory(p).equals(SearchMemory.NONE))) {
      return;
    }
    SearchState next = s.after(Trouble.CRASH);
    if (pass != null && pass.sent() != null) {
      ledger.lost(next, pass.sent());
    }
    next.pass(p, null);
    next.memory(p, SearchMemory.NONE);
    next.synchronise(p);
    tidy(next, p);
    step.to(next, true, () -> process(p) + " dies, and starts anew");
  }

  // -- a process in a pass

  /** The call that a pass waits for, with all that may come of it. */
  private final class Turn {

    private final SearchState s;
    private final int p;
    private final SearchPass pass;
    private final Step step;

    Turn(SearchState s, int p, SearchPass pass, Step step) {
      this.s = s;
      this.p = p;
      this.pass = pass;
      this.step = step;
    }

    void take() {
      switch (pass.call()) {
        case SearchCall.Live(String name, String uid) -> {
          SearchResource now = s.stored(place(name));
          boolean there = now != null && now.uid().equals(uid);
          goes(
              s.copy(),
              new SearchAnswer.Resources(there ? List.of(s.version(place(name))) : List.of()),
              () -> "reads it live: " + (there ? SearchStory.told(now) : "gone"));
        }
        case SearchCall.All() ->
            goes(s.copy(), new SearchAnswer.Resources(s.versions()), () -> "reads all resources");
        case SearchCall.WriteStatus write -> {
          ComputeInstanceStatus status = write.status();
          boolean forced =
              scope.makes(SearchMistake.NO_CONFLICT_CHECK)
                  && status.create() != null
                  && status.create().candidates() == null;
          write(
              write.name(),
              forced ? null : write.token(),
              now -> now.withStatus(status),
              () -> "writes " + SearchStory.told(status));
        }
        case SearchCall.Annotate(String name, String token, String id) ->
            write(
                name,
                token,
                now -> now.annotated(Annotations.INSTANCE_ID, id),
                () -> "annotates " + id);
        case SearchCall.Hold(String name, String token) ->
            write(name, token, now -> now.held(true), () -> "holds it");
        case SearchCall.Release(String name, String token) ->
            write(name, token, now -> now.held(false), () -> "lets it go");
        case SearchCall.Send(String attemptId) -> {
          boolean late = isOver(s, attemptId);
          goes(
              s.copy(),
              new SearchAnswer.Open(late),
              () -> late ? "would send the create, too late" : "sends the create " + attemptId);
        }
        case SearchCall.Await(String attemptId) -> await(attemptId, s.attempt(attemptId));
        case SearchCall.Get(String id) -> {
          int i = SearchState.place(id);
          SearchAnswer missing = new SearchAnswer.Missing();
          goes(
              s.copy(),
              s.lives(i) ? new SearchAnswer.Found(s.instance(i)) : missing,
              () -> "reads " + id + (s.lives(i) ? ": " + s.instance(i).state() : ": 404"));
          if (s.lives(i) && s.may(Trouble.DENIAL)) {
            fails(
                s.after(Trouble.DENIAL), missing, () -> "reads " + id + ": 404, though it exists");
          }
        }
        case SearchCall.Change(Operation operation, String id) -> change(operation, id);
        case SearchCall.End e -> throw new IllegalStateException("it ended");
        case SearchCall.Bug(String what) -> throw new SearchViolation(0, "a pass throws " + what);
      }
    }

    private int place(String name) {
      return scope.names.indexOf(name);
    }

    private void goes(SearchState next, SearchAnswer answer, Supplier<String> what) {
      goes(next, answer, false, what);
    }

    private void fails(SearchState next, SearchAnswer answer, Supplier<String> what) {
      goes(next, answer, true, what);
    }

    private void goes(
        SearchState next, SearchAnswer answer, boolean trouble, Supplier<String> what) {
      SearchPass after = tables.next(pass, answer);
      if (answer instanceof SearchAnswer.Open
          && after.call() instanceof SearchCall.Await(String attemptId)) {
        next.attempt(next.attempt(attemptId), SearchState.POST, SearchState.ON_ITS_WAY);
      }
      reach(next, after);
      tell(next, trouble, what);
    }

    /** The pass has come to there. */
    void reach(SearchState next, SearchPass after) {
      switch (after.call()) {
        case SearchCall.End(SearchMemory memory) -> {
          next.pass(p, null);
          ledger.ended(next, after);
          next.memory(p, memory);
          tidy(next, p);
        }
        case SearchCall.Bug(String what) -> throw new SearchViolation(0, "a pass throws " + what);
        default -> next.pass(p, after);
      }
    }

    void tell(SearchState next, boolean trouble, Supplier<String> what) {
      String name = scope.names.get(pass.resource());
      step.to(next, trouble, () -> process(p) + " on " + name + ": " + what.get());
    }

    // -- the API server

    private interface Edit {
      SearchResource of(SearchResource now);
    }

    /**
     * @param token the version that it must rest on; null for any
     */
    private void write(String name, @Nullable String token, Edit edit, Supplier<String> what) {
      SearchResource now = s.stored(place(name));
      boolean fits = now != null && (token == null || now.token().equals(token));
      SearchResource written = fits ? edit.of(Objects.requireNonNull(now)) : null;
      if (written == null) {
        goes(s.copy(), new SearchAnswer.Conflict(), () -> what.get() + ": conflict");
      } else {
        SearchState next = s.copy();
        store(next, now, written);
        goes(next, new SearchAnswer.Written(tables.number(written)), what);
      }
      if (s.may(Trouble.LOST_WRITE)) {
        SearchAnswer none = new SearchAnswer.NoAnswer();
        fails(s.after(Trouble.LOST_WRITE), none, () -> what.get() + ": not written, no answer");
        if (written != null) {
          SearchState next = s.after(Trouble.LOST_WRITE);
          store(next, now, written);
          fails(next, none, () -> what.get() + ": written, but no answer");
        }
      }
    }

    private void store(SearchState next, SearchResource before, SearchResource written) {
      boolean gone = written.deleting() && !written.held();
      next.version(place(before.name()), gone ? SearchState.NONE : tables.number(written));
      ledger.written(next, before, written, pass);
    }

    // -- the Compute API

    private void await(String attemptId, int a) {
      if (s.attempt(a, SearchState.POST) == SearchState.COMMITTED) {
        Instance made = s.instance(s.madeBy(attemptId));
        goes(s.copy(), new SearchAnswer.Found(made), () -> "is answered: " + made.id());
      } else if (s.may(Trouble.REFUSAL)) {
        SearchState next = s.after(Trouble.REFUSAL);
        next.attempt(a, SearchState.POST, SearchState.DEAD);
        fails(next, new SearchAnswer.Refused(), () -> "is refused");
      }
      if (s.may(Trouble.LOST_ANSWER)) {
        SearchState next = s.after(Trouble.LOST_ANSWER);
        if (scope.makes(SearchMistake.POST_RETRIED)) {
          if (s.attempt(a, SearchState.POST) == SearchState.ON_ITS_WAY) {
            commit(next, a);
          }
          commit(next, a);
        }
        ledger.lost(next, attemptId);
        fails(next, new SearchAnswer.NoAnswer(), () -> "gets no answer");
      }
    }

    private void change(Operation operation, String id) {
      int i = SearchState.place(id);
      String call = operation + " " + id;
      SearchAnswer none = new SearchAnswer.NoAnswer();
      if (s.lives(i)) {
        goes(taken(s.copy(), operation, id), new SearchAnswer.Done(), () -> call);
      } else {
        goes(s.copy(), new SearchAnswer.Missing(), () -> call + ": 404");
      }
      if (s.may(Trouble.LOST_ANSWER)) {
        if (s.lives(i)) {
          SearchState done = taken(s.after(Trouble.LOST_ANSWER), operation, id);
          fails(done, none, () -> call + ": done, but no answer");
        }
        SearchState next = s.after(Trouble.LOST_ANSWER);
        ledger.notDone(next, operation, i);
        fails(next, none, () -> call + ": not done, no answer");
      }
      if (s.may(Trouble.REFUSAL)) {
        SearchState next = s.after(Trouble.REFUSAL);
        ledger.notDone(next, operation, i);
        fails(next, new SearchAnswer.Refused(), () -> call + ": refused");
      }
    }

    private SearchState taken(SearchState next, Operation operation, String id) {
      ledger.taken(next, pass, operation, id);
      return next;
    }
  }

  // -- the account

  private void account(SearchState s, Step step) {
    for (int a = 0; a < SearchState.ATTEMPTS; a++) {
      if (s.isAttempt(a)) {
        attempt(s, a, s.attemptId(a), step);
      }
    }
    for (int i = 0; i < SearchState.INSTANCES; i++) {
      String id = SearchState.id(i);
      if (s.lives(i) && s.instance(i, SearchState.LISTED) == 0) {
        SearchState next = s.copy();
        next.instance(i, SearchState.LISTED, 1);
        step.to(next, false, () -> "the list shows " + id);
      }
      if (s.lives(i) && s.may(Trouble.VANISHING)) {
        SearchState next = s.after(Trouble.VANISHING);
        next.instance(i, SearchState.LIFE, SearchState.GONE);
        step.to(next, true, () -> "somebody else deletes " + id);
      }
    }
    if (s.may(Trouble.TWIN)) {
      SearchState next = s.after(Trouble.TWIN);
      int made = next.make(0, !scope.lag);
      next.instance(made, SearchState.FOREIGN, 1);
      step.to(next, true, () -> "somebody else makes " + SearchState.id(made));
    }
  }

  private void attempt(SearchState s, int a, String id, Step step) {
    if (s.attempt(a, SearchState.POST) == SearchState.ON_ITS_WAY) {
      SearchState next = s.copy();
      int made = commit(next, a);
      step.to(next, false, () -> "the API makes " + SearchState.id(made) + " for " + id);
      if (!s.isAwaited(id)) {
        SearchState lost = s.copy();
        lost.attempt(a, SearchState.POST, SearchState.DEAD);
        step.to(lost, false, () -> "the request " + id + " comes to nothing");
      }
    } else if (s.attempt(a, SearchState.OVER) == 0) {
      boolean slow = s.isUnsent(id);
      if (!slow || s.may(Trouble.DELAY)) {
        SearchState next = slow ? s.after(Trouble.DELAY) : s.copy();
        over(next, a, id);
        step.to(next, slow, () -> "the time of " + id + " is over");
      }
    }
  }

  private int commit(SearchState next, int a) {
    int made = next.make(a + 1, !scope.lag || next.attempt(a, SearchState.OVER) == 1);
    next.attempt(a, SearchState.POST, SearchState.COMMITTED);
    ledger.made(next);
    return made;
  }

  /** Time goes by, until that attempt can do nothing more that does not show. */
  private void over(SearchState next, int a, String attemptId) {
    next.attempt(a, SearchState.OVER, 1);
    for (int i = 0; i < SearchState.INSTANCES; i++) {
      if (next.lives(i) && attemptId.equals(next.madeBy(i))) {
        next.instance(i, SearchState.LISTED, 1);
      }
    }
    for (int p = 0; p < scope.processes; p++) {
      next.memory(p, next.memory(p).aged(attemptId));
      tidy(next, p);
    }
  }

  // -- people

  private void people(SearchState s, Step step) {
    for (Act act : scope.acts) {
      for (int n = 0; n < scope.start.size(); n++) {
        SearchResource now = s.stored(n);
        if (now != null && (!now.deleting() || act == Act.ANSWER)) {
          SearchState next = s.after(Trouble.ACT);
          SearchResource edited = edited(next, act, now);
          if (edited != null) {
            boolean gone = edited.deleting() && !edited.held();
            next.version(n, gone ? SearchState.NONE : tables.number(edited));
            step.to(next, true, () -> "a person: " + act + " " + now.name());
          }
        }
      }
    }
  }

  private @Nullable SearchResource edited(SearchState next, Act act, SearchResource now) {
    return switch (act) {
      case DELETE -> now.deleted();
      case RETAIN -> now.spec().deletionPolicy() == null ? now.retained() : null;
      case RUN -> power(now, Power.RUNNING, null, 0);
      case STOP -> power(now, Power.STOPPED, null, 0);
      case RESET_1 -> power(now, Power.RESET, "1", 1);
      case RESET_2 -> power(now, Power.RESET, "2", 2);
      case RESET -> bare(next, now, Power.RESET);
      case RESTART -> bare(next, now, Power.RESTART);
      case RESTORE -> {
        String copy = now.annotations().get(Annotations.INSTANCE_ID);
        if (copy == null || !copy.equals(now.bound())) {
          ledger.letGo(next, now);
        }
        yield now.restored(true);
      }
      case REBUILD -> {
        ledger.letGo(next, now);
        yield now.restored(false);
      }
      case COPY -> copy(next, now);
      case ANSWER -> answer(next, now);
    };
  }

  private static @Nullable SearchResource power(
      SearchResource now, Power power, @Nullable String request, int asks) {
    return now.spec().power() == power && Objects.equals(now.spec().powerRequestId(), request)
        ? null
        : now.power(power, request, asks);
  }

  /** Without an id it is a request whenever the value changes to it, and only then. */
  private static @Nullable SearchResource bare(SearchState next, SearchResource now, Power power) {
    return now.spec().power() == power ? null : now.power(power, null, 2 + next.newRequest());
  }

  private @Nullable SearchResource copy(SearchState next, SearchResource now) {
    SearchResource first = next.stored(0);
    String id = first == null ? null : first.annotations().get(Annotations.INSTANCE_ID);
    return id == null || !now.name().equals(scope.names.getLast()) || now.claim() != null
        ? null
        : now.annotated(Annotations.INSTANCE_ID, id);
  }

  private @Nullable SearchResource answer(SearchState next, SearchResource now) {
    CreateAttempt attempt = now.attempt();
    return attempt == null
            || attempt.candidates() == null
            || now.annotations().containsKey(Annotations.RESOLVE_CREATE)
        ? null
        : now.annotated(
            Annotations.RESOLVE_CREATE, ledger.answer(next, attempt, attempt.candidates()));
  }
}
