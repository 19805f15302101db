package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Cases;
import com.threatwinds.compute.operator.decision.Cases.Case;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.decision.PowerRequest;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The life of a resource: what is done at each of its places, where that leads, and what is told of
 * it. Not written down but found out, by the decider and the status report themselves, over
 * everything that can be asked, recorded, seen and answered.
 */
public final class Life {

  /** Where a resource can be: what is recorded of it, and what the API shows of its instance. */
  public enum Place {
    /** Nothing is bound, and nothing is to be taken over. */
    NO_INSTANCE,
    TO_TAKE_OVER,
    /** A create is announced: it is sent, or its outcome is not known. */
    CREATE_OPEN,
    PROVISIONING,
    STAGING,
    RUNNING,
    STOPPING,
    TERMINATED,
    SUSPENDED,
    UNKNOWN,
    /** It is bound, and can't be seen just now. */
    UNSEEN,
    /** It is bound, and answers 404. */
    ABSENT,
    /** The resource is let go. */
    RELEASED;

    /** In a sentence; the states of an instance are the API's words. */
    public String title() {
      return switch (this) {
        case NO_INSTANCE -> "no instance";
        case TO_TAKE_OVER -> "to take over";
        case CREATE_OPEN -> "create open";
        case UNSEEN -> "not seen";
        case ABSENT -> "answers 404";
        case RELEASED -> "let go";
        case PROVISIONING, STAGING, RUNNING, STOPPING, TERMINATED, SUSPENDED, UNKNOWN -> name();
      };
    }

    /** Those of an instance that is bound and seen. */
    public static final List<Place> SEEN =
        Arrays.stream(InstanceState.values()).map(Place::of).toList();

    static Place of(InstanceState state) {
      return valueOf(state.name());
    }
  }

  /** What a status tells: the condition that is true, none while it is paused; and the reason. */
  public record Told(Optional<ConditionType> condition, String reason) implements Comparable<Told> {

    @Override
    public int compareTo(Told other) {
      int byCondition = Integer.compare(rank(), other.rank());
      return byCondition != 0 ? byCondition : Integer.compare(place(), other.place());
    }

    private int rank() {
      return condition.map(ConditionType::ordinal).orElse(ConditionType.values().length);
    }

    private int place() {
      return Stream.of(Reason.values()).map(Reason::toString).toList().indexOf(reason);
    }
  }

  /**
   * One thing that can happen.
   *
   * @param power as it was asked for
   * @param step what was done, and how it ended: {@code Create}, {@code Create: Made}
   * @param told empty if that says nothing new
   */
  public record Fact(
      Place from,
      Optional<Power> power,
      boolean deleting,
      String step,
      Place to,
      Optional<Told> told) {}

