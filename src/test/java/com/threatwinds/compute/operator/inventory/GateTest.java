package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateTest {

  private final NanoClock clock = new NanoClock();

  @Test
  void letsEverythingThroughWithoutALimit() {
    Gate gate = new Gate(Optional.empty(), clock);

    assertThat(gate.pass()).isEmpty();
    assertThat(gate.pass()).isEmpty();
    assertThat(gate.closedFor()).isEmpty();
  }

  @Test
  void spreadsCallsOverTheMinuteAndSaysWhenTheNextMayGo() {
    Gate gate = new Gate(Optional.of(6), clock);

    assertThat(gate.pass()).isEmpty();
    assertThat(gate.pass()).hasValue(Duration.ofSeconds(10));

    clock.advance(Duration.ofSeconds(4));
    assertThat(gate.closedFor()).hasValue(Duration.ofSeconds(6));
    assertThat(gate.pass()).hasValue(Duration.ofSeconds(6));

    clock.advance(Duration.ofSeconds(6));
    assertThat(gate.closedFor()).isEmpty();
    assertThat(gate.pass()).isEmpty();
  }

  @Test
  void anIdleMinuteSavesUpNoBurst() {
    Gate gate = new Gate(Optional.of(6), clock);
    clock.advance(Duration.ofMinutes(10));

    assertThat(gate.pass()).isEmpty();
    assertThat(gate.pass()).hasValue(Duration.ofSeconds(10));
  }

  @Test
  void whoAsksInVainDoesNotPushTheNextTurnAway() {
    Gate gate = new Gate(Optional.of(60), clock);
    gate.pass();

    for (int i = 0; i < 100; i++) {
      gate.pass();
    }

    assertThat(gate.closedFor()).hasValue(Duration.ofSeconds(1));
  }

  @Test
  void staysClosedForTheLongestPauseThatWasAskedFor() {
    Gate gate = new Gate(Optional.empty(), clock);

    gate.close(Duration.ofSeconds(30));
    gate.close(Duration.ofSeconds(5));

    assertThat(gate.pass()).hasValue(Duration.ofSeconds(30));
    clock.advance(Duration.ofSeconds(30));
    assertThat(gate.pass()).isEmpty();
  }

  @Test
  void opensAtOnceWhenTold() {
    Gate gate = new Gate(Optional.empty(), clock);
    gate.close(Duration.ofMinutes(10));

    gate.open();

    assertThat(gate.pass()).isEmpty();
  }
}
