package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.CreateAttempt;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Decider;
import com.threatwinds.compute.operator.decision.Desired;
import com.threatwinds.compute.operator.decision.PowerRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books of {@link SearchWorld}, which nobody in it can read: what each instance was made
 * for, who let it go, how often a request was sent. Objects to what must never happen.
 *
 * <p>Instances of one template are alike, so that two open creates may get each other's: counted is
 * how many instances there are use for, and not which is whose.
 */
final class SearchLedger {

  private final SearchScope scope;

  SearchLedger(SearchScope scope) {
    this.scope = scope;
  }

  // -- what happens

  /** The API server took that write of a pass. */
  void written(SearchState next, SearchResource before, SearchResource written, SearchPass pass) {
    CreateAttempt attempt = written.attempt();
    if (attempt != null && next.attempt(attempt.attemptId()) < 0) {
      List<Instance> listing = pass.memory().listing();
      boolean twinKnown =
          listing != null
              && listing.stream().anyMatch(i -> next.isForeign(SearchState.place(i.id().value())));
      int a = next.announce(String.valueOf(attempt.attemptId()), written);
      next.attempt(a, SearchState.TWIN_KNOWN, twinKnown ? 1 : 0);
    }
    if (written.bound() != null && !written.bound().equals(before.bound())) {
      bound(next, before, written, SearchState.place(written.bound()));
    }
    if (before.held() && !written.held()) {
      if (isRetained(written) || written.bound() == null) {
        letGo(next, written); // What was never bound to it is not its to delete.
      }
    }
    PowerRecord now = written.status().power();
    if (now != null && !now.equals(before.status().power())) {
      recorded(next, written.uid(), before.status().power(), now, pass);
    }
  }

  /** Where nothing goes wrong, a request is sent once, and not only at most once. */
  private static void recorded(
      SearchState s, String uid, @Nullable PowerRecord before, PowerRecord now, SearchPass pass) {
    if (before == null || before.outcome() != PowerOutcome.ISSUING) {
      return;
    }
    // One that was not sent is taken back, and the record is what it was before.
    boolean kept = marks(now).containsAll(marks(before));
    if (now.outcome() == PowerOutcome.ACCEPTED && kept && !pass.wasDone()) {
      throw new SearchViolation(6, uid + " says that a request was sent, and none was");
    }
    if (now.outcome() == PowerOutcome.UNKNOWN && !s.isInTrouble()) {
      throw new SearchViolation(6, uid + " gives a request up, and nothing went wrong");
    }
  }

  private static List<String> marks(PowerRecord power) {
    return Objects.requireNonNullElse(power.handledRequestIds(), List.of());
  }

  private static boolean isRetained(SearchResource r) {
    return Decider.policy(Desired.of(r.resource()), r.status()) == DeletionPolicy.RETAIN;
  }

  private void bound(SearchState next, SearchResource before, SearchResource written, int place) {
    String id = written.bound();
    if (next.instance(place, SearchState.LIFE) == SearchState.NONE) {
      throw new SearchViolation(4, written.uid() + " is bound to " + id + ", which never was");
    }
    int made = next.instance(place, SearchState.MADE_BY);
    if (made > 0 && next.attempt(made - 1, SearchState.FORGOTTEN) == 1) {
      next.spare(); // What was made for the resource itself is left over instead.
    }
    boolean asked = Boolean.TRUE.equals(written.status().takenOver());
    if (next.isForeign(place) && !asked && !isUnlucky(next, before)) {
      throw new SearchViolation(4, written.uid() + " is bound to the foreign " + id);
    }
  }

  /** Whether a create of ours did not happen, just when somebody else made the same. */
  private static boolean isUnlucky(SearchState s, SearchResource resource) {
    int own = resource.attempt() == null ? -1 : s.attempt(resource.attempt().attemptId());
    for (int a = 0; a < SearchState.ATTEMPTS; a++) {
      if (s.isAttempt(a)
          && (a == own || s.attempt(a, SearchState.UID) != s.uid(resource))
          && s.attempt(a, SearchState.POST) != SearchState.COMMITTED
          && s.attempt(a, SearchState.TWIN_KNOWN) == 0) {
        return true;
      }
    }
    return false;
  }

  /** Nobody may ask any more what becomes of what it is bound to or tries to make. */
  void letGo(SearchState next, SearchResource resource) {
    String held = resource.bound() == null ? resource.claim() : resource.bound();
    if (held != null) {
      next.instance(SearchState.place(held), SearchState.LET_GO, 1);
    }
    if (resource.attempt() == null) {
      return;
    }
    String attemptId = String.valueOf(resource.attempt().attemptId());
    int a = next.attempt(attemptId);
    if (!next.isAwaited(attemptId)) {
      next.attempt(a, SearchState.FORGOTTEN, 1);
    }
    if (next.attempt(a, SearchState.POST) != SearchState.COMMITTED
        || next.isBound(next.madeBy(attemptId))) {
      next.spare(); // Another's instance may have been held to be its own, since they are alike.
    }
  }

