package com.threatwinds.compute.operator.decision;

import static com.threatwinds.compute.operator.api.v1alpha1.Power.RESET;
import static com.threatwinds.compute.operator.api.v1alpha1.Power.RESTART;
import static com.threatwinds.compute.operator.compute.InstanceState.PROVISIONING;
import static com.threatwinds.compute.operator.compute.InstanceState.RUNNING;
import static com.threatwinds.compute.operator.compute.InstanceState.STAGING;
import static com.threatwinds.compute.operator.compute.InstanceState.STOPPING;
import static com.threatwinds.compute.operator.compute.InstanceState.SUSPENDED;
import static com.threatwinds.compute.operator.compute.InstanceState.TERMINATED;
import static com.threatwinds.compute.operator.compute.InstanceState.UNKNOWN;
import static com.threatwinds.compute.operator.decision.Given.ATTEMPT;
import static com.threatwinds.compute.operator.decision.Given.GENERATION;
import static com.threatwinds.compute.operator.decision.Given.ID;
import static com.threatwinds.compute.operator.decision.Given.TEMPLATE;
import static com.threatwinds.compute.operator.decision.Given.ZONE;
import static com.threatwinds.compute.operator.decision.Given.asked;
import static com.threatwinds.compute.operator.decision.Given.bound;
import static com.threatwinds.compute.operator.decision.Given.found;
import static com.threatwinds.compute.operator.decision.Given.instance;
import static com.threatwinds.compute.operator.decision.Given.open;
import static com.threatwinds.compute.operator.decision.Given.unavailable;
import static com.threatwinds.compute.operator.decision.Given.unbound;
import static com.threatwinds.compute.operator.decision.Row.row;
import static com.threatwinds.compute.operator.decision.Row.stalls;
import static com.threatwinds.compute.operator.decision.Row.waits;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.DeletionPolicy;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.decision.Action.Release.Why;
import com.threatwinds.compute.operator.decision.PowerRequest.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What the operator does, row by row: each of them is promised to users. What holds for all rows
 * together is in {@link DeciderPropertiesTest}.
 */
class DeciderTest {

  private static final InstanceId OTHER = new InstanceId("i-2");
  private static final ComputeApiException DOWN = unavailable(Operation.GET);

  private static final Observation NOT_YET = new Observation.NotYet();
  private static final Observation FAILED = new Observation.Failed(DOWN);
  private static final Observation OTHER_ACCOUNT = new Observation.OtherAccount();
  private static final Observation GONE = new Observation.Absent(true, true);
  private static final Observation GONE_ONCE = new Observation.Absent(false, true);
  private static final Observation GONE_FOR_OTHERS = new Observation.Absent(true, false);
  private static final Observation UNINSTALLING = new Observation.Uninstalling();
  private static final Observation EARLY = new Observation.Unsettled(Duration.ofSeconds(9));
  private static final Observation DUE = new Observation.Due();
  private static final Observation ORDERABLE = new Observation.Orderable(Optional.of(ZONE));
  private static final Observation RIVALLED =
      new Observation.Found(instance(RUNNING), Optional.of(", web-2"));

  private static final Action KEEP = new Action.Keep();
  private static final Action RETRY = new Action.Retry(DOWN);
  private static final Action DELETE = new Action.Delete(ID, Optional.empty());
  private static final Action START = new Action.Start(ID);
  private static final Action STOP = new Action.Stop(ID);

  // -- before anything is looked at

  static final List<Row> whatCantBeRead =
      List.of(
          row(
              "keeps a status that it can't read, since the binding may be in it",
              asked(),
              unbound().problem("status: nonsense"),
              ORDERABLE,
              KEEP),
          row(
              "keeps a resource with such a status even when it is deleted",
              asked().deleting(),
              unbound().problem("status: nonsense"),
              NOT_YET,
              KEEP),
          row(
              "stalls on a spec that it does not understand",
              asked().problem("spec.zone: must match x"),
              unbound(),
              ORDERABLE,
              stalls(Reason.INVALID_SPEC, "spec.zone: must match x")),
          row(
              "touches no power while it does not understand the spec",
              asked().power(Power.STOPPED).problem("spec.zone: must match x"),
              bound(),
              found(RUNNING),
              stalls(Reason.INVALID_SPEC)),
          row(
              "does not settle a create while it does not understand the spec",
              asked().problem("spec.zone: must match x"),
              open(),
              DUE,
              stalls(Reason.INVALID_SPEC)));

