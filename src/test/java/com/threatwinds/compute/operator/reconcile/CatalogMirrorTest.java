package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeTemplateStatus;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.inventory.Catalog;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.inventory.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogMirrorTest {

  private static final Duration INTERVAL = Duration.ofMinutes(10);

  private final NanoClock clock = new NanoClock();
  private final ModelApi api = new ModelApi();
  private final ModelTemplates store = new ModelTemplates();
  private final Set<String> wanted = new HashSet<>();
  private final Catalog catalog = new Catalog(api, clock);
  private final CatalogMirror mirror = mirror(INTERVAL);
  private boolean leads = true;

  private CatalogMirror mirror(Duration interval) {
    return new CatalogMirror(catalog, store, () -> wanted, () -> leads, interval, clock);
  }

  /** The next refresh, when it is due. */
  private List<String> next() {
    clock.advance(mirror.refresh());
    return store.writes();
  }

  private int calls() {
    return api.calls().size();
  }

  // -- what is written

  @Test
  void showsWhatTheApiOffers() {
    assertThat(next()).containsExactly("create large", "create small");

    assertThat(store.status("small"))
        .isEqualTo(
            new ComputeTemplateStatus(
                "small",
                "small",
                null,
                "e2-small",
                10L,
                "ssd",
                "img",
                "eu-west1",
                List.of("eu-west1-a", "eu-west1-b"),
                "eu-west1-a",
                true));
  }

  @Test
  void writesNothingWhileNothingChanges() {
    next();

    for (int i = 0; i < 10; i++) {
      assertThat(next()).isEmpty();
    }
  }

  @Test
  void aRestartReadsNothingWhereAnotherProcessHasWrittenAll() {
    assertThat(mirror.beforeFirst()).as("nothing is there").isZero();
    next();

    assertThat(mirror.beforeFirst()).isEqualTo(INTERVAL);

    store.stored().put("half-made", ComputeTemplateStatus.NONE);
    assertThat(mirror.beforeFirst()).isZero();
  }

  @Test
  void mendsWhatSomebodyEditedMadeOrDeleted() {
    next();
    store.stored().put("small", store.status("small").unavailable());
    store.stored().remove("large");
    store.stored().put("by-hand", ComputeTemplateStatus.NONE);

    assertThat(next()).containsExactlyInAnyOrder("create large", "update small", "update by-hand");
    assertThat(store.status("small").available()).isTrue();
    assertThat(next()).containsExactly("delete by-hand");
  }

  @Test
  void marksATemplateThatVanishedAndRemovesItAnIntervalLater() {
    next();
    api.offer(List.of("small"));

    assertThat(next()).containsExactly("update large");
    assertThat(store.status("large").available()).isFalse();
    assertThat(store.status("large").machineType()).isEqualTo("e2-large");
    assertThat(next()).containsExactly("delete large");
    assertThat(store.stored()).containsOnlyKeys("small");
  }

  @Test
  void keepsATemplateThatVanishedForAsLongAsAResourceNamesIt() {
    wanted.add("large");
    next();
    api.offer(List.of("small"));
    next();

    for (int i = 0; i < 5; i++) {
      assertThat(next()).isEmpty();
    }
    wanted.clear();

    assertThat(next()).containsExactly("delete large");
  }

  @Test
  void removesNothingSoonerBecauseItIsAskedToLookMoreOften() {
    next();
    api.offer(List.of("small"));
    mirror.refresh();
    store.writes();

    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofMinutes(1));
      mirror.refresh();
      assertThat(store.writes()).isEmpty();
    }

    assertThat(store.stored()).containsKey("large");
  }

  @Test
  void takesItsTimeAnewWhenItBeginsToLead() {
    next();
    api.offer(List.of("small"));
    next();
    var successor = new CatalogMirror(catalog, store, () -> wanted, () -> true, INTERVAL, clock);

    successor.refresh();
    assertThat(store.writes()).isEmpty();
    clock.advance(INTERVAL);
    successor.refresh();

    assertThat(store.writes()).containsExactly("delete large");
  }

  @Test
  void removesNothingForOneEmptyAnswer() {
    next();
    api.offer(List.of());
    assertThat(next()).containsExactlyInAnyOrder("update large", "update small");
    api.offer(List.of("large", "small"));

    assertThat(next()).containsExactlyInAnyOrder("update large", "update small");

    assertThat(store.stored().values()).allMatch(ComputeTemplateStatus::available);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 404, 429, 500})
  void changesNothingWhenTheApiFails(int status) {
    next();
    api.fail(
        switch (status) {
          case 401 -> Errors.unauthenticated(Operation.TEMPLATES);
          case 404 -> Errors.strayNotFound(Operation.TEMPLATES);
          case 429 -> Errors.rateLimited(Operation.TEMPLATES, Duration.ofMinutes(1));
          default -> Errors.unavailable(Operation.TEMPLATES, status);
        });

    assertThat(next()).isEmpty();
    assertThat(next()).isEmpty();

    assertThat(store.stored().values()).allMatch(ComputeTemplateStatus::available);
  }

  @Test
  void writesNothingOnceItNoLongerLeads() {
    leads = false;

    assertThat(next()).isEmpty();
  }

  @Test
  void showsOnlySoMuchOfAHostileCatalogue() {
    List<String> ids = new ArrayList<>(List.of("../x", "a b", "-a", "", "a".repeat(129)));
    IntStream.range(0, 1_500).forEach(i -> ids.add("t-" + (1_000 + i)));
    api.offer(ids);

    next();

    assertThat(store.stored()).hasSize(CatalogChange.MOST_TEMPLATES).containsKeys("t-1000");
    assertThat(store.stored().keySet()).allMatch(name -> name.matches("t-[0-9]+"));
  }

  // -- what it costs

  @Test
  void costsTwoCallsARefreshAndOneForEachNewTemplate() {
    next();
    assertThat(api.calls()).containsExactlyInAnyOrder("templates", "zones large", "zones small");

    int before = calls();
    next();
    assertThat(calls() - before).isEqualTo(2);

    before = calls();
    api.offer(List.of("large", "small", "new-1", "new-2"));
    next();
    assertThat(calls() - before).isEqualTo(4);
  }

  @Test
  void readsTheZonesOfEachInTurn() {
    next();
    int before = calls();
    next();
    next();

    assertThat(api.calls().subList(before, calls()))
        .containsExactlyInAnyOrder("templates", "templates", "zones large", "zones small");
  }

  @Test
  void readsNoTemplatesThatAPassHasJustRead() throws ComputeApiException {
    catalog.template("small");

    next();

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(1);
  }

  @Test
  void goesOnWithTheZonesThatWereMissingAndReadsNothingTwice() {
    api.fail(Errors.rateLimited(Operation.ZONES, Duration.ofSeconds(40)));

    Duration pause = mirror.refresh();

    assertThat(pause).isEqualTo(Duration.ofSeconds(40));
    assertThat(store.writes()).containsExactly("create large", "create small");
    assertThat(store.status("large").zones()).isNull();
    clock.advance(pause);
    assertThat(next()).containsExactly("update large", "update small");
    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(1);
  }

  @Test
  void keepsTheZonesThatAreThereWhileTheyCanNotBeRead() {
    next();
    var successor =
        new CatalogMirror(
            new Catalog(api, clock), store, () -> wanted, () -> true, INTERVAL, clock);
    api.outage(Errors.unavailable(Operation.ZONES, 500));

    successor.refresh();

    assertThat(store.writes()).isEmpty();
    assertThat(store.status("small").zones()).hasSize(2);
  }

  @Test
  void comesBackSoonerAfterAFailureAndThenMoreRarely() {
    api.outage(Errors.unavailable(Operation.TEMPLATES, 500));
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pauses.add(mirror.refresh());
      clock.advance(pauses.getLast());
    }

    assertThat(pauses).startsWith(Duration.ofSeconds(15), Duration.ofSeconds(30)).isSorted();
    assertThat(pauses.getLast()).isEqualTo(INTERVAL);
    api.endOutages();
    assertThat(mirror.refresh()).isEqualTo(INTERVAL);
    assertThat(store.stored()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404})
  void asksTheApiNothingWhereItsDefinitionOrRightIsMissing(int status) {
    store.refuse(status);

    assertThat(mirror.refresh()).isEqualTo(INTERVAL);
    assertThat(api.calls()).isEmpty();

    store.accept();
    assertThat(next()).hasSize(2);
  }

  @Test
  void goesOnPastAWriteThatSomebodyElseWasFasterWith() {
    store.refuseWrites(409);

    assertThat(mirror.refresh()).isEqualTo(INTERVAL);

    assertThat(store.writes()).containsExactly("create large", "create small");
  }

  @Test
  void goesNoFurtherThanTheFirstWriteThatItMayNotMake() {
    store.refuseWrites(403);

    assertThat(mirror.refresh()).isEqualTo(INTERVAL);

    assertThat(store.writes()).containsExactly("create large");
  }

  // -- when

  @Test
  void looksAtOnceWhenAPassHasReadSomethingElse() throws ComputeApiException {
    mirror.start();
    try {
      Awaitility.await().until(() -> store.stored().size() == 2);
      api.offer(List.of("large", "small", "new"));
      clock.advance(Duration.ofSeconds(15));

      catalog.template("new");

      Awaitility.await().until(() -> store.stored().size() == 3);
    } finally {
      mirror.close();
    }
  }
}
