package com.threatwinds.compute.operator.faults;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What a case does while its user waits. */
final class Meanwhile {

  private final CompletableFuture<Void> deed;

  private Meanwhile(CompletableFuture<Void> deed) {
    this.deed = deed;
  }

  static Meanwhile begin(Runnable deed) {
    return new Meanwhile(CompletableFuture.runAsync(deed, Thread::startVirtualThread));
  }

  /** It must have come to its end, and without a failure. */
  void end() throws Exception {
    try {
      deed.get(Stage.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the fault did not strike", e.getCause());
    }
  }
}
