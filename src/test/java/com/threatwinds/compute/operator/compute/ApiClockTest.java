package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ApiClockTest {

  private static final Instant MIDNIGHT = Instant.parse("2026-01-01T00:00:00Z");
  private static final String DATE = "Thu, 01 Jan 2026 00:00:00 GMT";

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final ApiClock clock = new ApiClock(nanos::get);

  private static HttpHeaders headers(Map<String, String> headers) {
    Map<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return HttpHeaders.of(lists, (name, value) -> true);
  }

  private void pass(int seconds) {
    nanos.addAndGet(seconds * 1_000_000_000L);
  }

  @Test
  void tellsNothingUntilItWasSet() {
    assertThat(clock.now()).isEmpty();
  }

  @Test
  void goesOnFromTheDateAtTheMonotonicClocksPace() {
    long arrived = clock.reading();
    pass(5);

    clock.set(headers(Map.of("Date", DATE)), arrived);
    assertThat(clock.now()).hasValue(MIDNIGHT.plusSeconds(5));

    pass(600);
    assertThat(clock.now()).hasValue(MIDNIGHT.plusSeconds(605));
  }

  @Test
  void followsTheLastDate() {
    clock.set(headers(Map.of("Date", DATE)), clock.reading());
    pass(600);
    clock.set(headers(Map.of("Date", DATE)), clock.reading());

    assertThat(clock.now()).hasValue(MIDNIGHT);
  }

  @Test
  void keepsItsTimeWhereThereIsNoDateThatCanBeRead() {
    clock.set(headers(Map.of("Date", DATE)), clock.reading());
    clock.set(headers(Map.of("Date", "soon")), clock.reading());
    clock.set(headers(Map.of()), clock.reading());

    assertThat(clock.now()).hasValue(MIDNIGHT);
  }

  @Test
  void isNotSetByWhatACacheGave() {
    clock.set(headers(Map.of("Date", DATE, "Age", "3600")), clock.reading());

    assertThat(clock.now()).isEmpty();
  }
}
