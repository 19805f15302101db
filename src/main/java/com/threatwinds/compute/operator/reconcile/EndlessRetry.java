package com.threatwinds.compute.operator.reconcile;

import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.Retry;
import io.javaoperatorsdk.operator.processing.retry.RetryExecution;

/**
 * Tries again without end what a bug or a silent Kubernetes API broke: giving up would leave a
 * deleted resource's instance running for ever.
 *
 * <p>Given to the framework by {@link Wiring}, and not by its annotation: of that the extension
 * (QOSDK 7.7.3) records the first interval in some builds and not in others, because it has two
 * setters and Quarkus takes the one that the JVM happens to list last.
 */
final class EndlessRetry implements Retry {

  private static final int FIRST_MILLIS = 500;
  private static final int LONGEST_MILLIS = 30_000;

  private final GenericRetry retry =
      new GenericRetry()
          .withoutMaxAttempts()
          .setInitialInterval(FIRST_MILLIS)
          .setIntervalMultiplier(2)
          .setMaxInterval(LONGEST_MILLIS);

  @Override
  public RetryExecution initExecution() {
    return retry.initExecution();
  }
}
