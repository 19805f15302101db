package com.threatwinds.compute.operator.simulator;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fault that was put in, and the handle to it: wait until it struck, release what it holds, take
 * it out again.
 */
public final class ActiveFault implements AutoCloseable {

  private enum Gate {
    SHUT,
    OPEN,
    ABANDONED
  }

  private final int id;
  private final Match match;
  private final Phase phase;
  private final Effect effect;
  private final Runnable removal;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long covered;
  private long hits;
  private Gate gate = Gate.SHUT;

  ActiveFault(int id, Match match, Phase phase, Effect effect, Runnable removal) {
    this.id = id;
    this.match = match;
    this.phase = phase;
    this.effect = effect;
    this.removal = removal;
    boolean shapesAnswer =
        switch (effect) {
          case Effect.Hang hang -> false;
          case Effect.Reset reset -> false;
          case Effect.HalfBody half -> true;
          case Effect.Drip drip -> true;
          case Effect.Status status -> true;
          case Effect.Respond respond -> true;
          case Effect.Redirect redirect -> true;
          case Effect.HugeBody huge -> true;
          case Effect.HostileHeaders hostile -> true;
          case Effect.Rewrite rewrite -> true;
        };
    if (phase == Phase.AFTER_ANSWER && shapesAnswer) {
      throw new IllegalArgumentException("after the answer only a hang or a reset can strike");
    }
  }

  public int id() {
    return id;
  }

  public Match match() {
    return match;
  }

  public Phase phase() {
    return phase;
  }

  public Effect effect() {
    return effect;
  }

  /** How many calls it has struck: a hang counts when it begins to hold. */
  public long hits() {
    lock.lock();
    try {
      return hits;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until it has struck a call; for a hang: until a call is held.
   *
   * @throws AssertionError if that does not come about in time
   */
  public void awaitHit(Duration atMost) {
    awaitHits(1, atMost);
  }

  /**
   * Waits until it has struck that many calls.
   *
   * @throws AssertionError if that does not come about in time
   */
  public void awaitHits(long count, Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (hits < count) {
        if (left <= 0) {
          throw new AssertionError(
              this + " struck " + hits + " calls, not " + count + ", in " + atMost);
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + this, e);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of every call that it holds, and holds none any more. */
  public void release() {
    turn(Gate.OPEN);
  }

  /** Takes it out; what it holds goes on. */
  @Override
  public void close() {
    removal.run();
    release();
  }

  /** The simulator is closed: what it holds is dropped, and not done. */
  void abandon() {
    turn(Gate.ABANDONED);
  }

  /** Counts a call that has arrived; whether it is one to strike. */
  boolean claims(Operation operation, @Nullable String instanceId, @Nullable String account) {
    if (!match.covers(operation, instanceId, account)) {
      return false;
    }
    lock.lock();
    try {
      return match.strikes(++covered);
    } finally {
      lock.unlock();
    }
  }

  void strike() {
    lock.lock();
    try {
      hits++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * @return false if the simulator was closed meanwhile
   */
  boolean hold(@Nullable Duration atMost) throws InterruptedException {
    long left = atMost == null ? Long.MAX_VALUE : atMost.toNanos();
    lock.lock();
    try {
      while (gate == Gate.SHUT && left > 0) {
        if (atMost == null) {
          changed.await(1, TimeUnit.HOURS);
        } else {
          left = changed.awaitNanos(left);
        }
      }
      return gate != Gate.ABANDONED;
    } finally {
      lock.unlock();
    }
  }

  private void turn(Gate next) {
    lock.lock();
    try {
      if (gate != Gate.ABANDONED) {
        gate = next;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "fault " + id + " (" + effect.describe() + ", " + phase + ", " + match + ")";
  }
}
