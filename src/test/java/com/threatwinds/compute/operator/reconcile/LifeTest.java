package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.reconcile.Life.Fact;
import com.threatwinds.compute.operator.reconcile.Life.Place;
import com.threatwinds.compute.operator.reconcile.Life.Told;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LifeTest {

  private static final Life LIFE = Life.all();

  private static Set<String> steps(Place from, Place to) {
    return LIFE.facts().stream()
        .filter(fact -> fact.from() == from && fact.to() == to)
        .map(Fact::step)
        .collect(Collectors.toSet());
  }

  @Test
  void tellsEveryReasonSomewhereAndAlwaysByTheSameCondition() {
    Set<Told> told =
        LIFE.facts().stream().flatMap(f -> f.told().stream()).collect(Collectors.toSet());

    assertThat(told.stream().map(Told::reason))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Reason.values()).map(Reason::toString).toList());
  }

  @Test
  void doesEverythingThatThereIsToDo() {
    List<String> done =
        LIFE.facts().stream().map(fact -> fact.step().replaceAll("[: ].*", "")).toList();

    assertThat(actions(Action.class))
        .filteredOn(kind -> kind != Action.Request.class) // by the words of the request
        .allSatisfy(kind -> assertThat(done).contains(kind.getSimpleName()));
    assertThat(done).contains("Restart", "Reset");
  }

  private static List<Class<?>> actions(Class<?> kind) {
    return kind.isSealed()
        ? Arrays.stream(kind.getPermittedSubclasses())
            .flatMap(sub -> actions(sub).stream())
            .toList()
        : List.of(kind);
  }

  @Test
  void reachesEveryPlace() {
    assertThat(Place.values())
        .filteredOn(place -> place != Place.NO_INSTANCE && place != Place.TO_TAKE_OVER)
        .filteredOn(place -> place != Place.UNSEEN)
        .allSatisfy(
            place ->
                assertThat(LIFE.facts())
                    .anyMatch(fact -> fact.to() == place && fact.from() != place));
  }

  @Test
  void knowsTheArrowsThatEverybodyKnows() {
    assertThat(steps(Place.NO_INSTANCE, Place.CREATE_OPEN)).containsExactly("Create");
    assertThat(steps(Place.RUNNING, Place.STOPPING)).containsExactly("Stop: Accepted");
    assertThat(steps(Place.TERMINATED, Place.STAGING)).contains("Start: Accepted");
    assertThat(steps(Place.ABSENT, Place.RELEASED)).contains("Release (gone)");
    assertThat(steps(Place.NO_INSTANCE, Place.PROVISIONING)).isEmpty();
    assertThat(steps(Place.PROVISIONING, Place.STOPPING)).isEmpty();
    assertThat(steps(Place.RUNNING, Place.NO_INSTANCE)).isEmpty();
  }

  @Test
  void stopsOnlyWhatShouldBeStoppedAndStartsOnlyWhatShouldRun() {
    assertThat(LIFE.facts())
        .filteredOn(fact -> fact.step().startsWith("Stop") || fact.step().startsWith("Start"))
        .isNotEmpty()
        .allSatisfy(
            fact ->
                assertThat(fact.power().orElseThrow().toString().equals("Stopped"))
                    .isEqualTo(fact.step().startsWith("Stop")));
  }
}