  /** Nobody hears what came of that create; if its resource is gone too, nobody ever can. */
  void lost(SearchState next, String attemptId) {
    int a = next.attempt(attemptId);
    if (!next.isStored(next.attempt(a, SearchState.UID))) {
      next.attempt(a, SearchState.FORGOTTEN, 1);
    }
  }

  /** A pass is over. What it made for a resource that is gone may be left to another's create. */
  void ended(SearchState next, SearchPass pass) {
    if (pass.sent() == null
        || next.isStored(next.attempt(next.attempt(pass.sent()), SearchState.UID))) {
      return;
    }
    int made = next.madeBy(pass.sent());
    if (next.isAnyOpen() && next.isOurs(made) && !isHeld(next, made)) {
      next.spare();
    }
  }

  /** That delete came to nothing: what is late is deleted once, or told in the log. */
  void notDone(SearchState next, Operation operation, int place) {
    if (operation == Operation.DELETE && !next.isBound(place)) {
      next.instance(place, SearchState.LET_GO, 1);
    }
  }

  /** The API takes that call. */
  void taken(SearchState next, SearchPass pass, Operation operation, String id) {
    int place = SearchState.place(id);
    if (operation == Operation.DELETE) {
      deleted(next, id);
      next.instance(place, SearchState.LIFE, SearchState.GONE);
      return;
    }
    SearchResource on = pass.restsOn();
    if (on == null || !pass.hasRead(id)) {
      throw new SearchViolation(5, operation + " of " + id + " rests on no fresh read");
    }
    Desired desired = Desired.of(on.resource());
    boolean asked =
        switch (operation) {
          case START -> desired.wantsRunning();
          case STOP -> desired.wantsStopped();
          case RESTART -> desired.power().filter(Power.RESTART::equals).isPresent();
          case RESET -> desired.power().filter(Power.RESET::equals).isPresent();
          case CREATE, DELETE, GET, LIST, TEMPLATES, ZONES, BILLING -> false;
        };
    if (!asked || !id.equals(on.bound())) {
      throw new SearchViolation(5, operation + " of " + id + ", which nobody asked for");
    }
    boolean request = operation == Operation.RESTART || operation == Operation.RESET;
    if (request && next.called(on.asks()) > 1) {
      throw new SearchViolation(6, operation + " of " + id + ", once more for one request");
    }
    InstanceState state =
        operation == Operation.STOP ? InstanceState.TERMINATED : InstanceState.RUNNING;
    next.instance(place, SearchState.POWER, state.ordinal());
  }

  private static void deleted(SearchState s, String id) {
    String attemptId = s.madeBy(SearchState.place(id));
    boolean asked = false;
    for (SearchResource r : s.stored()) {
      if (id.equals(r.bound()) && (!r.deleting() || isRetained(r))) {
        throw new SearchViolation(3, id + " is deleted, and " + r.uid() + " is bound to it");
      }
      asked |= id.equals(r.bound());
    }
    for (SearchResource r : asked ? List.<SearchResource>of() : s.stored()) {
      boolean mayBeItsOwn =
          r.attempt() != null && Objects.equals(r.attempt().attemptId(), attemptId);
      if (mayBeItsOwn || (r.bound() == null && id.equals(r.claim()))) {
        throw new SearchViolation(3, id + " is deleted, and " + r.uid() + " may claim it");
      }
    }
    if (!asked && attemptId == null) {
      throw new SearchViolation(3, id + " is deleted, which is none of ours");
    }
  }

  /**
   * An instance was made. There must be no more than there is use for: each that is bound to
   * nothing is due to a resource of its own, which claims it or whose create is open.
   */
  void made(SearchState s) {
    List<SearchResource> stored = s.stored();
    Set<Integer> due = new HashSet<>();
    stored.stream()
        .filter(r -> r.bound() == null && r.claim() != null)
        .forEach(r -> due.add(s.uid(r)));
    for (int a = 0; a < SearchState.ATTEMPTS; a++) {
      if (s.isAttempt(a) && s.attempt(a, SearchState.FORGOTTEN) == 0) {
        int uid = s.attempt(a, SearchState.UID);
        String id = s.attemptId(a);
        if (s.isOpen(id) || (!s.isStored(uid) && s.isAwaited(id))) {
          due.add(uid);
        }
      }
    }
    int unbound = 0;
    for (int i = 0; i < SearchState.INSTANCES; i++) {
      unbound += s.isOurs(i) && !s.isBound(i) ? 1 : 0;
    }
    if (unbound > due.size() + s.spares()) {
      throw new SearchViolation(
          1, unbound + " instances wait for a resource, and " + due.size() + " for an instance");
    }
  }

