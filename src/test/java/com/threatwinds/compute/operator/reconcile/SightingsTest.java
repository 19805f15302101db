package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.NanoClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SightingsTest {

  private static final InstanceId ID = new InstanceId("i-1");
  private static final Listing LISTING = new Listing(Map.of(), true, Errors.OURS);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final NanoClock clock = new NanoClock();
  private final Sightings sightings = new Sightings(clock);

  @Test
  void theTimeOfAnAttemptBeginsWhenItIsFirstSeen() {
    assertThat(sightings.attempt("a")).isZero();

    clock.advance(MINUTE);

    assertThat(sightings.attempt("a")).isEqualTo(MINUTE);
    assertThat(sightings.attempt("b")).isZero();
  }

  @Test
  void aSettledAttemptIsForgottenWithItsReadings() {
    sightings.attempt("a");
    sightings.read("a", new Sightings.Reading(LISTING, sightings.now()));
    clock.advance(MINUTE);

    sightings.settled("a");

    assertThat(sightings.attempt("a")).isZero();
    assertThat(sightings.reading("a")).isEmpty();
  }

  @Test
  void theFirstOfTwoReadsIsKeptUntilItIsUsedUp() {
    assertThat(sightings.reading("a")).isEmpty();

    sightings.read("a", new Sightings.Reading(LISTING, sightings.now()));
    clock.advance(MINUTE);

    var reading = sightings.reading("a").orElseThrow();
    assertThat(reading.listing()).isSameAs(LISTING);
    assertThat(sightings.since(reading.at())).isEqualTo(MINUTE);

    sightings.forgetReading("a");
    assertThat(sightings.reading("a")).isEmpty();
  }

  @Test
  void anAbsenceEndsWhenTheInstanceAnswers() {
    assertThat(sightings.absence(ID)).isZero();
    clock.advance(MINUTE);
    assertThat(sightings.absence(ID)).isEqualTo(MINUTE);

    sightings.present(ID);

    assertThat(sightings.absence(ID)).isZero();
  }

  @Test
  void isGoneWhatAnswered404TwiceThatFarApart() {
    assertThat(sightings.isGone(ID, MINUTE)).isFalse();
    sightings.absence(ID);
    clock.advance(MINUTE);
    assertThat(sightings.isGone(ID, MINUTE)).as("asked once").isFalse();

    sightings.absence(ID);

    assertThat(sightings.isGone(ID, MINUTE)).isTrue();
    assertThat(sightings.isGone(ID, MINUTE.plusNanos(1))).isFalse();
    sightings.present(ID);
    assertThat(sightings.isGone(ID, MINUTE)).isFalse();
  }

  @Test
  void failuresInARowAreCountedForEachResource() {
    assertThat(sightings.failed("a")).isEqualTo(1);
    assertThat(sightings.failed("a")).isEqualTo(2);
    assertThat(sightings.failed("b")).isEqualTo(1);

    sightings.succeeded("a");

    assertThat(sightings.failed("a")).isEqualTo(1);
    assertThat(sightings.failed("b")).isEqualTo(2);
  }
}
