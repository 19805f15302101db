package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.inventory.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeadershipTest {

  private final NanoClock clock = new NanoClock();
  private final Leadership leadership = Leadership.elected(clock);
  private final List<String> told = new ArrayList<>();

  @Test
  void isNotHeldBeforeItIsWon() {
    leadership.granted(clock.getAsLong(), Duration.ofSeconds(10));

    assertThat(leadership.isHeld()).isFalse();
  }

  @Test
  void isNotHeldByWhoStoodStillForLongerThanWasGranted() {
    leadership.won();
    leadership.granted(clock.getAsLong(), Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(9));
    boolean before = leadership.isHeld();

    clock.advance(Duration.ofSeconds(1));

    assertThat(before).isTrue();
    assertThat(leadership.isHeld()).isFalse();
    assertThat(leadership.isLeading()).as("what is still believed").isTrue();
  }

  @Test
  void isHeldAgainOnceItIsGrantedAnew() {
    leadership.won();
    leadership.granted(clock.getAsLong(), Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(11));

    leadership.granted(clock.getAsLong(), Duration.ofSeconds(10));

    assertThat(leadership.isHeld()).isTrue();
  }

  @Test
  void isToldOfOnceForEachChange() {
    leadership.listen(listener());

    leadership.won();
    leadership.won();
    leadership.lost();
    leadership.lost();
    leadership.won();

    assertThat(told).containsExactly("won", "lost", "won");
  }

  @Test
  void isToldAtOnceToWhoAsksLate() {
    leadership.won();

    leadership.listen(listener());

    assertThat(told).containsExactly("won");
  }

  @Test
  void withoutRivalsIsNeverLost() {
    Leadership unrivalled = Leadership.unrivalled();

    unrivalled.lost();

    assertThat(unrivalled.isHeld()).isTrue();
  }

  private Leadership.Listener listener() {
    return new Leadership.Listener() {
      @Override
      public void won() {
        told.add("won");
      }

      @Override
      public void lost() {
        told.add("lost");
      }
    };
  }
}