  @ParameterizedTest
  @FieldSource
  void whatCantBeRead(Row row) {
    row.holds();
  }

  static final List<Row> immutableValues =
      List.of(
          row(
              "accepts values that are as they were",
              asked().zone(ZONE).takeover(ID),
              bound().accepted(TEMPLATE, ZONE, ID.value()),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "stalls when the template was changed",
              asked().template("other"),
              bound().accepted(TEMPLATE, null, null),
              found(RUNNING),
              stalls(Reason.IMMUTABLE_FIELD_CHANGED, "spec.templateId", TEMPLATE)),
          row(
              "stalls when a zone was added",
              asked().zone(ZONE),
              bound().accepted(TEMPLATE, null, null),
              found(RUNNING),
              stalls(Reason.IMMUTABLE_FIELD_CHANGED, "spec.zone", "absent")),
          row(
              "stalls when the zone was removed",
              asked(),
              bound().accepted(TEMPLATE, ZONE, null),
              found(RUNNING),
              stalls(Reason.IMMUTABLE_FIELD_CHANGED, "spec.zone", ZONE)),
          row(
              "stalls when the zone was changed, before an instance is made",
              asked().zone("us-central1-b"),
              unbound().accepted(TEMPLATE, ZONE, null),
              ORDERABLE,
              stalls(Reason.IMMUTABLE_FIELD_CHANGED, "spec.zone", ZONE)),
          row(
              "stalls when an instance to take over was added",
              asked().takeover(OTHER),
              bound().accepted(TEMPLATE, null, null),
              found(RUNNING),
              stalls(Reason.IMMUTABLE_FIELD_CHANGED, "spec.instanceId", "absent")),
          row(
              "stalls when the instance to take over was removed, whatever the annotation says",
              asked().takeoverByAnnotation(ID),
              bound().accepted(TEMPLATE, null, ID.value()),
              found(RUNNING),
              stalls(Reason.IMMUTABLE_FIELD_CHANGED, "spec.instanceId", ID.value())),
          row(
              "takes its own annotation for no change",
              asked().takeoverByAnnotation(ID),
              bound().accepted(TEMPLATE, null, null),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "deletes what is bound although a value was changed",
              asked().template("other").deleting(),
              bound().accepted(TEMPLATE, null, null),
              found(RUNNING),
              DELETE));

  @ParameterizedTest
  @FieldSource
  void immutableValues(Row row) {
    row.holds();
  }

  // -- paused

  static final List<Row> paused =
      List.of(
          row("makes nothing", asked().paused(), unbound(), ORDERABLE, new Action.Pause()),
          row(
              "takes nothing over",
              asked().takeover(ID).paused(),
              unbound(),
              found(RUNNING),
              new Action.Pause()),
          row(
              "starts nothing",
              asked().power(Power.RUNNING).paused(),
              bound(),
              found(TERMINATED),
              new Action.Pause()),
          row(
              "sends no request",
              asked().power(RESET).restart("1").paused(),
              bound(),
              found(RUNNING),
              new Action.Pause()),
          row("settles nothing", asked().paused(), open(), DUE, new Action.Pause()),
          row(
              "follows no answer to an open create",
              asked().answer("adopt:i-1").paused(),
              open("i-1"),
              DUE,
              new Action.Pause()),
          row(
              "deletes nothing",
              asked().deleting().paused(),
              bound(),
              found(RUNNING),
              new Action.Pause()),
          row(
              "lets nothing go that is bound",
              asked().deleting().policy(DeletionPolicy.RETAIN).paused(),
              bound(),
              found(RUNNING),
              new Action.Pause()),
          row(
              "lets go what never had an instance, since that takes no call",
              asked().deleting().paused(),
              unbound(),
              NOT_YET,
              new Action.Release(Why.NOTHING_THERE)));

