package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.reconcile.SearchScope.Trouble;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The world at one moment, in a few integers: there are millions of them. Changed only by who made
 * the copy.
 */
final class SearchState {

  /** The most instances and attempts in one state. */
  static final int INSTANCES = 5;

  static final int ATTEMPTS = 5;
  static final int NONE = 0;

  /** Some of the bits of a number. */
  record Bits(int shift, int width) {
    int of(int number) {
      return (number >>> shift) & ((1 << width) - 1);
    }

    int in(int number, int value) {
      if (value >>> width != 0) {
        throw new IllegalStateException(value + " does not fit");
      }
      return (number & ~(((1 << width) - 1) << shift)) | (value << shift);
    }
  }

  // an instance
  static final Bits LIFE = new Bits(0, 2);
  static final Bits POWER = new Bits(2, 3);
  static final Bits LISTED = new Bits(5, 1);
  static final Bits FOREIGN = new Bits(6, 1);
  static final Bits MADE_BY = new Bits(7, 4);

  /** Nobody may ask any more what becomes of it. */
  static final Bits LET_GO = new Bits(11, 1);

  static final int LIVES = 1;
  static final int GONE = 2;

  // an attempt
  static final Bits ID = new Bits(0, 16);
  static final Bits POST = new Bits(16, 2);
  static final Bits OVER = new Bits(18, 1);

  /** Nobody can know of it any more. */
  static final Bits FORGOTTEN = new Bits(19, 1);

  /** The resource that it is for. */
  static final Bits UID = new Bits(20, 6);

  /** It was announced by a pass that knew of what somebody else had made. */
  static final Bits TWIN_KNOWN = new Bits(26, 1);

  static final int ON_ITS_WAY = 1;
  static final int COMMITTED = 2;
  static final int DEAD = 3;

  // beside the calls that were made for each request
  private static final Bits SPARES = new Bits(24, 3);
  private static final Bits REQUESTS_MADE = new Bits(27, 3);

  private final SearchTables tables;
  private final int names;
  private final int processes;
  private final int[] all;

  private SearchState(SearchTables tables, int[] all) {
    this.tables = tables;
    this.names = tables.scope().start.size();
    this.processes = tables.scope().processes;
    this.all = all;
  }

  static SearchState of(SearchTables tables, int[] numbers) {
    return new SearchState(tables, numbers);
  }

  /** Nothing is there yet, and no process has begun. */
  static SearchState empty(SearchTables tables) {
    SearchScope scope = tables.scope();
    int size = scope.start.size() + scope.processes * (scope.start.size() + 2);
    return new SearchState(tables, new int[size + INSTANCES + ATTEMPTS + 2]);
  }

  SearchState copy() {
    return new SearchState(tables, all.clone());
  }

  int[] numbers() {
    return all;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SearchState that && Arrays.equals(all, that.all);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(all);
  }

  // -- the API server

  /** The number of that resource's version; nothing if there is none. */
  int version(int name) {
    return all[name];
  }

  void version(int name, int version) {
    all[name] = version;
  }

  @Nullable SearchResource stored(int name) {
    return all[name] == NONE ? null : tables.resource(all[name]);
  }

  List<SearchResource> stored() {
    List<SearchResource> stored = new ArrayList<>(names);
    for (int n = 0; n < names; n++) {
      if (all[n] != NONE) {
        stored.add(tables.resource(all[n]));
      }
    }
    return stored;
  }

  List<Integer> versions() {
    return Arrays.stream(all, 0, names).filter(v -> v != NONE).boxed().toList();
  }

  int uid(SearchResource resource) {
    return tables.scope().names.indexOf(resource.name()) * 8 + resource.life();
  }

  boolean isStored(int uid) {
    return stored().stream().anyMatch(r -> uid(r) == uid);
  }

  boolean isBound(int place) {
    return stored().stream().anyMatch(r -> id(place).equals(r.bound()));
  }

