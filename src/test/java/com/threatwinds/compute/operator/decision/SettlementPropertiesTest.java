package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.decision.SettlementWorld.SPAN;
import static com.threatwinds.compute.operator.decision.SettlementWorld.START;
import static com.threatwinds.compute.operator.decision.SettlementWorld.attempt;
import static com.threatwinds.compute.operator.decision.SettlementWorld.instance;
import static com.threatwinds.compute.operator.decision.SettlementWorld.world;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.decision.Settlement.Recovery;
import com.threatwinds.compute.operator.decision.Settlement.Verdict;
import com.threatwinds.compute.operator.decision.SettlementWorld.Listed;
import com.threatwinds.compute.operator.decision.SettlementWorld.Tried;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What holds for every settlement, over random worlds: some creates made their instance and some
 * did not, other people make instances before, meanwhile and after, and all that was lost is
 * settled one after the other.
 */
class SettlementPropertiesTest {

  private static final int WORLDS = 4_000;

  /** A world, and what came of it. */
  private static final class History {
    private final List<Tried> attempts = new ArrayList<>();
    private final Map<String, Listed> truth = new HashMap<>();
    private final Map<InstanceId, Listed> foreign = new HashMap<>();
    private final Map<String, InstanceId> bindings = new HashMap<>();
    private final Set<String> notMade = new HashSet<>();
    private final Set<String> held = new HashSet<>();
    private Recovery recovery = Recovery.AUTO;

    boolean isForeign(InstanceId id) {
      return foreign.containsKey(id);
    }

    Listed listed(InstanceId id) {
      return Stream.concat(truth.values().stream(), foreign.values().stream())
          .filter(listed -> listed.id().equals(id))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public String toString() {
      return "\nattempts "
          + attempts
          + "\ntruth "
          + truth
          + "\nforeign "
          + foreign
          + "\nbindings "
          + bindings
          + "\nnot made "
          + notMade
          + "\nheld "
          + held
          + " by "
          + recovery;
    }
  }

  @Test
  void neverBindsOneInstanceTwice() {
    assertThat(HISTORIES).allSatisfy(h -> assertThat(h.bindings.values()).doesNotHaveDuplicates());
  }

  @Test
  void neverBindsWhatIsKnownOrOtherThanAskedFor() {
    assertThat(HISTORIES)
        .allSatisfy(
            h ->
                assertThat(h.attempts)
                    .filteredOn(attempt -> h.bindings.containsKey(attempt.attemptId()))
                    .allSatisfy(
                        attempt -> {
                          Listed it = h.listed(h.bindings.get(attempt.attemptId()));
                          assertThat(attempt.known()).doesNotContain(it.id());
                          assertThat(it.templateId()).isEqualTo(attempt.templateId());
                          assertThat(it.zone())
                              .isEqualTo(
                                  Objects.requireNonNullElse(
                                      attempt.zone(), attempt.defaultZone()));
                          assertThat(it.createdAt())
                              .isBetween(
                                  Objects.requireNonNull(attempt.startedAt())
                                      .minus(Settlement.TOLERANCE),
                                  attempt.startedAt().plus(SPAN).plus(Settlement.TOLERANCE));
                        }));
  }

  /** The one assumption: a twin made by others in the place of ours, which did not happen. */
  @Test
  void neverBindsWhatIsForeignUnlessItStandsInThePlaceOfAnInstanceThatWasNotMade() {
    assertThat(HISTORIES)
        .allSatisfy(
            h -> {
              for (String template : TEMPLATES) {
                long taken =
                    h.attempts.stream()
                        .filter(a -> a.templateId().equals(template))
                        .map(a -> h.bindings.get(a.attemptId()))
                        .filter(id -> id != null && h.isForeign(id))
                        .count();
                long failed =
                    h.attempts.stream()
                        .filter(a -> a.templateId().equals(template))
                        .filter(a -> !h.truth.containsKey(a.attemptId()))
                        .count();
                assertThat(taken).isLessThanOrEqualTo(failed);
              }
            });
  }

  @Test
  void neverGivesUpAnInstanceThatIsListedUnlessASimilarAttemptTookIt() {
    assertThat(HISTORIES)
        .allSatisfy(
            h ->
                assertThat(h.notMade)
                    .filteredOn(h.truth::containsKey)
                    .allSatisfy(
                        attempt ->
                            assertThat(h.bindings.values()).contains(h.truth.get(attempt).id())));
  }

  @Test
  void neverConcludesAnythingWherePeopleWantToDecide() {
    assertThat(HISTORIES)
        .filteredOn(h -> h.recovery == Recovery.HOLD)
        .isNotEmpty()
        .allSatisfy(
            h -> {
              assertThat(h.bindings).isEmpty();
              assertThat(h.notMade).isEmpty();
            });
  }