  @ParameterizedTest
  @FieldSource
  void paused(Row row) {
    row.holds();
  }

  // -- deletion

  static final List<Row> deletion =
      List.of(
          row(
              "lets go what never had an instance",
              asked().deleting(),
              unbound(),
              NOT_YET,
              new Action.Release(Why.NOTHING_THERE)),
          row(
              "lets go what only asked for an instance to take over",
              asked().deleting().takeover(ID),
              unbound(),
              found(RUNNING),
              new Action.Release(Why.NOTHING_THERE)),
          row("deletes what it created", asked().deleting(), bound(), found(RUNNING), DELETE),
          row("deletes what is stopped", asked().deleting(), bound(), found(TERMINATED), DELETE),
          row(
              "deletes what is still being provisioned",
              asked().deleting(),
              bound(),
              found(PROVISIONING),
              DELETE),
          row(
              "deletes what is in a state that it does not know",
              asked().deleting(),
              bound(),
              found(UNKNOWN),
              DELETE),
          row(
              "deletes although the spec is not understood, if its policy is",
              asked().deleting().problem("spec.power: must be one of x"),
              bound(),
              found(RUNNING),
              DELETE),
          row(
              "retains what was taken over",
              asked().deleting(),
              bound().takenOver(),
              found(RUNNING),
              new Action.Release(Why.RETAINED)),
          row(
              "deletes what was taken over where the policy says so",
              asked().deleting().policy(DeletionPolicy.DELETE),
              bound().takenOver(),
              found(RUNNING),
              DELETE),
          row(
              "retains what it created where the policy says so",
              asked().deleting().policy(DeletionPolicy.RETAIN),
              bound(),
              found(RUNNING),
              new Action.Release(Why.RETAINED)),
          row(
              "retains without a look at the API",
              asked().deleting().policy(DeletionPolicy.RETAIN),
              bound(),
              FAILED,
              new Action.Release(Why.RETAINED)),
          row(
              "retains whatever an open create made",
              asked().deleting().policy(DeletionPolicy.RETAIN),
              open(),
              EARLY,
              new Action.Release(Why.RETAINED)),
          row(
              "destroys nothing in an uninstall",
              asked().deleting(),
              bound(),
              UNINSTALLING,
              new Action.Release(Why.UNINSTALLING)),
          row(
              "settles nothing in an uninstall",
              asked().deleting(),
              open(),
              UNINSTALLING,
              new Action.Release(Why.UNINSTALLING)),
          row(
              "waits for an open create before it deletes",
              asked().deleting(),
              open(),
              EARLY,
              waits(Reason.CONFIRMING_CREATE)),
          row(
              "settles an open create before it deletes",
              asked().deleting(),
              open(),
              DUE,
              new Action.Settle()),
          row(
              "adopts what a person named, to delete it",
              asked().deleting().answer("adopt:i-2"),
              open("i-1", "i-2"),
              DUE,
              new Action.Adopt(OTHER)),
          row(
              "forgets an open create where a person says so",
              asked().deleting().answer("retry:" + ATTEMPT),
              open("i-1", "i-2"),
              DUE,
              new Action.Forget()),
          row(
              "lets go what is gone, twice read and from its own account",
              asked().deleting(),
              bound(),
              GONE,
              new Action.Release(Why.GONE)),
          row(
              "does not trust one 404",
              asked().deleting(),
              bound(),
              GONE_ONCE,
              waits(Reason.DELETING, ID.value(), "404")),
          row(
              "does not trust a 404 to credentials of unknown account",
              asked().deleting(),
              bound(),
              GONE_FOR_OTHERS,
              stalls(Reason.ACCOUNT_MISMATCH, ID.value())),
          row(
              "keeps what other credentials can't see",
              asked().deleting(),
              bound(),
              OTHER_ACCOUNT,
              stalls(Reason.ACCOUNT_MISMATCH, ID.value())),
          row(
              "tries for ever while the API can't be asked",
              asked().deleting(),
              bound().ready(Reason.RUNNING),
              FAILED,
              RETRY),
          row(
              "does not delete what an older resource holds, too",
              asked().deleting(),
              bound(),
              RIVALLED,
              new Action.Release(Why.RETAINED)),
          row("does nothing before the first look", asked().deleting(), bound(), NOT_YET, KEEP));