  /** Whether a resource's status has that attempt. */
  boolean isOpen(String attemptId) {
    return stored().stream()
        .anyMatch(r -> r.attempt() != null && attemptId.equals(r.attempt().attemptId()));
  }

  boolean isAnyOpen() {
    return stored().stream().anyMatch(r -> r.attempt() != null);
  }

  // -- the processes

  private int cacheAt(int process) {
    return names + process * (names + 2);
  }

  List<Integer> cache(int process) {
    int at = cacheAt(process);
    return Arrays.stream(all, at, at + names).boxed().toList();
  }

  /** Whether something changed that its informer has not heard of. */
  boolean isStale(int process) {
    int at = cacheAt(process);
    return !Arrays.equals(all, 0, names, all, at, at + names);
  }

  /** Its informer hears of all that is. */
  void synchronise(int process) {
    System.arraycopy(all, 0, all, cacheAt(process), names);
  }

  int memoryNumber(int process) {
    return all[cacheAt(process) + names];
  }

  SearchMemory memory(int process) {
    return tables.memory(memoryNumber(process));
  }

  void memory(int process, SearchMemory memory) {
    if (memoryNumber(process) == NONE || memory(process) != memory) {
      all[cacheAt(process) + names] = tables.number(memory);
    }
  }

  @Nullable SearchPass pass(int process) {
    int number = all[cacheAt(process) + names + 1];
    return number == NONE ? null : tables.pass(number);
  }

  void pass(int process, @Nullable SearchPass pass) {
    all[cacheAt(process) + names + 1] = pass == null ? NONE : pass.number();
  }

  /** Whether it is one of the past, and will never do anything again. */
  boolean isDone(int process) {
    return process > 0 && pass(process) == null && !may(Trouble.STRAY_PASS);
  }

  /** What is forgotten for good can't make two states of one. */
  void forgetCache(int process) {
    Arrays.fill(all, cacheAt(process), cacheAt(process) + names, NONE);
  }