  @Test
  void settlesEverythingByItselfWhereNobodyElseMakesInstances() {
    assertThat(HISTORIES)
        .filteredOn(h -> h.recovery != Recovery.HOLD && h.foreign.isEmpty() && isComparable(h))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            h -> {
              assertThat(h.held).isEmpty();
              assertThat(h.bindings).hasSameSizeAs(h.truth);
            });
  }

  /** Were everything held, or nothing ever, the rows above would say nothing. */
  @Test
  void theseWorldsHaveAllKindsOfEnds() {
    assertThat(HISTORIES).anyMatch(h -> h.bindings.size() > 1);
    assertThat(HISTORIES).anyMatch(h -> h.notMade.size() > 1);
    assertThat(HISTORIES).anyMatch(h -> !h.held.isEmpty() && h.recovery == Recovery.ADOPT);
    assertThat(HISTORIES).anyMatch(h -> !h.bindings.isEmpty() && !h.foreign.isEmpty());
  }

  private static boolean isComparable(History history) {
    return history.truth.values().stream()
        .allMatch(i -> i.templateId() != null && i.zone() != null && i.createdAt() != null);
  }

  // -- worlds

  private static final List<String> TEMPLATES = List.of(Given.TEMPLATE, "db-large");
  private static final List<@Nullable String> ZONES =
      Arrays.asList(Given.ZONE, Given.ZONE, "us-central1-b", null);

  private static final List<History> HISTORIES =
      LongStream.range(0, WORLDS).mapToObj(seed -> history(new Random(seed))).toList();

  private static History history(Random random) {
    var history = new History();
    Recovery[] recoveries = Recovery.values();
    history.recovery = recoveries[random.nextInt(recoveries.length)];
    int names = 0;

    for (int others = random.nextInt(3) - 1; others > 0; others--) {
      Listed theirs =
          instance("i-" + random.nextInt(100_000))
              .of(pick(TEMPLATES, random))
              .in(random.nextBoolean() ? Given.ZONE : "us-central1-b")
              .at(seconds(random, -600, 600));
      history.foreign.put(theirs.id(), theirs);
    }
    for (int tries = 1 + random.nextInt(4); tries > 0; tries--) {
      Duration start = seconds(random, 0, 300);
      Tried tried =
          attempt("attempt-" + names++)
              .of(pick(TEMPLATES, random))
              .in(pick(ZONES, random))
              .at(start);
      tried = tried.knowing(unboundBefore(tried, start, history, random));
      history.attempts.add(tried);
      if (random.nextInt(3) > 0) {
        Listed ours =
            instance("i-" + random.nextInt(100_000))
                .of(tried.templateId())
                .in(Objects.requireNonNullElse(tried.zone(), Given.ZONE))
                .at(start.plus(seconds(random, 0, (int) SPAN.toSeconds())));
        history.truth.put(tried.attemptId(), blurred(ours, random));
      }
    }
    settle(history, random);
    return history;
  }

  /** What a list shows just before the attempt begins; it may lag behind. */
  private static String[] unboundBefore(
      Tried tried, Duration start, History history, Random random) {
    return Stream.concat(
            history.foreign.values().stream(),
            history.truth.values().stream().filter(ours -> random.nextBoolean()))
        .filter(listed -> tried.templateId().equals(listed.templateId()))
        .filter(
            listed -> listed.createdAt() != null && listed.createdAt().isBefore(START.plus(start)))
        .map(listed -> listed.id().value())
        .toArray(String[]::new);
  }

  /** Now and then the API leaves something out. */
  private static Listed blurred(Listed listed, Random random) {
    return switch (random.nextInt(60)) {
      case 0 -> listed.of(null);
      case 1 -> listed.in(null);
      case 2 -> listed.at(null);
      default -> listed;
    };
  }

  private static void settle(History history, Random random) {
    SettlementWorld world =
        world(history.attempts.toArray(Tried[]::new))
            .lists(history.truth.values().toArray(Listed[]::new))
            .lists(history.foreign.values().toArray(Listed[]::new));
    List<Tried> order = new ArrayList<>(history.attempts);
    Collections.shuffle(order, random);
    for (Tried attempt : order) {
      String name = attempt.attemptId();
      switch (world.settle(attempt, history.recovery)) {
        case Verdict.Made(var made) -> {
          history.bindings.put(name, made.id());
          world.bound(made.id().value()).closed(name);
        }
        case Verdict.NotMade n -> {
          history.notMade.add(name);
          world.closed(name);
        }
        case Verdict.Ambiguous a -> history.held.add(name);
        case Verdict.Inconclusive i -> history.held.add(name);
        case Verdict.OtherAccount o -> history.held.add(name);
      }
    }
  }

  private static <T extends @Nullable Object> T pick(List<T> some, Random random) {
    return some.get(random.nextInt(some.size()));
  }

  private static Duration seconds(Random random, int from, int to) {
    return Duration.ofSeconds(from + random.nextInt(to - from));
  }
}
