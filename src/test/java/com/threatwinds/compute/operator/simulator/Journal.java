package com.threatwinds.compute.operator.simulator;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The record of every call that reached the API and of everything that changed there.
 *
 * <p>A commit takes its number while the world is locked, so that the order of {@link #changes} is
 * the order in which they happened. A call's answer is recorded just before its bytes go out: a
 * client that has its answer finds it here.
 */
public final class Journal {

  private final InstantSource clock;
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<OpenCall> entries = new ArrayDeque<>();
  private long lastNumber;

  /**
   * @param capacity how many entries are kept, the latest
   */
  Journal(InstantSource clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
  }

  /** Everything, out of band included, by arrival. */
  public List<Call> entries() {
    lock.lock();
    try {
      return entries.stream().map(OpenCall::snapshot).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Every call of a client, by arrival; some may still be under way. */
  public List<Call> calls() {
    return select(call -> true);
  }

  /** The calls of these operations, whether they changed something or not. */
  public List<Call> calls(Operation... operations) {
    List<Operation> wanted = Arrays.asList(operations);
    return select(call -> wanted.contains(call.operation()));
  }

  /** The calls that name this instance, or made it. */
  public List<Call> callsFor(String instanceId) {
    return select(call -> instanceId.equals(call.subject()));
  }

  /** Every call that was meant to change something, by arrival, committed or not. */
  public List<Call> attempts() {
    return select(call -> call.operation().isChange());
  }

  /** Every call of a client that did change something, in the order in which they happened. */
  public List<Call> changes() {
    return byCommit(select(Call::committed));
  }

  /** The changes of these operations, in the order in which they happened. */
  public List<Call> committed(Operation... operations) {
    List<Operation> wanted = Arrays.asList(operations);
    return byCommit(select(call -> call.committed() && wanted.contains(call.operation())));
  }

  /** What was changed by hand, in the order in which it happened. */
  public List<Call> outOfBand() {
    return byCommit(entries().stream().filter(Call::outOfBand).toList());
  }

  /** The calls that came after this number, by arrival. */
  public List<Call> since(long number) {
    return select(call -> call.number() > number);
  }

  /** The last number given, for {@link #since}. */
  public long mark() {
    lock.lock();
    try {
      return lastNumber;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything; numbers go on. */
  public void clear() {
    lock.lock();
    try {
      entries.clear();
    } finally {
      lock.unlock();
    }
  }

  /** The timeline, a line each. */
  public String render() {
    return entries().stream().map(Call::toString).collect(Collectors.joining("\n", "", "\n"));
  }

  @Override
  public String toString() {
    return render();
  }

  OpenCall received(
      Operation operation,
      String method,
      String path,
      @Nullable String instanceId,
      String account,
      String authentication) {
    return open(operation, method, path, instanceId, account, authentication, false);
  }

  /** To be called while the world is locked. */
  void changedByHand(Operation operation, String how, String account, Change change) {
    lock.lock();
    try {
      OpenCall entry = open(operation, "-", how, change.instanceId(), account, "none", true);
      entry.commit(change);
      entry.close(null);
    } finally {
      lock.unlock();
    }
  }

  private OpenCall open(
      Operation operation,
      String method,
      String path,
      @Nullable String instanceId,
      String account,
      String authentication,
      boolean outOfBand) {
    lock.lock();
    try {
      OpenCall call =
          new OpenCall(
              ++lastNumber,
              clock.instant(),
              operation,
              method,
              path,
              instanceId,
              account,
              authentication,
              outOfBand);
      entries.addLast(call);
      if (entries.size() > capacity) {
        entries.removeFirst();
      }
      return call;
    } finally {
      lock.unlock();
    }
  }

  private List<Call> select(Predicate<Call> wanted) {
    return entries().stream().filter(call -> !call.outOfBand()).filter(wanted).toList();
  }

  private static List<Call> byCommit(List<Call> calls) {
    return calls.stream().sorted(Comparator.comparingLong(Call::commit)).toList();
  }

  /** A call under way: what is not known yet when it arrives. Guarded by the journal's lock. */
  final class OpenCall {

    private final long number;
    private final Instant receivedAt;
    private final Operation operation;
    private final String method;
    private final String path;
    private final @Nullable String instanceId;
    private final String account;
    private final String authentication;
    private final boolean outOfBand;
    private final List<String> faults = new ArrayList<>();
    private long commit;
    private @Nullable Instant committedAt;
    private @Nullable Change change;
    private @Nullable Instant completedAt;
    private @Nullable Integer status;

    private OpenCall(
        long number,
        Instant receivedAt,
        Operation operation,
        String method,
        String path,
        @Nullable String instanceId,
        String account,
        String authentication,
        boolean outOfBand) {
      this.number = number;
      this.receivedAt = receivedAt;
      this.operation = operation;
      this.method = method;
      this.path = path;
      this.instanceId = instanceId;
      this.account = account;
      this.authentication = authentication;
      this.outOfBand = outOfBand;
    }

    /** To be called while the world is locked. */
    void commit(Change what) {
      lock.lock();
      try {
        commit = ++lastNumber;
        committedAt = clock.instant();
        change = what;
      } finally {
        lock.unlock();
      }
    }

    void fault(String what) {
      lock.lock();
      try {
        faults.add(what);
      } finally {
        lock.unlock();
      }
    }

    /**
     * @param answered null if nothing was, or will be, answered
     */
    void close(@Nullable Integer answered) {
      lock.lock();
      try {
        completedAt = clock.instant();
        status = answered;
      } finally {
        lock.unlock();
      }
    }

    private Call snapshot() {
      return new Call(
          number,
          commit,
          receivedAt,
          committedAt,
          completedAt,
          operation,
          method,
          path,
          instanceId,
          account,
          authentication,
          status,
          change,
          faults,
          outOfBand);
    }
  }
}
