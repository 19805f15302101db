package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EndlessRetryTest {

  @Test
  void triesSoonThenLessOftenAndNeverGivesUp() {
    var retry = new EndlessRetry().initExecution();

    var delays = Stream.generate(() -> retry.nextDelay().orElseThrow()).limit(10_000).toList();

    assertThat(delays.getFirst()).isEqualTo(500);
    assertThat(delays).isSorted();
    assertThat(delays.getLast()).isEqualTo(30_000);
    assertThat(retry.isLastAttempt()).isFalse();
  }

  @Test
  void countsForEachResourceAlone() {
    var one = new EndlessRetry();
    var first = one.initExecution();
    Stream.generate(first::nextDelay).limit(10).forEach(delay -> {});

    assertThat(one.initExecution().nextDelay()).contains(500L);
  }
}