  /** Whether a pass waits for that attempt's answer, or has it and has not ended. */
  boolean isAwaited(String attemptId) {
    for (int p = 0; p < processes; p++) {
      SearchPass pass = pass(p);
      if (pass != null && attemptId.equals(pass.sent())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a pass is about to send it. */
  boolean isUnsent(String attemptId) {
    for (int p = 0; p < processes; p++) {
      SearchPass pass = pass(p);
      if (pass != null && pass.call().equals(new SearchCall.Send(attemptId))) {
        return true;
      }
    }
    return false;
  }

  // -- the account

  static int place(String instanceId) {
    return Integer.parseInt(instanceId.substring("i-".length())) - 1;
  }

  static String id(int place) {
    return "i-" + (place + 1);
  }

  private int instanceAt(int place) {
    return cacheAt(processes) + place;
  }

  int instance(int place, Bits bits) {
    return bits.of(all[instanceAt(place)]);
  }

  void instance(int place, Bits bits, int value) {
    all[instanceAt(place)] = bits.in(all[instanceAt(place)], value);
  }

  boolean lives(int place) {
    return instance(place, LIFE) == LIVES;
  }

  boolean isForeign(int place) {
    return instance(place, FOREIGN) == 1;
  }

  Instance instance(int place) {
    return ModelApi.instance(id(place), InstanceState.values()[instance(place, POWER)]);
  }

  /**
   * A new one.
   *
   * @param madeBy the place of its attempt, counted from 1
   */
  int make(int madeBy, boolean listed) {
    for (int i = 0; i < INSTANCES; i++) {
      if (instance(i, LIFE) == NONE) {
        instance(i, LIFE, LIVES);
        instance(i, POWER, InstanceState.RUNNING.ordinal());
        instance(i, LISTED, listed ? 1 : 0);
        instance(i, MADE_BY, madeBy);
        return i;
      }
    }
    throw new IllegalStateException("more instances than a state has room for");
  }

  /** The account's list, as it would be answered now. */
  List<Instance> list() {
    List<Instance> list = new ArrayList<>();
    for (int i = 0; i < INSTANCES; i++) {
      if (lives(i) && instance(i, LISTED) == 1) {
        list.add(instance(i));
      }
    }
    return list;
  }

  /** Whether it lives, and was made for a resource that has not let it go. */
  boolean isOurs(int place) {
    int made = instance(place, MADE_BY);
    return lives(place)
        && !isForeign(place)
        && instance(place, LET_GO) == 0
        && (made == 0 || attempt(made - 1, FORGOTTEN) == 0);
  }

  // -- the attempts

  private int attemptAt(int a) {
    return instanceAt(INSTANCES) + a;
  }

  int attempt(int a, Bits bits) {
    return bits.of(all[attemptAt(a)]);
  }

  void attempt(int a, Bits bits, int value) {
    all[attemptAt(a)] = bits.in(all[attemptAt(a)], value);
  }

  boolean isAttempt(int a) {
    return attempt(a, ID) != NONE;
  }

  String attemptId(int a) {
    return tables.attempt(attempt(a, ID));
  }

  /** The place of that attempt; -1 if it was never announced. */
  int attempt(@Nullable String id) {
    for (int a = 0; id != null && a < ATTEMPTS; a++) {
      if (isAttempt(a) && attemptId(a).equals(id)) {
        return a;
      }
    }
    return -1;
  }

  int announce(String attemptId, SearchResource resource) {
    for (int a = 0; a < ATTEMPTS; a++) {
      if (!isAttempt(a)) {
        attempt(a, ID, tables.attempt(attemptId));
        attempt(a, UID, uid(resource));
        return a;
      }
    }
    throw new IllegalStateException("more attempts than a state has room for");
  }

  /** The attempt that made that instance; empty if none of ours did. */
  @Nullable String madeBy(int place) {
    int made = instance(place, MADE_BY);
    return made == 0 ? null : attemptId(made - 1);
  }

  /** What that attempt made. */
  int madeBy(String attemptId) {
    for (int i = 0; i < INSTANCES; i++) {
      if (attemptId.equals(madeBy(i))) {
        return i;
      }
    }
    throw new IllegalStateException(attemptId + " made nothing");
  }

  // -- what was counted

  private int countsAt() {
    return attemptAt(ATTEMPTS);
  }

  private int count(int at, Bits bits, int more) {
    int now = bits.of(all[at]) + more;
    all[at] = bits.in(all[at], now);
    return now;
  }

  /** How many instances are left over without anybody's knowing which. */
  int spares() {
    return SPARES.of(all[countsAt()]);
  }

  void spare() {
    count(countsAt(), SPARES, 1);
  }

  /** Names one more request by spec without an id. */
  int newRequest() {
    return count(countsAt(), REQUESTS_MADE, 1);
  }

  /** How many restarts and resets were made for that request. */
  int calls(int request) {
    return new Bits(2 * request, 2).of(all[countsAt()]);
  }

  int called(int request) {
    return count(countsAt(), new Bits(2 * request, 2), 1);
  }

  private static Bits budget(Trouble trouble) {
    return new Bits(3 * trouble.ordinal(), 3);
  }

  void allow(Trouble trouble, int times) {
    count(countsAt() + 1, budget(trouble), times);
  }

  boolean may(Trouble trouble) {
    return budget(trouble).of(all[countsAt() + 1]) > 0;
  }

  /** Whether anything went wrong so far. */
  boolean isInTrouble() {
    return Arrays.stream(Trouble.values())
        .filter(trouble -> trouble != Trouble.ACT)
        .anyMatch(
            trouble ->
                budget(trouble).of(all[countsAt() + 1])
                    < tables.scope().budget.getOrDefault(trouble, 0));
  }

  /** The same, and one trouble of that kind the fewer to come. */
  SearchState after(Trouble trouble) {
    SearchState next = copy();
    next.count(countsAt() + 1, budget(trouble), -1);
    return next;
  }
}