  // -- what must hold in each state

  /** Throws what does not hold in that state. */
  void check(SearchState s) {
    Set<String> bound = new HashSet<>();
    for (SearchResource resource : s.stored()) {
      if (resource.bound() != null && !bound.add(resource.bound())) {
        throw new SearchViolation(4, "two resources are bound to " + resource.bound());
      }
    }
    if (s.isAnyOpen()) {
      return; // What nothing else knows of may be what that create made.
    }
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < SearchState.INSTANCES; i++) {
      if (s.isOurs(i) && !isHeld(s, i)) {
        unknown.add(SearchState.id(i));
      }
    }
    if (unknown.size() > s.spares()) {
      throw new SearchViolation(2, "nothing knows of " + unknown);
    }
  }

  private static boolean isHeld(SearchState s, int place) {
    String id = SearchState.id(place);
    String made = s.madeBy(place);
    return s.stored().stream().anyMatch(r -> id.equals(r.bound()) || id.equals(r.claim()))
        || (made != null && s.isAwaited(made));
  }

  // -- where all is well

  /** Whether all is as it is asked for, or waits for a person for a good reason. */
  boolean isGoal(SearchState s) {
    for (int p = 0; p < scope.processes; p++) {
      if (s.pass(p) != null) {
        return false;
      }
    }
    for (int a = 0; a < SearchState.ATTEMPTS; a++) {
      if (s.attempt(a, SearchState.POST) == SearchState.ON_ITS_WAY) {
        return false;
      }
    }
    return s.stored().stream().allMatch(r -> isMet(s, r) || isForAPerson(s, r));
  }

  private static boolean isMet(SearchState s, SearchResource r) {
    if (r.deleting() || r.bound() == null || !s.lives(SearchState.place(r.bound()))) {
      return false;
    }
    Desired desired = Desired.of(r.resource());
    boolean running = s.instance(SearchState.place(r.bound())).state() == InstanceState.RUNNING;
    boolean asAsked = (!desired.wantsRunning() || running) && (!desired.wantsStopped() || !running);
    boolean said =
        r.status()
            .condition(ConditionType.READY)
            .filter(c -> "True".equals(c.getStatus()))
            .filter(c -> Objects.equals(c.getObservedGeneration(), r.generation()))
            .isPresent();
    return asAsked
        && said
        && r.held()
        && r.attempt() == null
        && PowerRequest.pending(desired, r.status()).isEmpty()
        && r.bound().equals(r.annotations().get(Annotations.INSTANCE_ID));
  }

  private boolean isForAPerson(SearchState s, SearchResource r) {
    String reason =
        r.status()
            .condition(ConditionType.STALLED)
            .filter(c -> "True".equals(c.getStatus()))
            .map(c -> c.getReason())
            .orElse("");
    if (reason.equals(Reason.CREATE_OUTCOME_UNKNOWN.toString())) {
      return r.attempt() != null && isAmbiguous(s);
    }
    String wanted = r.bound() == null ? r.claim() : r.bound();
    if (r.deleting() || wanted == null) {
      return false;
    }
    if (reason.equals(Reason.INSTANCE_NOT_FOUND.toString())) {
      return !s.lives(SearchState.place(wanted));
    }
    if (reason.equals(Reason.INSTANCE_CLAIMED.toString())) {
      return s.stored().stream().anyMatch(o -> !o.name().equals(r.name()) && holds(o, r.claim()));
    }
    return reason.equals(Reason.TAKEOVER_NOT_ALLOWED.toString()) && !scope.takeoverAllowed;
  }

  private static boolean holds(SearchResource other, @Nullable String claim) {
    return claim != null && (claim.equals(other.bound()) || claim.equals(other.claim()));
  }

  /** Whether the account holds what no resource is bound to, beyond what open creates made. */
  private static boolean isAmbiguous(SearchState s) {
    for (int i = 0; i < SearchState.INSTANCES; i++) {
      String made = s.madeBy(i);
      if (s.lives(i) && !s.isBound(i) && (made == null || !s.isOpen(made))) {
        return true;
      }
    }
    return false;
  }

  // -- a person who knows

  /** What a person who knows all would answer to an unresolved create. */
  String answer(SearchState s, CreateAttempt attempt, List<String> candidates) {
    return candidates.stream()
        .filter(id -> isDueTo(s, SearchState.place(id), attempt))
        .map(id -> "adopt:" + id)
        .findFirst()
        .orElse("retry:" + attempt.attemptId());
  }

  /** Whether it is what that create made, or what another's made that was concluded without it. */
  private static boolean isDueTo(SearchState s, int place, CreateAttempt attempt) {
    String made = s.madeBy(place);
    return s.isOurs(place)
        && made != null
        && (made.equals(attempt.attemptId())
            || (!s.isBound(place) && !s.isAwaited(made) && !s.isOpen(made)));
  }
}
