package com.threatwinds.compute.operator.reconcile;

import static com.threatwinds.compute.operator.api.v1alpha1.Reason.*;
import static com.threatwinds.compute.operator.reconcile.StatusRows.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.InstanceState;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Action.Release.Why;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.reconcile.EventReport.Note;
import com.threatwinds.compute.operator.reconcile.StatusRows.Row;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventReportTest {

  /** Reasons that are told by a warning when they begin. */
  private static final Set<Reason> WARNINGS =
      EnumSet.of(
          CONFIRMING_CREATE,
          RATE_LIMITED,
          QUOTA_EXCEEDED,
          API_UNAVAILABLE,
          TEMPLATE_NOT_FOUND,
          ZONE_NOT_AVAILABLE,
          TEMPLATE_MISMATCH,
          INVALID_SPEC,
          IMMUTABLE_FIELD_CHANGED,
          AUTHENTICATION_FAILED,
          ACCOUNT_MISMATCH,
          INSTANCE_NOT_FOUND,
          INSTANCE_CLAIMED,
          TAKEOVER_NOT_ALLOWED,
          CREATE_OUTCOME_UNKNOWN,
          REQUEST_REJECTED);

  static List<Row> rows() {
    return all();
  }

  static List<Row> standingRows() {
    return all().stream().filter(Row::stands).toList();
  }

  private static List<Note> notes(Row row) {
    return EventReport.of(row.before(), row.status(), row.action(), row.outcome());
  }

  private static List<Note> notes(String row) {
    return notes(all().stream().filter(r -> r.name().equals(row)).findFirst().orElseThrow());
  }

  private static List<String> reasons(List<Note> notes) {
    return notes.stream().map(Note::reason).toList();
  }

  // -- every row

  @ParameterizedTest
  @MethodSource("rows")
  void aWarningTellsOfEachTroubleThatBegins(Row row) {
    String was = reason(row.before());
    String now = reason(row.status());
    boolean begins = !was.equals(now) && WARNINGS.stream().anyMatch(r -> r.toString().equals(now));

    assertThat(notes(row).stream().filter(Note::warning).map(Note::reason).toList())
        .filteredOn(reason -> !reason.equals("PowerOutcomeUnknown"))
        .filteredOn(reason -> !reason.equals("Provisioning"))
        .isEqualTo(begins ? List.of(now) : List.of());
  }

  private static String reason(ComputeInstanceStatus status) {
    return status
        .condition(com.threatwinds.compute.operator.api.v1alpha1.ConditionType.READY)
        .map(c -> c.getReason())
        .orElse("");
  }

  @ParameterizedTest
  @MethodSource("standingRows")
  void nothingIsToldTwice(Row row) {
    ComputeInstanceStatus once = row.status();
    ComputeInstanceStatus twice = row.again(once, row.outcome(), NOW.plusSeconds(50));

    List<Note> notes = EventReport.of(once, twice, row.action(), row.outcome());

    boolean released = row.action() instanceof Action.Release;
    assertThat(notes).hasSize(released ? 1 : 0); // A resource is let go only once.
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachEventIsOneThatAPersonCanRead(Row row) {
    assertThat(notes(row))
        .allSatisfy(
            note -> {
              assertThat(note.reason()).matches("[A-Z][A-Za-z]{1,127}");
              assertThat(note.action()).matches("[A-Z][A-Za-z]{1,127}");
              assertThat(note.text()).isNotBlank();
            });
  }

  // -- what was done

  @Test
  void eachThingDoneIsToldOnce() {
    assertThat(reasons(notes("create-made-an-instance"))).containsExactly("Created");
    assertThat(reasons(notes("create-settled-as-made"))).containsExactly("Adopted");
    assertThat(reasons(notes("create-adopted"))).containsExactly("Adopted");
    assertThat(reasons(notes("taken-over"))).containsExactly("Adopted");
    assertThat(reasons(notes("start-accepted"))).containsExactly("Started");
    assertThat(reasons(notes("stop-accepted"))).containsExactly("Stopped");
    assertThat(reasons(notes("reset-accepted"))).containsExactly("Reset");
    assertThat(reasons(notes("restart-accepted"))).containsExactly("Restarted");
    assertThat(reasons(notes("reset-starts-what-is-stopped"))).containsExactly("Started");
    assertThat(reasons(notes("deletion-accepted"))).containsExactly("Deleted");
    assertThat(reasons(notes("deletion-released"))).containsExactly("Deleted");
  }

  @Test
  void theInstanceIsNamed() {
    assertThat(notes("create-made-an-instance")).extracting(Note::text).allMatch(hasId("i-1"));
    assertThat(notes("create-adopted")).extracting(Note::text).allMatch(hasId("i-7"));
    assertThat(notes("stop-accepted")).extracting(Note::text).allMatch(hasId("i-1"));
    assertThat(notes("reset-accepted")).extracting(Note::text).allMatch(hasId("i-1"));
    assertThat(notes("deletion-accepted")).extracting(Note::text).allMatch(hasId("i-1"));
  }

  private static java.util.function.Predicate<String> hasId(String id) {
    return text -> text.contains(id);
  }

  @Test
  void waitingIsNotToldOf() {
    for (String row :
        List.of(
            "create-waits-for-its-turn",
            "provisioning",
            "starting",
            "stopping",
            "create-being-settled",
            "create-open",
            "reset-announced",
            "request-skipped-on-what-is-stopped",
            "paused-running-as-asked",
            "running-after-an-edit",
            "deletion-absent-once",
            "create-overtaken",
            "stop-overtaken")) {
      assertThat(notes(row)).as(row).isEmpty();
    }
  }

  @Test
  void letsAResourceGoWithOneWord() {
    ComputeInstanceStatus bound = running(Wish.plain());

    assertThat(released(bound, Why.RETAINED))
        .containsExactly("Retained: instance i-1 is kept, as it is asked");
    assertThat(released(bound, Why.UNINSTALLING))
        .containsExactly(
            "Retained: instance i-1 is kept, because the resource definition itself is deleted");
    assertThat(released(bound, Why.GONE)).containsExactly("Deleted: instance i-1 is gone already");
    assertThat(released(ComputeInstanceStatus.NONE, Why.NOTHING_THERE)).isEmpty();
    assertThat(released(open(Wish.plain()), Why.RETAINED))
        .singleElement()
        .asString()
        .startsWith("Retained: whatever the open create made");
    assertThat(released(open(Wish.plain()), Why.UNINSTALLING))
        .singleElement()
        .asString()
        .startsWith("Retained: whatever the open create made");
  }

  private static List<String> released(ComputeInstanceStatus status, Why why) {
    return EventReport.of(status, status, new Action.Release(why), NOTHING).stream()
        .map(note -> note.reason() + ": " + note.text())
        .toList();
  }

  // -- provisioned

  @Test
  void anInstanceThatRunsForTheFirstTimeIsProvisioned() {
    Wish wish = Wish.plain();

    List<Note> notes = rest(wish, made(wish), RUNNING_NOW);

    assertThat(notes)
        .containsExactly(
            new Note(false, "Provisioned", "Create", "instance i-1 is running at 203.0.113.7"));
  }

  private static List<Note> rest(Wish wish, ComputeInstanceStatus before, Instance instance) {
    Reason reason = instance.state() == InstanceState.RUNNING ? RUNNING : STOPPED;
    Action action = new Action.Rest(reason);
    ComputeInstanceStatus after = pass(wish, before, found(instance), action, NOTHING);
    return EventReport.of(before, after, action, NOTHING);
  }

  @Test
  void itIsProvisionedAlsoWhenItIsStoppedAtOnce() {
    Wish stops = Wish.plain().power(Power.STOPPED);
    ComputeInstanceStatus before = made(stops);
    Action stop = new Action.Stop(ID);
    ComputeInstanceStatus after =
        pass(stops, before, found(RUNNING_NOW), stop, new Outcome.Accepted());

    assertThat(reasons(EventReport.of(before, after, stop, new Outcome.Accepted())))
        .containsExactly("Stopped", "Provisioned");
  }

  @Test
  void itIsProvisionedAlsoAfterAnOutage() {
    Wish wish = Wish.plain();
    ComputeInstanceStatus outage =
        pass(
            wish,
            made(wish),
            new Observation.Failed(Errors.unavailable(Operation.GET, 503)),
            new Action.Retry(Errors.unavailable(Operation.GET, 503)),
            NOTHING);

    assertThat(reasons(rest(wish, outage, RUNNING_NOW))).containsExactly("Provisioned");
  }

  @Test
  void anInstanceThatWasFoundRunningIsProvisionedToo() {
    Wish wish = Wish.plain();
    ComputeInstanceStatus settled =
        pass(
            wish,
            open(wish),
            new Observation.Due(),
            new Action.Settle(),
            new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)));

    assertThat(reasons(rest(wish, settled, RUNNING_NOW))).containsExactly("Provisioned");
  }

  @Test
  void whatWasTakenOverOrStartedAgainIsNotProvisioned() {
    Wish takes = Wish.plain().takeOver("i-1");
    ComputeInstanceStatus taken =
        pass(
            takes,
            ComputeInstanceStatus.NONE,
            found(RUNNING_NOW),
            new Action.TakeOver(RUNNING_NOW),
            new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)));

    assertThat(rest(takes, taken, RUNNING_NOW)).isEmpty();
    assertThat(rest(Wish.plain(), stopped(Wish.plain()), RUNNING_NOW)).isEmpty();
  }

  @Test
  void whatIsFoundStoppedIsNotSaidToRun() {
    Wish wish = Wish.plain();

    assertThat(rest(wish, made(wish), STOPPED_NOW)).isEmpty();
  }

  @Test
  void provisioningForLongIsOneWarningThatNamesTheInstance() {
    Wish wish = Wish.plain();
    Action wait = new Action.Wait(PROVISIONING, "instance i-1 is being provisioned");
    Observation late = found(old(PROVISIONING_NOW));
    ComputeInstanceStatus before = made(wish);
    ComputeInstanceStatus slow = passNow(wish, before, late, wait);

    assertThat(EventReport.of(before, slow, wait, NOTHING))
        .singleElement()
        .satisfies(
            note -> {
              assertThat(note.warning()).isTrue();
              assertThat(note.reason()).isEqualTo("Provisioning");
              assertThat(note.text()).contains("i-1", "15 minutes");
            });
    assertThat(EventReport.of(slow, passNow(wish, slow, late, wait), wait, NOTHING)).isEmpty();
  }

  private static ComputeInstanceStatus passNow(
      Wish wish, ComputeInstanceStatus before, Observation observation, Action action) {
    return StatusReport.of(before, before, wish.desired(), observation, action, NOTHING, NOW);
  }

  // -- requests

  @Test
  void anUnknownOutcomeIsToldOnce() {
    assertThat(notes("reset-of-unknown-outcome"))
        .singleElement()
        .satisfies(
            note -> {
              assertThat(note.warning()).isTrue();
              assertThat(note.reason()).isEqualTo("PowerOutcomeUnknown");
              assertThat(note.action()).isEqualTo("Reset");
              assertThat(note.text()).contains("i-1");
            });
    assertThat(reasons(notes("reset-given-up-after-a-crash")))
        .containsExactly("PowerOutcomeUnknown");
  }

  @Test
  void theNextUnknownOutcomeIsToldAgain() {
    Wish first = Wish.plain().annotated(Annotations.RESET_REQUESTED, "1");
    Wish second = Wish.plain().annotated(Annotations.RESET_REQUESTED, "2");
    ComputeInstanceStatus once = unknown(first, running(first), NOW);

    ComputeInstanceStatus twice = unknown(second, once, NOW.plusSeconds(60));

    assertThat(EventReport.of(once, twice, reset(second), lost()))
        .extracting(Note::reason)
        .containsExactly("PowerOutcomeUnknown");
  }

  private static Outcome lost() {
    return failed(Errors.noAnswer(Operation.RESET));
  }

  private static ComputeInstanceStatus unknown(
      Wish wish, ComputeInstanceStatus before, Instant now) {
    return StatusReport.of(
        before,
        issuing(wish, before),
        wish.desired(),
        found(RUNNING_NOW),
        reset(wish),
        lost(),
        now);
  }

  @Test
  void anUnknownOutcomeIsNotToldAgainWhenOldRequestsAreForgotten() {
    Wish resets = Wish.plain().power(Power.RESET).generation(2);
    ComputeInstanceStatus unknown = unknown(resets, running(resets), NOW);
    Wish runs = resets.power(Power.RUNNING).generation(3);
    ComputeInstanceStatus after =
        pass(runs, unknown, found(RUNNING_NOW), new Action.Rest(RUNNING), NOTHING);
    assertThat(after.power()).isNotEqualTo(unknown.power());

    assertThat(EventReport.of(unknown, after, new Action.Rest(RUNNING), NOTHING)).isEmpty();
  }

  @Test
  void aRefusalIsAWarningAndNothingDone() {
    assertThat(reasons(notes("reset-rejected"))).containsExactly("RequestRejected");
    assertThat(reasons(notes("start-rejected"))).containsExactly("RequestRejected");
    assertThat(reasons(notes("create-rejected"))).containsExactly("RequestRejected");
    assertThat(reasons(notes("create-over-quota"))).containsExactly("QuotaExceeded");
  }

  @Test
  void aTroubleThatEndsAndBeginsAgainIsToldAgain() {
    Wish wish = Wish.plain().power(Power.RUNNING);
    Action retry = new Action.Retry(Errors.unavailable(Operation.GET, 503));
    Observation blind = new Observation.Failed(Errors.unavailable(Operation.GET, 503));
    ComputeInstanceStatus stopped = stopped(wish);

    for (int i = 0; i < 2; i++) {
      ComputeInstanceStatus after = pass(wish, stopped, blind, retry, NOTHING);
      assertThat(reasons(EventReport.of(stopped, after, retry, NOTHING)))
          .containsExactly("ApiUnavailable");
    }
  }

  @Test
  void anAdoptedInstanceIsToldByItsId() {
    var seen = new Seen(ModelApi.instance("i-9", InstanceState.RUNNING), Errors.OURS);
    ComputeInstanceStatus before = open(Wish.plain());
    Action adopt = new Action.Adopt(new InstanceId("i-9"));
    ComputeInstanceStatus after =
        pass(Wish.plain(), before, new Observation.Due(), adopt, new Outcome.Made(seen));

    assertThat(EventReport.of(before, after, adopt, new Outcome.Made(seen)))
        .containsExactly(
            new Note(false, "Adopted", "Adopt", "bound instance i-9 as the outcome of the create"));
  }
}