  /** An event, but for what it says of this instance. */
  public record Event(String reason, boolean warning, String action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byKind = Boolean.compare(warning, other.warning);
      int byReason = reason.compareTo(other.reason);
      return byKind != 0 ? byKind : byReason != 0 ? byReason : action.compareTo(other.action);
    }
  }

  private static final InstanceId ID = StatusRows.ID;

  private final Set<Fact> facts = new LinkedHashSet<>();
  private final Map<Event, String> events = new TreeMap<>();

  private Life() {}

  /** All of it. */
  public static Life all() {
    var life = new Life();
    StatusRows.all()
        .forEach(
            row ->
                life.tell(EventReport.of(row.before(), row.status(), row.action(), row.outcome())));
    Cases.all().filter(Life::canBe).forEach(life::pass);
    life.tell(EventReport.late(ID));
    life.tell(EventReport.unreadable("it"));
    return life;
  }

  public Set<Fact> facts() {
    return facts;
  }

  /** Each with one of the sentences that it may say. */
  public Map<Event, String> events() {
    return events;
  }

  /** What a status can tell at that place. */
  public Set<Told> toldAt(Place place) {
    Set<Told> told = new TreeSet<>();
    facts.stream().filter(f -> f.to() == place).forEach(f -> f.told().ifPresent(told::add));
    return told;
  }

  // -- what can be, as the observer looks

  private static boolean canBe(Case c) {
    boolean bound = c.isBound();
    boolean open = c.status().create() != null;
    if (c.status().problem() != null || (bound && open)) {
      return false; // Kept as they are.
    }
    if (bound && InstanceId.parse(c.status().instanceId()).isEmpty()) {
      return false;
    }
    boolean deleting = c.desired().deleting();
    boolean takeover = c.desired().takeover().isPresent();
    boolean unlooked = deleting || c.desired().paused() || c.desired().problem().isPresent();
    return switch (c.observation()) {
      case Observation.Found found ->
          bound || (!open && takeover && !unlooked && found.rival().isEmpty());
      case Observation.Absent a -> bound || (!open && takeover && !unlooked);
      case Observation.OtherAccount o -> bound;
      case Observation.Uninstalling u -> deleting && (bound || open);
      case Observation.NotYet n -> bound || (!open && unlooked);
      case Observation.Failed f -> bound || (open && !takeover) || (!open && !unlooked);
      case Observation.Unsettled u -> open && !takeover;
      case Observation.Due d -> open && !takeover;
      case Observation.Orderable o -> !bound && !open && !takeover && !unlooked;
      case Observation.NoSuchTemplate n -> !bound && !open && !takeover && !unlooked;
      case Observation.NoSuchZone n -> !bound && !open && !takeover && !unlooked;
      case Observation.TakeoverForbidden t -> !bound && !open && takeover && !unlooked;
      case Observation.Claimed t -> !bound && !open && takeover && !unlooked;
    };
  }

  private static Place from(Case c) {
    if (c.status().create() != null) {
      return Place.CREATE_OPEN;
    }
    if (!c.isBound()) {
      return unbound(c.desired());
    }
    return switch (c.observation()) {
      case Observation.Found found -> Place.of(found.instance().state());
      case Observation.Absent a -> Place.ABSENT;
      default -> Place.UNSEEN;
    };
  }

  private static Place unbound(Desired desired) {
    return desired.takeover().isPresent() ? Place.TO_TAKE_OVER : Place.NO_INSTANCE;
  }

  // -- what is done and answered

  private void pass(Case c) {
    Action action = c.action();
    Place from = from(c);
    for (Outcome outcome : outcomes(action)) {
      ComputeInstanceStatus announced = announced(c, action, outcome);
      Place at = from;
      if (announced != c.status()) {
        at = action instanceof Action.Create ? Place.CREATE_OPEN : from;
        add(c, from, word(action), at, c.status(), announced);
      }
      ComputeInstanceStatus after =
          StatusReport.of(
              c.status(), announced, c.desired(), c.observation(), action, outcome, StatusRows.NOW);
      String step =
          outcome instanceof Outcome.Nothing ? word(action) : word(action) + ": " + end(outcome);
      add(c, at, step, to(at, c.desired(), action, outcome, after), announced, after);
      tell(EventReport.of(c.status(), after, action, outcome));
    }
  }

  private void add(
      Case c,
      Place from,
      String step,
      Place to,
      ComputeInstanceStatus before,
      ComputeInstanceStatus after) {
    boolean news = !Objects.equals(before.conditions(), after.conditions());
    facts.add(
        new Fact(
            from,
            c.desired().power(),
            c.desired().deleting(),
            step,
            to,
            news ? told(after) : Optional.empty()));
  }

  private void tell(List<EventReport.Note> notes) {
    notes.forEach(
        note ->
            events.putIfAbsent(
                new Event(note.reason(), note.warning(), note.action()), note.text()));
  }

  private static Optional<Told> told(ComputeInstanceStatus status) {
    Optional<Condition> reconciling = status.condition(ConditionType.RECONCILING);
    if (reconciling.isPresent() && Reason.PAUSED.toString().equals(reconciling.get().getReason())) {
      return Optional.of(new Told(Optional.empty(), reconciling.get().getReason()));
    }
    return Stream.of(ConditionType.values())
        .filter(
            type -> status.condition(type).filter(c -> "True".equals(c.getStatus())).isPresent())
        .findFirst()
        .map(
            type ->
                new Told(
                    Optional.of(type),
                    status.condition(type).map(Condition::getReason).orElse("")));
  }

  /** What is written before the call; what only waits announces nothing. */
  private static ComputeInstanceStatus announced(Case c, Action action, Outcome outcome) {
    boolean called = outcome instanceof Outcome.Made || outcome instanceof Outcome.Failed;
    return switch (action) {
      case Action.Create create when called ->
          StatusReport.attempting(c.status(), c.desired(), StatusRows.attempt(), StatusRows.BEGAN);
      case Action.Request request when called || outcome instanceof Outcome.Accepted ->
          StatusReport.issuing(c.status(), c.desired(), request.request(), StatusRows.BEGAN);
      default -> c.status();
    };
  }

  private static Place to(
      Place from, Desired desired, Action action, Outcome outcome, ComputeInstanceStatus after) {
    if (action instanceof Action.Release) {
      return Place.RELEASED;
    }
    if (after.create() != null) {
      return Place.CREATE_OPEN;
    }
    if (after.instanceId() == null) {
      return unbound(desired);
    }
    return switch (outcome) {
      case Outcome.Made made -> Place.of(made.seen().instance().state());
      case Outcome.Accepted accepted -> effect(from, action);
      default -> from;
    };
  }

  /** What the API's reference says that a call does. */
  private static Place effect(Place from, Action action) {
    return switch (action) {
      case Action.Start start -> Place.STAGING;
      case Action.Stop stop -> Place.STOPPING;
      case Action.Delete delete -> Place.ABSENT;
      case Action.Request request -> request.call() == Operation.START ? Place.STAGING : from;
      default -> throw new IllegalStateException("no call: " + action);
    };
  }

  private static String word(Action action) {
    return switch (action) {
      case Action.Request(InstanceId id, PowerRequest request, Operation call) ->
          request.operation() + (call == Operation.START ? " (start)" : "");
      case Action.Release(Action.Release.Why why) ->
          "Release (" + why.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
      default -> action.getClass().getSimpleName();
    };
  }

  private static String end(Outcome outcome) {
    return outcome instanceof Outcome.Failed(ComputeApiException error)
        ? error.mayHaveHappened() ? "no answer" : "refused"
        : outcome.getClass().getSimpleName();
  }

  private static List<Outcome> outcomes(Action action) {
    return switch (action) {
      case Action.Create c ->
          with(
              failures(Operation.CREATE, Errors.quotaExceeded()),
              made(InstanceState.PROVISIONING),
              queued(Reason.CREATING),
              queued(Reason.RATE_LIMITED),
              queued(Reason.QUOTA_EXCEEDED),
              new Outcome.Crowded(10_001));
      case Action.Settle s ->
          with(
              madeInAnyState(failures(Operation.LIST)),
              new Outcome.NotMade(),
              new Outcome.Ambiguous(List.of(ID)),
              new Outcome.Ambiguous(List.of()),
              new Outcome.OtherAccount(),
              new Outcome.ReadOnce(Duration.ofSeconds(5)),
              new Outcome.LookAgain("no", Duration.ofSeconds(5)),
              queued(Reason.CONFIRMING_CREATE));
      case Action.Adopt a ->
          with(
              madeInAnyState(failures(Operation.GET)),
              queued(Reason.CONFIRMING_CREATE),
              new Outcome.Claimed(", other"));
      case Action.TakeOver t ->
          with(
              madeInAnyState(failures(Operation.GET)),
              queued(Reason.CREATING),
              new Outcome.Claimed(", other"));
      case Action.Start s -> called(Operation.START);
      case Action.Stop s -> called(Operation.STOP);
      case Action.Request r -> called(r.call());
      case Action.Delete d -> called(Operation.DELETE);
      case Action.Keep k -> List.of(new Outcome.Nothing());
      case Action.Rest r -> List.of(new Outcome.Nothing());
      case Action.Wait w -> List.of(new Outcome.Nothing());
      case Action.Retry r -> List.of(new Outcome.Nothing());
      case Action.Stall s -> List.of(new Outcome.Nothing());
      case Action.Pause p -> List.of(new Outcome.Nothing());
      case Action.Skip s -> List.of(new Outcome.Nothing());
      case Action.GiveUp g -> List.of(new Outcome.Nothing());
      case Action.Forget f -> List.of(new Outcome.Nothing());
      case Action.Release r -> List.of(new Outcome.Nothing());
    };
  }

  private static List<Outcome> called(Operation operation) {
    return with(failures(operation), new Outcome.Accepted(), queued(Reason.RATE_LIMITED));
  }

  private static List<Outcome> failures(Operation operation, ComputeApiException... more) {
    return Stream.concat(
            Stream.of(
                Errors.notSent(operation),
                Errors.rejected(operation, "no"),
                Errors.unauthenticated(operation),
                Errors.notFound(operation),
                Errors.rateLimited(operation, null),
                Errors.unavailable(operation, 503),
                Errors.noAnswer(operation)),
            Arrays.stream(more))
        .<Outcome>map(Outcome.Failed::new)
        .toList();
  }

  private static List<Outcome> madeInAnyState(List<Outcome> more) {
    return Stream.concat(Arrays.stream(InstanceState.values()).map(Life::made), more.stream())
        .toList();
  }

  private static Outcome made(InstanceState state) {
    Instance instance = ModelApi.instance(ID.value(), state);
    return new Outcome.Made(new Seen(instance, Errors.OURS));
  }

  private static Outcome queued(Reason reason) {
    return new Outcome.Queued(reason, "its turn", Duration.ofSeconds(5));
  }

  private static List<Outcome> with(List<Outcome> some, Outcome... more) {
    List<Outcome> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all;
  }
}
