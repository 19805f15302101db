package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.decision.Settlement.Recovery.ADOPT;
import static com.threatwinds.compute.operator.decision.Settlement.Recovery.AUTO;
import static com.threatwinds.compute.operator.decision.Settlement.Recovery.HOLD;
import static com.threatwinds.compute.operator.decision.SettlementWorld.SPAN;
import static com.threatwinds.compute.operator.decision.SettlementWorld.attempt;
import static com.threatwinds.compute.operator.decision.SettlementWorld.id;
import static com.threatwinds.compute.operator.decision.SettlementWorld.instance;
import static com.threatwinds.compute.operator.decision.SettlementWorld.world;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.decision.Settlement.Verdict;
import com.threatwinds.compute.operator.decision.SettlementWorld.Listed;
import com.threatwinds.compute.operator.decision.SettlementWorld.Tried;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of creates without an answer: never a guess. */
class SettlementTest {

  // -- one attempt

  @Test
  void bindsTheOneInstanceThatALostCreateCanHaveMade() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).settle(lost)).isEqualTo(made("i-1"));
  }

  @Test
  void concludesThatNothingWasMadeWhereNothingIsListed() {
    Tried lost = attempt("a");

    assertThat(world(lost).settle(lost)).isEqualTo(new Verdict.NotMade());
  }

  @Test
  void neverBindsWhatAResourceMayBeBoundToThatNobodyCanRead() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).hidden().settle(lost, ADOPT))
        .isEqualTo(ambiguous("i-1"));
    assertThat(world(lost).hidden().settle(lost)).isEqualTo(new Verdict.NotMade());
  }

  /** What is listed, and why it can't be the outcome of a create. */
  private record Excluded(String sentence, Listed listed) {
    @Override
    public String toString() {
      return sentence;
    }
  }

  private static final Duration TOLERANCE = Duration.ofMinutes(2);
  private static final Duration LATEST = SPAN.plus(TOLERANCE);

  static final List<Excluded> whatCantBeItsOutcome =
      List.of(
          new Excluded("another template", instance("i-1").of("other")),
          new Excluded("another zone", instance("i-1").in("us-central1-b")),
          new Excluded("another account", instance("i-1").by("user-2")),
          new Excluded("made before it", instance("i-1").at(TOLERANCE.plusSeconds(1).negated())),
          new Excluded(
              "made long after its time",
              instance("i-1").at(LATEST.plus(Settlement.DOUBT).plusSeconds(1))),
          new Excluded("another template, and no zone", instance("i-1").of("other").in(null)));

  @ParameterizedTest(name = "{0}")
  @FieldSource
  void whatCantBeItsOutcome(Excluded excluded) {
    // The attempt is of this account by its credentials, too: another account's entry is only odd.
    Tried lost = attempt("a");

    assertThat(world(lost).lists(excluded.listed()).settle(lost, ADOPT))
        .isEqualTo(new Verdict.NotMade());
  }

  @Test
  void bindsNothingThatWasThereBefore() {
    Tried lost = attempt("a").knowing("i-1");

    assertThat(world(lost).lists(instance("i-1")).settle(lost, ADOPT))
        .isEqualTo(new Verdict.NotMade());
    assertThat(world(lost).lists(instance("i-1"), instance("i-2")).settle(lost, ADOPT))
        .isEqualTo(made("i-2"));
  }

  @Test
  void bindsNothingThatIsBound() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).bound("i-1").settle(lost))
        .isEqualTo(new Verdict.NotMade());
  }

  @Test
  void allowsForClocksThatDifferByTwoMinutes() {
    Tried lost = attempt("a");

    for (Duration time : List.of(TOLERANCE.negated(), LATEST)) {
      assertThat(world(lost).lists(instance("i-1").at(time)).settle(lost))
          .isEqualTo(made(instance("i-1").at(time)));
    }
  }

  @Test
  void holdsWhereThereAreMoreCandidatesThanAttempts() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-2"), instance("i-1")).settle(lost, ADOPT))
        .isEqualTo(ambiguous("i-1", "i-2"));
  }

  static final List<Listed> whatCantBeCompared =
      List.of(
          instance("i-1").of(null), instance("i-1").in(null), instance("i-1").at((Duration) null));

  @ParameterizedTest
  @FieldSource
  void whatCantBeCompared(Listed listed) {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(listed).settle(lost, ADOPT)).isEqualTo(ambiguous("i-1"));
  }

  @Test
  void holdsWhereTheTimeOfTheAttemptIsLost() {
    Tried lost = attempt("a").at(null);

    assertThat(world(lost).lists(instance("i-1")).settle(lost, ADOPT)).isEqualTo(ambiguous("i-1"));
    assertThat(world(lost).settle(lost, ADOPT)).isEqualTo(new Verdict.NotMade());
  }

  @Test
  void holdsWhereTheClockOfTheAttemptMayHaveBeenSlow() {
    Tried lost = attempt("a");

    for (Duration time : List.of(LATEST.plusSeconds(1), LATEST.plus(Settlement.DOUBT))) {
      assertThat(world(lost).lists(instance("i-1").at(time)).settle(lost, ADOPT))
          .isEqualTo(ambiguous("i-1"));
    }
  }

  @Test
  void holdsWhateverIsNotInItsTimeIfThatWasToldByOurOwnClock() {
    Tried lost = attempt("a").byOwnClock();

    assertThat(world(lost).lists(instance("i-1")).settle(lost)).isEqualTo(made("i-1"));
    for (Duration time : List.of(Duration.ofHours(-3), Duration.ofHours(3))) {
      assertThat(world(lost).lists(instance("i-1").at(time)).settle(lost, ADOPT))
          .isEqualTo(ambiguous("i-1"));
    }
  }

  @Test
  void holdsNothingForTheOutcomeOfALaterAttempt() {
    Tried lost = attempt("a");
    Tried later = attempt("b").at(LATEST);
    SettlementWorld world = world(lost, later).lists(instance("i-1").at(LATEST.plusSeconds(1)));

    assertThat(world.settle(lost)).isEqualTo(new Verdict.NotMade());
    assertThat(world.settle(later)).isEqualTo(made(instance("i-1").at(LATEST.plusSeconds(1))));
  }

  @Test
  void settlesBesideWhatOthersMakeEveryFewMinutesAsLongAsThatIsOutsideOfItsTime() {
    Tried lost = attempt("a").knowing("i-1", "i-2");

    assertThat(
            world(lost)
                .lists(
                    instance("i-1").at(Duration.ofMinutes(-7)),
                    instance("i-2").at(Duration.ofMinutes(-1)),
                    instance("i-3"))
                .settle(lost, ADOPT))
        .isEqualTo(made("i-3"));
  }

  @Test
  void bindsAnInstanceThatNamesNoOwnerSinceTheAccountIsProvenOtherwise() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1").by(null)).settle(lost))
        .isEqualTo(made(instance("i-1").by(null)));
  }

  // -- a create without a zone

  @Test
  void looksForACreateWithoutAZoneInTheDefaultZone() {
    Tried lost = attempt("a").in(null);

    assertThat(world(lost).lists(instance("i-1")).settle(lost)).isEqualTo(made("i-1"));
  }

  @Test
  void holdsWhereTheApiMayHaveChosenAnotherDefaultZone() {
    Tried lost = attempt("a").in(null);

    assertThat(world(lost).lists(instance("i-1").in("us-central1-b")).settle(lost, ADOPT))
        .isEqualTo(ambiguous("i-1"));
  }

  @Test
  void holdsWhereTheDefaultZoneIsNotKnown() {
    Tried lost = attempt("a").in(null).defaultingTo(null);

    assertThat(world(lost).lists(instance("i-1")).settle(lost, ADOPT)).isEqualTo(ambiguous("i-1"));
  }

  // -- evidence that proves nothing

  @Test
  void concludesNothingWhereTwoReadsDisagree() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).listedFirst().settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(world(lost).listedFirst(instance("i-1")).settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(world(lost).lists(instance("i-1")).listedFirst(instance("i-2")).settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void readsAgreeThatDifferOnlyInWhatDoesNotMatter() {
    Tried lost = attempt("a");

    assertThat(
            world(lost)
                .lists(instance("i-1"), instance("i-2").of("other"))
                .listedFirst(instance("i-1"), instance("i-3").in("us-central1-b"))
                .settle(lost, ADOPT))
        .isEqualTo(made("i-1"));
  }

  @Test
  void concludesNothingFromAListThatCantBeReadCompletely() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).inconclusiveFirst().settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(world(lost).lists(instance("i-1")).inconclusiveSecond().settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(world(lost).inconclusiveSecond().settle(lost, HOLD))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void concludesNothingFromAnEntryThatAnswersNoRead() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).withoutAnswerFrom("i-1").settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void believesTheLiveReadAndNotTheList() {
    Tried lost = attempt("a");

    assertThat(
            world(lost)
                .lists(instance("i-1").of(null))
                .answers(instance("i-1").of("other"))
                .settle(lost, ADOPT))
        .isEqualTo(new Verdict.NotMade());
    assertThat(
            world(lost)
                .lists(instance("i-1").of(null))
                .answers(instance("i-1"))
                .settle(lost, ADOPT))
        .isInstanceOf(Verdict.Made.class);
  }

  @Test
  void concludesNothingWithCredentialsOfAnUnknownAccount() {
    Tried lost = attempt("a");

    assertThat(world(lost).otherCredentials().settle(lost)).isEqualTo(new Verdict.OtherAccount());
    assertThat(
            world(lost).otherCredentials().lists(instance("i-1").by("user-2")).settle(lost, ADOPT))
        .isEqualTo(new Verdict.OtherAccount());
    assertThat(
            world(lost)
                .otherCredentials()
                .lists(instance("i-1"), instance("i-2").of("other").by("user-2"))
                .settle(lost, ADOPT))
        .isEqualTo(new Verdict.OtherAccount());
    assertThat(world(lost.by(null)).otherCredentials().lists(instance("i-1")).settle(lost.by(null)))
        .isEqualTo(new Verdict.OtherAccount());
  }

  @Test
  void takesOtherCredentialsOfTheSameOwnerForTheSameAccount() {
    Tried lost = attempt("a");

    assertThat(world(lost).otherCredentials().lists(instance("i-1")).settle(lost))
        .isEqualTo(made("i-1"));
    assertThat(
            world(lost)
                .otherCredentials()
                .lists(instance("i-9").of("other"))
                .bound("i-9")
                .settle(lost))
        .isEqualTo(new Verdict.NotMade());
  }

  @Test
  void concludesNothingWhereTheAttemptNamesNoAccountAtAll() {
    Tried lost = attempt("a").by(null).with(null);

    assertThat(world(lost).settle(lost)).isEqualTo(new Verdict.OtherAccount());
    assertThat(world(lost).lists(instance("i-1")).settle(lost, ADOPT))
        .isEqualTo(new Verdict.OtherAccount());
  }

  // -- who decides

  @Test
  void alwaysAsksAPersonWhereTheSettingsSaySo() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-1")).settle(lost, HOLD)).isEqualTo(ambiguous("i-1"));
    assertThat(world(lost).settle(lost, HOLD)).isEqualTo(ambiguous());
  }

  @Test
  void asksAPersonWhereTheAccountIsSharedUnlessTheSettingsSayOtherwise() {
    Tried lost = attempt("a");
    SettlementWorld shared = world(lost).lists(instance("i-1"), instance("i-9").of("other"));

    assertThat(shared.settle(lost, AUTO)).isEqualTo(ambiguous("i-1"));
    assertThat(shared.settle(lost, ADOPT)).isEqualTo(made("i-1"));
    assertThat(shared.settle(lost, HOLD)).isEqualTo(ambiguous("i-1"));
  }

  @Test
  void asksAPersonWhereAnotherUnboundInstanceWasThereBefore() {
    Tried lost = attempt("a").knowing("i-9");
    SettlementWorld shared = world(lost).lists(instance("i-1"), instance("i-9"));

    assertThat(shared.settle(lost, AUTO)).isEqualTo(ambiguous("i-1"));
    assertThat(shared.settle(lost, ADOPT)).isEqualTo(made("i-1"));
  }

  @Test
  void asksNobodyWhereEverythingElseIsBound() {
    Tried lost = attempt("a");

    assertThat(
            world(lost)
                .lists(instance("i-1"), instance("i-9").of("other"))
                .bound("i-9")
                .settle(lost, AUTO))
        .isEqualTo(made("i-1"));
  }

  @Test
  void asksNobodyWhereEverythingElseMayBeTheOutcomeOfAnotherOpenCreate() {
    Tried lost = attempt("a");
    Tried other = attempt("b").of("other");

    assertThat(
            world(lost, other)
                .lists(instance("i-1"), instance("i-9").of("other"))
                .settle(lost, AUTO))
        .isEqualTo(made("i-1"));
  }

  @Test
  void asksNobodyWhereASharedAccountHoldsNoCandidate() {
    Tried lost = attempt("a");

    assertThat(world(lost).lists(instance("i-9").of("other")).settle(lost, AUTO))
        .isEqualTo(new Verdict.NotMade());
  }

  // -- attempts that could be mistaken for one another

  @Test
  void concludesNothingWhileASimilarCreateIsWithinItsTime() {
    Tried lost = attempt("a");

    assertThat(world(lost, attempt("b").young()).lists(instance("i-1")).settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(world(lost, attempt("b").young()).settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(world(lost, attempt("b").in(null).young()).settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void concludesNothingWhileACreateThatIsSimilarToASimilarOneIsWithinItsTime() {
    Tried lost = attempt("a");
    Tried between = attempt("b").in(null);
    Tried far = attempt("c").in("us-central1-b").young();

    assertThat(world(lost, between, far).lists(instance("i-1")).settle(lost))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void mindsNoYoungCreateThatCantBeMistakenForIt() {
    Tried lost = attempt("a");

    assertThat(
            world(
                    lost,
                    attempt("b").of("other").young(),
                    attempt("c").in("us-central1-b").young(),
                    attempt("d").by("user-2").young())
                .lists(instance("i-1"))
                .settle(lost))
        .isEqualTo(made("i-1"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void givesEachCandidateToOneOfThreeAttemptsWhicheverIsSettledFirst(int candidates) {
    for (List<String> order : List.of(List.of("a", "b", "c"), List.of("c", "a", "b"))) {
      SettlementWorld world = world(attempt("a"), attempt("b"), attempt("c"));
      for (int i = 1; i <= candidates; i++) {
        world.lists(instance("i-" + i));
      }
      List<InstanceId> bound = new ArrayList<>();
      List<String> unmade = new ArrayList<>();

      for (String attempt : order) {
        switch (world.settle(attempt(attempt), AUTO)) {
          case Verdict.Made(var instance) -> {
            bound.add(instance.id());
            world.bound(instance.id().value());
          }
          case Verdict.NotMade n -> unmade.add(attempt);
          case Verdict other -> throw new AssertionError(other);
        }
        world.closed(attempt);
      }

      assertThat(bound).hasSize(candidates).doesNotHaveDuplicates();
      assertThat(unmade).hasSize(3 - candidates);
    }
  }

  @Test
  void holdsAllOfThreeAttemptsWithFourCandidates() {
    SettlementWorld world =
        world(attempt("a"), attempt("b"), attempt("c"))
            .lists(instance("i-1"), instance("i-2"), instance("i-3"), instance("i-4"));

    for (String attempt : List.of("a", "b", "c")) {
      assertThat(world.settle(attempt(attempt), ADOPT))
          .isEqualTo(ambiguous("i-1", "i-2", "i-3", "i-4"));
    }
  }

  @Test
  void givesNoAttemptAnInstanceThatOnlyAnotherCanHaveMade() {
    Tried first = attempt("a");
    Tried second = attempt("b").in(null).knowing("i-1");
    SettlementWorld world = world(first, second).lists(instance("i-1"), instance("i-2"));

    assertThat(world.settle(first)).isEqualTo(made("i-1"));
    assertThat(world.settle(second)).isEqualTo(made("i-2"));
  }

  @Test
  void holdsTwoCandidatesThatOnlyOneOfTwoAttemptsCanHaveMade() {
    Tried first = attempt("a");
    Tried second = attempt("b").at(Duration.ofHours(1));
    SettlementWorld world = world(first, second).lists(instance("i-1"), instance("i-2"));

    assertThat(world.settle(first, ADOPT)).isEqualTo(ambiguous("i-1", "i-2"));
  }

  @Test
  void settlesACreateWithoutAZoneBesideOneWithAnother() {
    Tried anywhere = attempt("a").in(null);
    Tried there = attempt("b").in("us-central1-b");
    SettlementWorld world =
        world(anywhere, there).lists(instance("i-1"), instance("i-2").in("us-central1-b"));

    assertThat(world.settle(anywhere)).isEqualTo(made("i-1"));
    assertThat(world.settle(there)).isInstanceOf(Verdict.Made.class);
  }

  // -- what must be read live

  @Test
  void suspectsWhateverIsUnboundAndCantBeRuledOut() {
    Tried lost = attempt("a").knowing("i-2");
    SettlementWorld world =
        world(lost)
            .lists(
                instance("i-1"),
                instance("i-2"),
                instance("i-3"),
                instance("i-4").of(null),
                instance("i-5").of("other"))
            .bound("i-3");

    assertThat(world.suspects()).containsExactly(id("i-1"), id("i-4"));
  }

  private static Verdict made(String id) {
    return made(instance(id));
  }

  private static Verdict made(Listed listed) {
    return new Verdict.Made(listed.instance());
  }

  private static Verdict ambiguous(String... ids) {
    return new Verdict.Ambiguous(List.of(ids).stream().map(InstanceId::new).toList());
  }
}
