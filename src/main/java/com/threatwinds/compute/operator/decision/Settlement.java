package com.threatwinds.compute.operator.decision;

import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settles creates whose outcome is not known, from what the account holds: the only safe way, since
 * a create can't be repeated and leaves no mark that is ours.
 *
 * <p>Never guesses: all open attempts for the same template and zone are settled together, and only
 * if there is at most one instance for each. Rests on one assumption, stated in the documentation:
 * no create takes effect later than its time-out and the settle time after it was sent.
 */
public final class Settlement {

  /** How far {@code createdAt} may lie outside the attempt, for clocks that differ. */
  public static final Duration TOLERANCE = Duration.ofMinutes(2);

  /** How long after an attempt's time an instance may still be its outcome, if its clock erred. */
  static final Duration DOUBT = Duration.ofHours(1);

  private Settlement() {}

  /**
   * A create that was announced and whose instance is not bound.
   *
   * @param attemptId names it, never used twice
   * @param zone as asked for; empty for the API's default
   * @param defaultZone where the API puts it then, if that is known
   * @param startedAt by the API's clock; empty if it can't be read
   * @param ownClock whether the API told no time, and it is by ours
   * @param known instances that were there before, as far as their time doesn't tell
   * @param userId the account it was made in, where the API names it
   * @param credentials what it was made with
   * @param young whether its own time is not over yet
   */
  public record Attempt(
      String attemptId,
      String templateId,
      Optional<String> zone,
      Optional<String> defaultZone,
      Optional<Instant> startedAt,
      boolean ownClock,
      Set<InstanceId> known,
      Optional<String> userId,
      Optional<Fingerprint> credentials,
      boolean young) {

    private boolean mayShareOutcomeWith(Attempt other) {
      return templateId.equals(other.templateId)
          && (zone.isEmpty() || other.zone.isEmpty() || zone.equals(other.zone))
          && (userId.isEmpty() || other.userId.isEmpty() || userId.equals(other.userId));
    }
  }

  /** How an unknown create may be settled ({@code COMPUTE_CREATE_RECOVERY}). */
  public enum Recovery {
    /** As {@link #ADOPT} while every other instance of the account is bound, else a person. */
    AUTO,
    /** By itself, wherever there is no ambiguity. */
    ADOPT,
    /** Always by a person. */
    HOLD
  }

  /**
   * What the account and the cluster hold.
   *
   * @param first the list
   * @param second the list again, a poll later
   * @param bound the instances that any resource is bound to
   * @param hidden whether a resource may be bound to any instance, since nobody can read to which
   * @param open all attempts that are open, the one in question included
   * @param live what a GET of each of {@link #suspects} answered; one that answered 404 is absent
   * @param span how long after its start an attempt can still take effect
   */
  public record Evidence(
      Listing first,
      Listing second,
      Set<InstanceId> bound,
      boolean hidden,
      List<Attempt> open,
      Map<InstanceId, Instance> live,
      Duration span) {}

  /** What became of an attempt. */
  public sealed interface Verdict {
    /** That instance is its outcome. */
    record Made(Instance instance) implements Verdict {}

    /** It made nothing. */
    record NotMade() implements Verdict {}

    /** Only a person can tell. */
    record Ambiguous(List<InstanceId> candidates) implements Verdict {}

    /** The credentials at hand are not provably of the account that the create was made in. */
    record OtherAccount() implements Verdict {}

    /** This evidence concludes nothing; look again. */
    record Inconclusive(String why) implements Verdict {}
  }

  /** Whether that instance may be the outcome of an attempt, as far as anybody can tell. */
  public static boolean mayBeOutcome(Attempt attempt, Instance instance, Duration span) {
    return compare(attempt, instance, span) != Match.NO;
  }

  /** The unbound instances of a list that may be the outcome of an open attempt. */
  public static Set<InstanceId> suspects(
      Listing listing, Set<InstanceId> bound, List<Attempt> open, Duration span) {
    Set<InstanceId> suspects = new TreeSet<>();
    for (Instance instance : listing.instances().values()) {
      if (!bound.contains(instance.id())
          && open.stream().anyMatch(a -> mayBeOutcome(a, instance, span))) {
        suspects.add(instance.id());
      }
    }
    return suspects;
  }