  @ParameterizedTest
  @FieldSource
  void deletion(Row row) {
    row.holds();
  }

  // -- a create that is open

  static final List<Row> openCreates =
      List.of(
          row("waits for what must show", asked(), open(), EARLY, waits(Reason.CONFIRMING_CREATE)),
          row("settles what must show by now", asked(), open(), DUE, new Action.Settle()),
          row("never sends another create", asked(), open(), ORDERABLE, KEEP),
          row("asks again what could not be asked", asked(), open(), FAILED, RETRY),
          row(
              "settles again what waits for a person, in case it has become clear",
              asked(),
              open("i-1", "i-2"),
              DUE,
              new Action.Settle()),
          row(
              "adopts the candidate that a person named",
              asked().answer("adopt: i-2"),
              open("i-1", "i-2"),
              EARLY,
              new Action.Adopt(OTHER)),
          row(
              "adopts nothing that is no candidate",
              asked().answer("adopt:i-3"),
              open("i-1", "i-2"),
              DUE,
              new Action.Settle()),
          row(
              "adopts nothing before there are candidates",
              asked().answer("adopt:i-1"),
              open(),
              EARLY,
              waits(Reason.CONFIRMING_CREATE)),
          row(
              "forgets the attempt that a person named",
              asked().answer("retry:" + ATTEMPT),
              open("i-1", "i-2"),
              EARLY,
              new Action.Forget()),
          row(
              "forgets no attempt because of an answer to an earlier one",
              asked().answer("retry:attempt-0"),
              open("i-1", "i-2"),
              DUE,
              new Action.Settle()),
          row(
              "takes nonsense for no answer",
              asked().answer("yes please"),
              open("i-1", "i-2"),
              DUE,
              new Action.Settle()),
          row("says nothing new before the first look", asked(), open(), NOT_YET, KEEP));

  @ParameterizedTest
  @FieldSource
  void openCreates(Row row) {
    row.holds();
  }

  // -- an instance that is bound: power

