package com.threatwinds.compute.operator.kubeproxy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.function.Supplier;

/** The one thread on which a proxy lives, and how a test's thread gets something done on it. */
final class EventLoop implements AutoCloseable {

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private volatile boolean closed;

  Vertx vertx() {
    return vertx;
  }

  /** Does it and waits until it is done; not to be called on the loop. */
  <T> T call(Supplier<Future<T>> work) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException("it would wait for itself");
    }
    Promise<T> result = Promise.promise();
    context.runOnContext(
        now -> Future.succeededFuture().compose(ready -> work.get()).onComplete(result));
    return result.future().toCompletionStage().toCompletableFuture().join();
  }

  /** Does it and waits until it is done; not to be called on the loop. */
  void run(Runnable work) {
    call(
        () -> {
          work.run();
          return Future.succeededFuture();
        });
  }

  /** Does it soon; nothing once the loop has ended. */
  void later(Runnable work) {
    if (!closed) {
      context.runOnContext(now -> work.run());
    }
  }

  Future<Void> after(Duration time) {
    Promise<Void> over = Promise.promise();
    vertx.setTimer(Math.max(1, time.toMillis()), timer -> over.complete());
    return over.future();
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