  /**
   * Whether that instance was provably there before a create that began then; what is not too old
   * has to be {@link Attempt#known}.
   */
  public static boolean isTooOld(Instance instance, Instant start) {
    return instance.createdAt() != null && instance.createdAt().isBefore(start.minus(TOLERANCE));
  }

  /** What became of {@code own}. */
  public static Verdict settle(Attempt own, Evidence evidence, Recovery recovery) {
    List<Listing> lists = List.of(evidence.first(), evidence.second());
    if (!lists.stream().allMatch(Listing::conclusive)) {
      return new Verdict.Inconclusive("the list can't be read completely");
    }
    if (!lists.stream().allMatch(list -> isOfAccount(own, list))) {
      return new Verdict.OtherAccount();
    }
    List<Attempt> group = group(own, evidence.open());
    if (group.stream().anyMatch(Attempt::young)) {
      return new Verdict.Inconclusive("another create of the same template is still open");
    }
    Set<InstanceId> suspects =
        suspects(evidence.second(), evidence.bound(), group, evidence.span());
    if (!suspects.equals(suspects(evidence.first(), evidence.bound(), group, evidence.span()))) {
      return new Verdict.Inconclusive("two reads of the list do not agree");
    }
    List<Instance> candidates = new ArrayList<>();
    boolean comparable = true;
    for (InstanceId id : suspects) {
      Instance instance = evidence.live().get(id);
      if (instance == null) {
        return new Verdict.Inconclusive("instance " + id + " is listed but answers no read");
      }
      Match best =
          group.stream()
              .map(a -> compare(a, instance, evidence.span()))
              .max(Comparator.naturalOrder())
              .orElse(Match.NO);
      if (best != Match.NO) {
        candidates.add(instance);
        comparable &= best == Match.YES;
      }
    }
    if (recovery == Recovery.HOLD
        || !comparable
        || (evidence.hidden() && !candidates.isEmpty())
        || (recovery == Recovery.AUTO && !candidates.isEmpty() && !exclusive(evidence, candidates))
        || candidates.size() > group.size()) {
      return ambiguous(candidates);
    }
    Map<Instance, Attempt> pairs = pair(candidates, group, evidence.span());
    if (pairs.size() < candidates.size()) {
      return ambiguous(candidates);
    }
    return pairs.entrySet().stream()
        .filter(pair -> pair.getValue().equals(own))
        .findFirst()
        .<Verdict>map(pair -> new Verdict.Made(pair.getKey()))
        .orElseGet(Verdict.NotMade::new);
  }

  private static Verdict ambiguous(List<Instance> candidates) {
    return new Verdict.Ambiguous(candidates.stream().map(Instance::id).sorted().toList());
  }

  private static boolean isOfAccount(Attempt own, Listing listing) {
    return own.credentials().equals(Optional.of(listing.credentials()))
        || (own.userId().isPresent() && listing.userIds().equals(Set.of(own.userId().get())));
  }

  /** Whether every instance is bound, or may be the outcome of a create of ours. */
  private static boolean exclusive(Evidence evidence, List<Instance> candidates) {
    Set<InstanceId> ours = new HashSet<>(evidence.bound());
    candidates.forEach(c -> ours.add(c.id()));
    return evidence.second().instances().values().stream()
        .filter(i -> !ours.contains(i.id()))
        .allMatch(
            i ->
                evidence.open().stream()
                    .anyMatch(a -> compare(a, i, evidence.span()) == Match.YES));
  }

  /** All attempts whose outcomes could be mistaken for one another, {@code own} among them. */
  private static List<Attempt> group(Attempt own, List<Attempt> open) {
    List<Attempt> group = new ArrayList<>(List.of(own));
    List<Attempt> rest = new ArrayList<>(open);
    rest.removeIf(a -> a.attemptId().equals(own.attemptId()));
    boolean grown = true;
    while (grown) {
      List<Attempt> joining =
          rest.stream().filter(a -> group.stream().anyMatch(a::mayShareOutcomeWith)).toList();
      rest.removeAll(joining);
      grown = group.addAll(joining);
    }
    group.sort(Comparator.comparing(Attempt::attemptId));
    return group;
  }