  static final List<Row> power =
      List.of(
          row(
              "starts what is stopped",
              asked().power(Power.RUNNING),
              bound(),
              found(TERMINATED),
              START),
          row(
              "starts what is suspended",
              asked().power(Power.RUNNING),
              bound(),
              found(SUSPENDED),
              START),
          row(
              "starts again what somebody else stopped",
              asked().power(Power.RUNNING),
              bound().ready(Reason.RUNNING).state(RUNNING),
              found(TERMINATED),
              START),
          row(
              "rests while what should run runs",
              asked().power(Power.RUNNING),
              bound(),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row("stops what runs", asked().power(Power.STOPPED), bound(), found(RUNNING), STOP),
          row(
              "stops again what somebody else started",
              asked().power(Power.STOPPED),
              bound().ready(Reason.STOPPED).state(TERMINATED),
              found(RUNNING),
              STOP),
          row(
              "rests while what should be stopped is",
              asked().power(Power.STOPPED),
              bound(),
              found(TERMINATED),
              new Action.Rest(Reason.STOPPED)),
          row(
              "takes suspended for stopped",
              asked().power(Power.STOPPED),
              bound(),
              found(SUSPENDED),
              new Action.Rest(Reason.SUSPENDED)),
          row(
              "leaves power alone where nothing is asked: running",
              asked(),
              bound(),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "leaves power alone where nothing is asked: stopped",
              asked(),
              bound(),
              found(TERMINATED),
              new Action.Rest(Reason.STOPPED)),
          row(
              "leaves power alone where nothing is asked: suspended",
              asked(),
              bound(),
              found(SUSPENDED),
              new Action.Rest(Reason.SUSPENDED)));

  @ParameterizedTest
  @FieldSource
  void power(Row row) {
    row.holds();
  }

  static final List<Row> whatMoves =
      List.of(
          row(
              "waits for what is being provisioned",
              asked().power(Power.STOPPED),
              bound(),
              found(PROVISIONING),
              waits(Reason.PROVISIONING, ID.value())),
          row(
              "waits for what is starting",
              asked().power(Power.STOPPED),
              bound(),
              found(STAGING),
              waits(Reason.STARTING, ID.value())),
          row(
              "waits for what is stopping",
              asked().power(Power.RUNNING),
              bound(),
              found(STOPPING),
              waits(Reason.STOPPING, ID.value())),
          row(
              "waits for what moves before it sends a request",
              asked().power(RESTART),
              bound(),
              found(STAGING),
              waits(Reason.STARTING)),
          row(
              "waits in a state that it does not know",
              asked().power(Power.RUNNING),
              bound(),
              found(UNKNOWN),
              waits(Reason.API_UNAVAILABLE, ID.value())));

  @ParameterizedTest
  @FieldSource
  void whatMoves(Row row) {
    row.holds();
  }

  static final List<Row> requests =
      List.of(
          row(
              "restarts for a change to Restart",
              asked().power(RESTART),
              bound(),
              found(RUNNING),
              request(Source.SPEC, RESTART, null, Operation.RESTART)),
          row(
              "resets for a change to Reset",
              asked().power(RESET),
              bound(),
              found(RUNNING),
              request(Source.SPEC, RESET, null, Operation.RESET)),
          row(
              "repeats no restart that stands and was handled",
              asked().power(RESTART),
              bound().handled("spec/Restart"),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "takes a handled restart for Running",
              asked().power(RESTART),
              bound().handled("spec/Restart"),
              found(TERMINATED),
              START),
          row(
              "restarts for a new id",
              asked().power(RESTART).requestId("b"),
              bound().handled("spec/Restart/a", "spec/Restart"),
              found(RUNNING),
              request(Source.SPEC, RESTART, "b", Operation.RESTART)),
          row(
              "repeats no id, not even after a revert",
              asked().power(RESTART).requestId("a"),
              bound().handled("spec/Restart/a", "spec/Restart/b", "spec/Restart"),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "takes the same id of another operation for another request",
              asked().power(RESET).requestId("a"),
              bound().handled("spec/Restart/a", "spec/Restart"),
              found(RUNNING),
              request(Source.SPEC, RESET, "a", Operation.RESET)),
          row(
              "takes the removal of an id for no request",
              asked().power(RESTART),
              bound().handled("spec/Restart/a", "spec/Restart"),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "takes an id without a request for nothing",
              asked().power(Power.RUNNING).requestId("a"),
              bound(),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "starts what is stopped, which is its restart",
              asked().power(RESTART),
              bound(),
              found(TERMINATED),
              request(Source.SPEC, RESTART, null, Operation.START)),
          row(
              "starts what is suspended, which is its reset",
              asked().power(RESET),
              bound(),
              found(SUSPENDED),
              request(Source.SPEC, RESET, null, Operation.START)),
          row(
              "restarts by annotation where power is left alone",
              asked().restart("monday"),
              bound(),
              found(RUNNING),
              request(Source.ANNOTATION, RESTART, "monday", Operation.RESTART)),
          row(
              "resets by annotation what should run",
              asked().power(Power.RUNNING).reset("monday"),
              bound(),
              found(RUNNING),
              request(Source.ANNOTATION, RESET, "monday", Operation.RESET)),
          row(
              "repeats no annotation",
              asked().restart("monday"),
              bound().handled("annotation/Restart/monday"),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "restarts for a new value of the annotation",
              asked().restart("tuesday"),
              bound().handled("annotation/Restart/monday"),
              found(RUNNING),
              request(Source.ANNOTATION, RESTART, "tuesday", Operation.RESTART)),
          row(
              "starts what is stopped for an annotation",
              asked().restart("monday"),
              bound(),
              found(TERMINATED),
              request(Source.ANNOTATION, RESTART, "monday", Operation.START)),
          row(
              "handles one request in a pass, the spec's first",
              asked().power(RESET).restart("monday").reset("monday"),
              bound(),
              found(RUNNING),
              request(Source.SPEC, RESET, null, Operation.RESET)),
          row(
              "handles the other requests after it",
              asked().power(RESET).restart("monday").reset("monday"),
              bound().handled("spec/Reset"),
              found(RUNNING),
              request(Source.ANNOTATION, RESTART, "monday", Operation.RESTART)),
          row(
              "skips the annotations of what should be stopped, and runs",
              asked().power(Power.STOPPED).restart("monday").reset("monday"),
              bound(),
              found(RUNNING),
              new Action.Skip(
                  List.of(byAnnotation(RESTART, "monday"), byAnnotation(RESET, "monday")))),
          row(
              "skips the annotation of what should be stopped, and is",
              asked().power(Power.STOPPED).reset("monday"),
              bound(),
              found(TERMINATED),
              new Action.Skip(List.of(byAnnotation(RESET, "monday")))),
          row(
              "stops what runs once the annotations are skipped",
              asked().power(Power.STOPPED).restart("monday"),
              bound().handled("annotation/Restart/monday"),
              found(RUNNING),
              STOP),
          row(
              "gives up a request whose outcome nobody lived to tell",
              asked().power(RESET),
              bound().last(RESET, null, PowerOutcome.ISSUING),
              found(RUNNING),
              new Action.GiveUp()),
          row(
              "gives it up also while the instance moves",
              asked().power(RESET),
              bound().last(RESET, null, PowerOutcome.ISSUING),
              found(STAGING),
              new Action.GiveUp()),
          row(
              "gives it up also when it is no longer asked for",
              asked().power(Power.STOPPED),
              bound().last(RESET, "a", PowerOutcome.ISSUING),
              found(RUNNING),
              new Action.GiveUp()));

  @ParameterizedTest
  @FieldSource
  void requests(Row row) {
    row.holds();
  }

  static final List<Row> refusals =
      List.of(
          row(
              "tells of a refused request for as long as it stands",
              asked().power(RESET).requestId("a"),
              bound()
                  .last(RESET, "a", PowerOutcome.REJECTED, "spec/Reset/a", "spec/Reset")
                  .stalled(Reason.REQUEST_REJECTED),
              found(RUNNING),
              stalls(Reason.REQUEST_REJECTED, "as was said before")),
          row(
              "tells no more of it once the spec has changed",
              asked().power(Power.RUNNING).generation(GENERATION + 1),
              bound()
                  .last(RESET, "a", PowerOutcome.REJECTED, "spec/Reset/a")
                  .stalled(Reason.REQUEST_REJECTED),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "tells no more of it once the annotation is gone",
              asked(),
              bound()
                  .last(RESET, "a", PowerOutcome.REJECTED, "annotation/Reset/a")
                  .stalled(Reason.REQUEST_REJECTED),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "sends the next request after a refused one",
              asked().reset("b"),
              bound()
                  .last(RESET, "a", PowerOutcome.REJECTED, "annotation/Reset/a")
                  .stalled(Reason.REQUEST_REJECTED),
              found(RUNNING),
              request(Source.ANNOTATION, RESET, "b", Operation.RESET)),
          row(
              "sends no refused start again",
              asked().power(Power.RUNNING),
              bound().state(SUSPENDED).stalled(Reason.REQUEST_REJECTED),
              found(SUSPENDED),
              stalls(Reason.REQUEST_REJECTED)),
          row(
              "sends no refused stop again",
              asked().power(Power.STOPPED),
              bound().state(RUNNING).stalled(Reason.REQUEST_REJECTED),
              found(RUNNING),
              stalls(Reason.REQUEST_REJECTED)),
          row(
              "tries again what was refused once the state is another",
              asked().power(Power.RUNNING),
              bound().state(SUSPENDED).stalled(Reason.REQUEST_REJECTED),
              found(TERMINATED),
              START),
          row(
              "tries again what was refused once the spec is another",
              asked().power(Power.RUNNING).generation(GENERATION + 1),
              bound().state(SUSPENDED).stalled(Reason.REQUEST_REJECTED),
              found(SUSPENDED),
              START),
          row(
              "rests once what was refused has come about",
              asked().power(Power.RUNNING),
              bound().state(SUSPENDED).stalled(Reason.REQUEST_REJECTED),
              found(RUNNING),
              new Action.Rest(Reason.RUNNING)),
          row(
              "sends no refused create again",
              asked(),
              unbound().stalled(Reason.REQUEST_REJECTED),
              ORDERABLE,
              stalls(Reason.REQUEST_REJECTED)),
          row(
              "deletes what was refused something",
              asked().power(Power.RUNNING).deleting(),
              bound().state(SUSPENDED).stalled(Reason.REQUEST_REJECTED),
              found(SUSPENDED),
              DELETE));

  @ParameterizedTest
  @FieldSource
  void refusals(Row row) {
    row.holds();
  }

  static final List<Row> whatIsBound =
      List.of(
          row(
              "stalls where an older resource holds the instance, too",
              asked().power(Power.STOPPED),
              bound(),
              RIVALLED,
              stalls(Reason.INSTANCE_CLAIMED, ID.value(), ", web-2")),
          row(
              "makes no other instance when its own is gone",
              asked(),
              bound().ready(Reason.RUNNING),
              GONE,
              stalls(Reason.INSTANCE_NOT_FOUND, ID.value())),
          row(
              "does not trust one 404",
              asked(),
              bound().ready(Reason.RUNNING),
              GONE_ONCE,
              waits(Reason.API_UNAVAILABLE, ID.value(), "404")),
          row(
              "stalls when other credentials can't see the instance",
              asked(),
              bound(),
              OTHER_ACCOUNT,
              stalls(Reason.ACCOUNT_MISMATCH, ID.value())),
          row(
              "stalls when credentials of an unknown account can't see the instance",
              asked(),
              bound(),
              GONE_FOR_OTHERS,
              stalls(Reason.ACCOUNT_MISMATCH, ID.value())),
          row("asks again what could not be asked", asked(), bound(), FAILED, RETRY),
          row(
              "keeps quiet about the account's trouble where all is as asked",
              asked(),
              bound().ready(Reason.RUNNING),
              FAILED,
              KEEP),
          row(
              "keeps quiet about other credentials where all is as asked",
              asked(),
              bound().ready(Reason.RUNNING),
              OTHER_ACCOUNT,
              KEEP),
          row(
              "tells of trouble where the spec has changed since",
              asked().generation(GENERATION + 1),
              bound().ready(Reason.RUNNING),
              FAILED,
              RETRY),
          row(
              "tells of trouble where a request waits",
              asked().restart("monday"),
              bound().ready(Reason.RUNNING),
              FAILED,
              RETRY),
          row(
              "tells of trouble where it was not ready",
              asked(),
              bound().condition(ConditionType.RECONCILING, Reason.STARTING, GENERATION),
              FAILED,
              RETRY),
          row("says nothing new before the first look", asked(), bound(), NOT_YET, KEEP));

  @ParameterizedTest
  @FieldSource
  void whatIsBound(Row row) {
    row.holds();
  }

  // -- no instance yet

  static final List<Row> creation =
      List.of(
          row(
              "creates what is asked for, where the API likes",
              asked(),
              unbound(),
              ORDERABLE,
              new Action.Create(TEMPLATE, Optional.empty(), Optional.of(ZONE))),
          row(
              "creates what is asked for, where it is asked for",
              asked().zone("us-central1-b"),
              unbound(),
              ORDERABLE,
              new Action.Create(TEMPLATE, Optional.of("us-central1-b"), Optional.of(ZONE))),
          row(
              "creates what should be stopped, too",
              asked().power(Power.STOPPED),
              unbound(),
              ORDERABLE,
              new Action.Create(TEMPLATE, Optional.empty(), Optional.of(ZONE))),
          row(
              "names the templates that there are",
              asked(),
              unbound(),
              new Observation.NoSuchTemplate(List.of("db-large", "web-large")),
              stalls(Reason.TEMPLATE_NOT_FOUND, TEMPLATE, "web-large, db-large")),
          row(
              "says so when there are no templates",
              asked(),
              unbound(),
              new Observation.NoSuchTemplate(List.of()),
              stalls(Reason.TEMPLATE_NOT_FOUND, TEMPLATE, "none")),
          row(
              "names the zones that there are",
              asked().zone("moon-1"),
              unbound(),
              new Observation.NoSuchZone(List.of(ZONE)),
              stalls(Reason.ZONE_NOT_AVAILABLE, TEMPLATE, "moon-1", ZONE)),
          row("asks again what could not be asked", asked(), unbound(), FAILED, RETRY),
          row("creates nothing before the first look", asked(), unbound(), NOT_YET, KEEP));

  @ParameterizedTest
  @FieldSource
  void creation(Row row) {
    row.holds();
  }

  static final List<Row> takeover =
      List.of(
          row(
              "takes over what the spec names",
              asked().takeover(ID),
              unbound(),
              found(RUNNING),
              new Action.TakeOver(instance(RUNNING))),
          row(
              "takes over again what the annotation of a restored resource names",
              asked().takeoverByAnnotation(ID),
              unbound(),
              found(TERMINATED),
              new Action.TakeOver(instance(TERMINATED))),
          row(
              "takes over what names neither template nor zone",
              asked().takeover(ID).zone(ZONE),
              unbound(),
              new Observation.Found(instance(RUNNING, null, null), Optional.empty()),
              new Action.TakeOver(instance(RUNNING, null, null))),
          row(
              "takes over nothing of another template",
              asked().takeover(ID),
              unbound(),
              new Observation.Found(instance(RUNNING, "other", ZONE), Optional.empty()),
              stalls(Reason.TEMPLATE_MISMATCH, ID.value(), "other", TEMPLATE)),
          row(
              "takes over nothing in another zone",
              asked().takeover(ID).zone("us-central1-b"),
              unbound(),
              found(RUNNING),
              stalls(Reason.ZONE_NOT_AVAILABLE, ID.value(), ZONE, "us-central1-b")),
          row(
              "takes over nothing where that is not allowed",
              asked().takeover(ID),
              unbound(),
              new Observation.TakeoverForbidden(),
              stalls(Reason.TAKEOVER_NOT_ALLOWED, ID.value(), "COMPUTE_TAKEOVER_NAMESPACES")),
          row(
              "tells how a copied annotation is got rid of",
              asked().takeoverByAnnotation(ID),
              unbound(),
              new Observation.TakeoverForbidden(),
              stalls(Reason.TAKEOVER_NOT_ALLOWED, "remove the annotation")),
          row(
              "takes over nothing that another resource holds or asks for",
              asked().takeover(ID),
              unbound(),
              new Observation.Claimed(" in another namespace"),
              stalls(Reason.INSTANCE_CLAIMED, ID.value(), " in another namespace")),
          row(
              "takes over nothing that another resource turned out to hold",
              asked().takeover(ID),
              unbound(),
              RIVALLED,
              stalls(Reason.INSTANCE_CLAIMED, ID.value(), ", web-2")),
          row(
              "creates nothing in the place of what is not there",
              asked().takeover(ID),
              unbound(),
              GONE,
              stalls(Reason.INSTANCE_NOT_FOUND, ID.value())),
          row(
              "creates nothing while it may not take over",
              asked().takeoverByAnnotation(ID),
              unbound(),
              ORDERABLE,
              KEEP),
          row(
              "asks again what could not be asked",
              asked().takeover(ID),
              unbound(),
              FAILED,
              RETRY));

  @ParameterizedTest
  @FieldSource
  void takeover(Row row) {
    row.holds();
  }

  private static PowerRequest byAnnotation(Power operation, String value) {
    return new PowerRequest(Source.ANNOTATION, operation, Optional.of(value));
  }

  private static Action request(
      Source source, Power operation, @Nullable String id, Operation call) {
    return new Action.Request(
        ID, new PowerRequest(source, operation, Optional.ofNullable(id)), call);
  }
}
