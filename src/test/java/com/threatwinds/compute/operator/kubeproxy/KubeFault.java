package com.threatwinds.compute.operator.kubeproxy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fault that was put in, and the handle to it: wait until it struck, release what it holds, take
 * it out again.
 */
public final class KubeFault implements AutoCloseable {

  private final EventLoop loop;
  private final KubeMatch match;
  private final KubePhase phase;
  private final KubeEffect effect;
  private final Consumer<KubeFault> removal;
  private final Promise<Void> gate = Promise.promise();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition struck = lock.newCondition();
  private final List<KubeCall> calls = new ArrayList<>();
  private long covered;

  KubeFault(
      EventLoop loop,
      KubeMatch match,
      KubePhase phase,
      KubeEffect effect,
      Consumer<KubeFault> removal) {
    boolean shapesAnswer =
        switch (effect) {
          case KubeEffect.Reset reset -> false;
          case KubeEffect.Hang hang -> false;
          case KubeEffect.Status status -> true;
          case KubeEffect.Rewrite rewrite -> true;
        };
    if (phase == KubePhase.AFTER_ANSWER && shapesAnswer) {
      throw new IllegalArgumentException("after the answer only a hang or a reset can strike");
    }
    this.loop = loop;
    this.match = match;
    this.phase = phase;
    this.effect = effect;
    this.removal = removal;
  }

  public KubeMatch match() {
    return match;
  }

  public KubePhase phase() {
    return phase;
  }

  public KubeEffect effect() {
    return effect;
  }

  /** The calls that it has struck; a hang strikes when it begins to hold. */
  public List<KubeCall> calls() {
    lock.lock();
    try {
      return List.copyOf(calls);
    } finally {
      lock.unlock();
    }
  }

  public long hits() {
    return calls().size();
  }

  /**
   * Waits until it has struck a call; for a hang: until a call is held.
   *
   * @return that call
   * @throws AssertionError if that does not come about in time
   */
  public KubeCall awaitHit(Duration atMost) {
    return awaitHits(1, atMost);
  }

  /**
   * Waits until it has struck that many calls.
   *
   * @return the last of them
   * @throws AssertionError if that does not come about in time
   */
  public KubeCall awaitHits(int count, Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (calls.size() < count) {
        if (left <= 0) {
          throw new AssertionError(
              this + " struck " + calls.size() + " calls, not " + count + ", in " + atMost);
        }
        left = struck.awaitNanos(left);
      }
      return calls.get(count - 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + this, e);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of every call that it holds, and holds none any more. */
  public void release() {
    loop.later(gate::tryComplete);
  }

  /** Takes it out; what it holds goes on. */
  @Override
  public void close() {
    removal.accept(this);
    release();
  }

  /** The proxy is closed: what it holds is dropped, and not done. */
  void abandon() {
    gate.tryFail("the proxy is closed");
  }

  /** Counts a call that has arrived; whether it is one to strike. */
  boolean claims(KubeCall call) {
    return match.calls().test(call) && match.strikes(++covered);
  }

  /** What shapes an answer waits for there to be one, also if it was to strike earlier. */
  boolean strikesAt(KubePhase now) {
    return now == (effect instanceof KubeEffect.Rewrite ? KubePhase.AFTER_COMMIT : phase);
  }

  void strike(KubeCall call) {
    call.fault(phase + ": " + effect.describe());
    lock.lock();
    try {
      calls.add(call);
      struck.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Future<Void> hold(@Nullable Duration atMost) {
    return atMost == null
        ? gate.future()
        : Future.any(gate.future(), loop.after(atMost)).mapEmpty();
  }

  @Override
  public String toString() {
    return "fault (" + effect.describe() + ", " + phase + ", " + match + ")";
  }
}