  /** Pairs instances with attempts, as many as can be (augmenting paths; the numbers are tiny). */
  private static Map<Instance, Attempt> pair(
      List<Instance> candidates, List<Attempt> group, Duration span) {
    Map<Attempt, Instance> taken = new HashMap<>();
    for (Instance candidate : candidates) {
      augment(candidate, group, span, taken, new HashSet<>());
    }
    Map<Instance, Attempt> pairs = new HashMap<>();
    taken.forEach((attempt, instance) -> pairs.put(instance, attempt));
    return pairs;
  }

  private static boolean augment(
      Instance candidate,
      List<Attempt> group,
      Duration span,
      Map<Attempt, Instance> taken,
      Set<Attempt> tried) {
    for (Attempt attempt : group) {
      if (compare(attempt, candidate, span) == Match.YES && tried.add(attempt)) {
        Instance before = taken.get(attempt);
        if (before == null || augment(before, group, span, taken, tried)) {
          taken.put(attempt, candidate);
          return true;
        }
      }
    }
    return false;
  }

  /** Whether an instance can be the outcome of an attempt; ordered. */
  private enum Match {
    NO,
    /** Something that would tell is missing. */
    UNKNOWN,
    YES;

    private Match and(Match other) {
      return compareTo(other) <= 0 ? this : other;
    }

    private static Match of(boolean match) {
      return match ? YES : NO;
    }
  }

  private static Match compare(Attempt attempt, Instance instance, Duration span) {
    if (attempt.known().contains(instance.id())) {
      return Match.NO;
    }
    return template(attempt, instance)
        .and(zone(attempt, instance))
        .and(account(attempt, instance))
        .and(time(attempt, instance, span));
  }

  private static Match template(Attempt attempt, Instance instance) {
    return instance.templateId() == null
        ? Match.UNKNOWN
        : Match.of(instance.templateId().equals(attempt.templateId()));
  }

  private static Match zone(Attempt attempt, Instance instance) {
    if (instance.zone() == null) {
      return Match.UNKNOWN;
    }
    if (attempt.zone().isPresent()) {
      return Match.of(attempt.zone().get().equals(instance.zone()));
    }
    // The default is the API's to choose: another zone than the documented one is no proof.
    return attempt.defaultZone().equals(Optional.of(instance.zone())) ? Match.YES : Match.UNKNOWN;
  }

  private static Match account(Attempt attempt, Instance instance) {
    return attempt.userId().isEmpty() || instance.userId() == null
        ? Match.YES
        : Match.of(attempt.userId().get().equals(instance.userId()));
  }

  /**
   * Not the same on both sides of the attempt's time, because what may be wrong isn't either:
   *
   * <ul>
   *   <li>After it: the clock that an attempt starts by may be slow (the answer that told the time
   *       was long on its way, the machine was suspended), though not fast. So the instance may
   *       well be the outcome, and only a person can tell. Whatever others make, that holds up only
   *       a settlement that is late: the lists of one in good time are read before then.
   *   <li>Before it: whatever was there unbound is {@link Attempt#known}. The rest was bound then
   *       and was let go since; it still answers while it is being deleted, which happens all the
   *       time, and to hold every create for that would be wrong.
   *   <li>Our own clock, where the API tells no time, may be wrong by any time in any direction: it
   *       rules nothing out.
   * </ul>
   */
  private static Match time(Attempt attempt, Instance instance, Duration span) {
    Instant made = instance.createdAt();
    if (attempt.startedAt().isEmpty() || made == null) {
      return Match.UNKNOWN;
    }
    Instant earliest = attempt.startedAt().get().minus(TOLERANCE);
    Instant latest = attempt.startedAt().get().plus(span).plus(TOLERANCE);
    if (!made.isBefore(earliest) && !made.isAfter(latest)) {
      return Match.YES;
    }
    boolean late = made.isAfter(latest) && !made.isAfter(latest.plus(DOUBT));
    return late || attempt.ownClock() ? Match.UNKNOWN : Match.NO;
  }
}
