package com.threatwinds.compute.operator.reconcile;

import static com.threatwinds.compute.operator.api.v1alpha1.Reason.*;
import static com.threatwinds.compute.operator.reconcile.StatusRows.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.LastError;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerRecord;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.api.v1alpha1.Reason;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Seen;
import com.threatwinds.compute.operator.decision.Action;
import com.threatwinds.compute.operator.decision.Observation;
import com.threatwinds.compute.operator.decision.PowerRequest;
import com.threatwinds.compute.operator.inventory.Errors;
import com.threatwinds.compute.operator.inventory.ModelApi;
import com.threatwinds.compute.operator.reconcile.StatusRows.Expected;
import com.threatwinds.compute.operator.reconcile.StatusRows.Row;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StatusReportTest {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** The contract's table: which condition a reason belongs to. */
  private static final Set<Reason> OF_READY = EnumSet.of(RUNNING, STOPPED, SUSPENDED);

  private static final Set<Reason> OF_RECONCILING =
      EnumSet.of(
          CREATING,
          PROVISIONING,
          STARTING,
          STOPPING,
          RESTARTING,
          RESETTING,
          DELETING,
          CONFIRMING_CREATE,
          RATE_LIMITED,
          QUOTA_EXCEEDED,
          API_UNAVAILABLE);
  private static final Set<Reason> OF_STALLED =
      EnumSet.of(
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

  private static Condition condition(ComputeInstanceStatus status, ConditionType type) {
    return status.condition(type).orElseThrow();
  }

  private static Reason reason(Condition condition) {
    return EnumSet.allOf(Reason.class).stream()
        .filter(r -> r.toString().equals(condition.getReason()))
        .findFirst()
        .orElseThrow();
  }

  @Nested
  class InEveryRow {

    static List<Row> rows() {
      return all();
    }

    static List<Row> standingRows() {
      return StatusReportTest.standingRows();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void allThreeConditionsAreThereAndSayWhatTheRowSays(Row row) {
      ComputeInstanceStatus status = row.status();

      assertThat(status.conditions())
          .extracting(Condition::getType)
          .containsExactly("Ready", "Reconciling", "Stalled");
      Condition ready = condition(status, ConditionType.READY);
      Condition reconciling = condition(status, ConditionType.RECONCILING);
      Condition stalled = condition(status, ConditionType.STALLED);
      List<String> values =
          List.of(ready.getStatus(), reconciling.getStatus(), stalled.getStatus());
      switch (row.expected()) {
        case Expected.Ready(Reason reason) -> {
          assertThat(values).containsExactly("True", "False", "False");
          assertThat(reason(ready)).isEqualTo(reason);
        }
        case Expected.Reconciling(Reason reason) -> {
          assertThat(values).containsExactly("False", "True", "False");
          assertThat(reason(reconciling)).isEqualTo(reason);
        }
        case Expected.Stalled(Reason reason) -> {
          assertThat(values).containsExactly("False", "False", "True");
          assertThat(reason(stalled)).isEqualTo(reason);
        }
        case Expected.Paused(boolean isReady, Reason readyReason) -> {
          assertThat(values).containsExactly(isReady ? "True" : "False", "False", "False");
          assertThat(reason(ready)).isEqualTo(readyReason);
          assertThat(reason(reconciling)).isEqualTo(PAUSED);
          assertThat(reason(stalled)).isEqualTo(PAUSED);
        }
      }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void eachReasonStandsOnTheConditionThatTheContractNames(Row row) {
      ComputeInstanceStatus status = row.status();

      for (Condition condition : status.conditions()) {
        if ("True".equals(condition.getStatus())) {
          Set<Reason> allowed =
              switch (condition.getType()) {
                case "Ready" -> OF_READY;
                case "Reconciling" -> OF_RECONCILING;
                default -> OF_STALLED;
              };
          assertThat(reason(condition)).isIn(allowed);
        }
        assertThat(condition.getMessage()).as("a sentence for a person").isNotBlank();
      }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void genericToolsConcludeWhatTheRowSays(Row row) {
      assertThat(KStatus.of(row.resource())).isEqualTo(row.kstatus());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theGenerationIsObserved(Row row) {
      ComputeInstanceStatus status = row.status();

      boolean nothingNew =
          row.action() instanceof Action.Keep || row.outcome() instanceof Outcome.Outdated;
      long generation = nothingNew ? row.before().observedGeneration() : row.wish().generation();
      assertThat(status.observedGeneration()).isEqualTo(generation);
      assertThat(status.conditions())
          .allSatisfy(c -> assertThat(c.getObservedGeneration()).isEqualTo(generation));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theTimeOfTransitionMovesOnlyWithTheStatusOfItsCondition(Row row) {
      ComputeInstanceStatus status = row.status();

      for (ConditionType type : ConditionType.values()) {
        Condition now = condition(status, type);
        Optional<Condition> was = row.announced().condition(type);
        boolean same = was.filter(c -> c.getStatus().equals(now.getStatus())).isPresent();
        boolean reverted = was.isPresent() && row.before().condition(type).equals(Optional.of(now));
        if (reverted) {
          continue;
        }
        if (same) {
          assertThat(now.getLastTransitionTime()).isEqualTo(was.get().getLastTransitionTime());
        } else {
          assertThat(now.getLastTransitionTime()).isEqualTo(NOW.toString());
        }
      }
    }

    @ParameterizedTest
    @MethodSource("standingRows")
    void nothingChangesWhileNothingHappens(Row row) {
      ComputeInstanceStatus once = row.status();

      ComputeInstanceStatus twice =
          row.again(once, row.outcome(), NOW.plus(Duration.ofSeconds(50)));

      assertThat(twice).isEqualTo(once);
    }

    @ParameterizedTest
    @MethodSource("standingRows")
    void theSameFailureWithAnotherIdAndTextChangesNothing(Row row) {
      ComputeInstanceStatus once = row.status();
      Outcome next = row.outcome();
      Action action = row.action();
      if (next instanceof Outcome.Failed(ComputeApiException error)) {
        next = new Outcome.Failed(reworded(error));
      }
      if (action instanceof Action.Retry(ComputeApiException error)) {
        action = new Action.Retry(reworded(error));
      }

      ComputeInstanceStatus twice =
          StatusReport.of(
              once,
              once,
              row.wish().desired(),
              row.observation(),
              action,
              next,
              NOW.plus(Duration.ofSeconds(50)));

      assertThat(twice).isEqualTo(once);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void survivesTheWayThroughTheApiServer(Row row) throws IOException {
      ComputeInstanceStatus status = row.status();

      var read = JSON.treeToValue(JSON.valueToTree(status), ComputeInstanceStatus.class);

      assertThat(read.problem()).isNull();
      assertThat(withoutEmpty(read)).isEqualTo(withoutEmpty(status));
    }

    /** An empty list is not written, and comes back as none. */
    private JsonNode withoutEmpty(ComputeInstanceStatus status) {
      return JSON.valueToTree(status);
    }
  }

  private static ComputeApiException reworded(ComputeApiException error) {
    var answer =
        new ComputeApiException.Answer(
            error.operation(),
            error.httpStatus(),
            "said in other words",
            error.isExplained(),
            "e-another",
            error.retryAfter().orElse(null),
            error.credentials().orElse(null),
            null);
    return switch (error) {
      case ComputeApiException.NotSent e -> new ComputeApiException.NotSent(answer);
      case ComputeApiException.Rejected e -> new ComputeApiException.Rejected(answer);
      case ComputeApiException.Unauthenticated e -> new ComputeApiException.Unauthenticated(answer);
      case ComputeApiException.QuotaExceeded e -> new ComputeApiException.QuotaExceeded(answer);
      case ComputeApiException.NotFound e -> new ComputeApiException.NotFound(answer);
      case ComputeApiException.RateLimited e -> new ComputeApiException.RateLimited(answer);
      case ComputeApiException.Unavailable e -> new ComputeApiException.Unavailable(answer);
    };
  }

  @Test
  void theRowsShowEveryReasonOfTheContract() {
    Set<Reason> shown = EnumSet.noneOf(Reason.class);
    all().forEach(row -> row.status().conditions().forEach(c -> shown.add(reason(c))));

    assertThat(shown).containsExactlyInAnyOrder(Reason.values());
  }

  @Test
  void theRowsHaveNamesOfTheirOwn() {
    assertThat(all()).extracting(Row::name).doesNotHaveDuplicates();
  }

  /**
   * For those who test what reads statuses: each row as a resource, by what it must be taken for.
   */
  @Test
  void theRowsAreWrittenDownForOtherTests() throws IOException {
    Path directory = Path.of("target", "statuses");
    for (Row row : all()) {
      Path file = directory.resolve(row.kstatus().name().toLowerCase(java.util.Locale.ROOT));
      Files.createDirectories(file);
      JSON.writeValue(file.resolve(row.name() + ".json").toFile(), row.resource());
    }

    assertThat(directory).isDirectoryContaining("glob:**/failed");
  }

  private static Row row(String name) {
    return all().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
  }

  // -- before anything is known

  @Test
  void nothingIsWrittenWhileNothingIsKnown() {
    ComputeInstanceStatus status =
        pass(Wish.plain(), ComputeInstanceStatus.NONE, NOT_YET, new Action.Keep(), NOTHING);

    assertThat(status).isEqualTo(ComputeInstanceStatus.NONE);
  }

  @Test
  void aStatusThatCanNotBeReadIsKeptOutOfTheWay() throws IOException {
    var problem = JSON.readValue("{\"instanceId\": {\"no\": 1}}", ComputeInstanceStatus.class);

    assertThat(pass(Wish.plain(), problem, NOT_YET, new Action.Keep(), NOTHING)).isEqualTo(problem);
  }

  // -- the accepted values

  @Test
  void absenceIsAcceptedToo() {
    ComputeInstanceStatus status = made(Wish.plain());

    assertThat(status.accepted())
        .isEqualTo(new ComputeInstanceStatus.Accepted(ModelApi.TEMPLATE, null, null));
  }

  @Test
  void theValuesAreAcceptedWithTheFirstConditionsAndNeverAnew() {
    Wish first = Wish.plain().zone(ModelApi.ZONE);
    ComputeInstanceStatus status = attempting(first);
    assertThat(status.accepted())
        .isEqualTo(new ComputeInstanceStatus.Accepted(ModelApi.TEMPLATE, ModelApi.ZONE, null));

    ComputeInstanceStatus later =
        pass(
            first.zone("elsewhere").generation(2),
            status,
            NOT_YET,
            new Action.Stall(IMMUTABLE_FIELD_CHANGED, "set it back"),
            NOTHING);

    assertThat(later.accepted()).isEqualTo(status.accepted());
  }

  @Test
  void nothingThatCanNotBeUnderstoodIsAccepted() {
    assertThat(row("invalid-spec").status().accepted()).isNull();
  }

  @Test
  void aTakeOverByAnnotationAloneIsNoAcceptedValueOfTheSpec() {
    Wish restored = Wish.plain().annotated(Annotations.INSTANCE_ID, "i-1");

    ComputeInstanceStatus status =
        pass(
            restored,
            ComputeInstanceStatus.NONE,
            found(RUNNING_NOW),
            new Action.TakeOver(RUNNING_NOW),
            new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)));

    assertThat(status.accepted())
        .isEqualTo(new ComputeInstanceStatus.Accepted(ModelApi.TEMPLATE, null, null));
    assertThat(status.takenOver()).isTrue();
  }

  // -- the instance

  @Test
  void showsTheInstanceAsItWasSeen() {
    ComputeInstanceStatus status = running(Wish.plain());

    assertThat(status.instanceId()).isEqualTo("i-1");
    assertThat(status.name()).isEqualTo("tw-i-1");
    assertThat(status.state()).isEqualTo("RUNNING");
    assertThat(status.zone()).isEqualTo(ModelApi.ZONE);
    assertThat(status.machineType()).isEqualTo("e2-small");
    assertThat(status.externalIp()).isEqualTo("203.0.113.7");
    assertThat(status.internalIp()).isEqualTo("10.0.0.7");
    assertThat(status.createdAt()).isEqualTo(ModelApi.START.toString());
    assertThat(status.userId()).isEqualTo(ModelApi.USER);
    assertThat(status.credentials()).isEqualTo(Errors.OURS.value());
    assertThat(status.takenOver()).isNull();
    assertThat(status.create()).isNull();
  }

  @Test
  void otherCredentialsThatItWasSeenWithAreRecordedWhenSomethingElseIs() {
    Wish wish = Wish.plain();
    var rotated = new Fingerprint("00000000000000bb");
    var seen = new Observation.Found(STOPPED_NOW, Optional.empty(), Optional.of(rotated));

    ComputeInstanceStatus status =
        pass(wish, running(wish), seen, new Action.Rest(STOPPED), NOTHING);

    assertThat(status.credentials()).isEqualTo(rotated.value());
  }

  @Test
  void otherCredentialsAloneAreNoReasonToWrite() {
    Wish wish = Wish.plain();
    var rotated = new Fingerprint("00000000000000bb");
    var seen = new Observation.Found(RUNNING_NOW, Optional.empty(), Optional.of(rotated));
    ComputeInstanceStatus before = running(wish);

    assertThat(pass(wish, before, seen, new Action.Rest(RUNNING), NOTHING)).isSameAs(before);
  }

  @Test
  void anAddressThatIsGoneIsNotShown() {
    ComputeInstanceStatus status = row("stopped-as-asked").status();

    assertThat(status.externalIp()).isNull();
    assertThat(status.internalIp()).isNull();
  }

  @Test
  void whatIsGoneRunsNowhere() {
    ComputeInstanceStatus status = row("gone").status();

    assertThat(status.instanceId()).isEqualTo("i-1");
    assertThat(status.state()).isNull();
    assertThat(status.externalIp()).isNull();
    assertThat(status.internalIp()).isNull();
  }

  @Test
  void anInstanceThatIsNotOursIsNotShown() {
    ComputeInstanceStatus status = row("template-mismatch").status();

    assertThat(status.instanceId()).isNull();
    assertThat(status.state()).isNull();
    assertThat(status.externalIp()).isNull();
  }

  @Test
  void whoOwnsItAndWhenItWasMadeAreNotForgottenWhenAnAnswerLeavesThemOut() {
    ComputeInstanceStatus status = row("of-an-unknown-state").status();

    assertThat(status.userId()).isEqualTo(ModelApi.USER);
    assertThat(status.createdAt()).isEqualTo(ModelApi.START.toString());
    assertThat(status.state()).isEqualTo("MELTING");
  }

  @Test
  void rotatedCredentialsAloneChangeNothing() {
    Wish wish = Wish.plain();
    ComputeInstanceStatus before = running(wish);
    var rotated = new Seen(RUNNING_NOW, new Fingerprint("00000000000000cc"));

    ComputeInstanceStatus after =
        pass(wish, before, found(rotated.instance()), new Action.Rest(RUNNING), NOTHING);

    assertThat(after).isSameAs(before);
  }

  @Test
  void provisioningForLongerThanFifteenMinutesIsSaid() {
    assertThat(message(row("provisioning").status())).doesNotContain("15 minutes");
    assertThat(message(row("provisioning-for-long").status())).contains("longer than 15 minutes");
  }

  private static String message(ComputeInstanceStatus status) {
    return condition(status, ConditionType.READY).getMessage();
  }

  // -- the last error

  @Test
  void theLastErrorTellsWhatTheApiSaid() {
    LastError error = row("create-over-quota").status().lastError();

    assertThat(error)
        .isEqualTo(new LastError("create", 403, "quota exceeded", "e-403", NOW.toString()));
  }

  @Test
  void theLastErrorWithoutAnAnswerHasNoHttpStatus() {
    LastError error = row("create-without-an-answer").status().lastError();

    assertThat(error)
        .isEqualTo(new LastError("create", null, "connection reset", null, NOW.toString()));
  }

  @Test
  void aLimitOfOurOwnIsNoErrorOfTheApi() {
    Wish wish = Wish.plain().power(Power.STOPPED);
    var own =
        new ComputeApiException.RateLimited(
            new ComputeApiException.Answer(
                Operation.STOP, 0, "not sent", true, null, Duration.ofSeconds(3), null, null));

    ComputeInstanceStatus status =
        pass(wish, running(wish), found(RUNNING_NOW), new Action.Stop(ID), failed(own));

    assertThat(status.lastError()).isNull();
    assertThat(reason(condition(status, ConditionType.RECONCILING))).isEqualTo(RATE_LIMITED);
  }

  @Test
  void anotherErrorReplacesTheLast() {
    Row first = row("start-without-an-answer");

    ComputeInstanceStatus status =
        first.again(
            first.status(), failed(Errors.unavailable(Operation.START, 503)), NOW.plusSeconds(9));

    assertThat(status.lastError())
        .isEqualTo(
            new LastError(
                "start", 503, "no usable answer", "e-503", NOW.plusSeconds(9).toString()));
  }

  @Test
  void theLastErrorIsClearedByTheNextSuccess() {
    Wish wish = Wish.plain().power(Power.RUNNING);
    ComputeInstanceStatus refused = row("start-without-an-answer").status();
    assertThat(refused.lastError()).isNotNull();

    assertThat(
            pass(wish, refused, found(STOPPED_NOW), new Action.Start(ID), new Outcome.Accepted())
                .lastError())
        .isNull();
    assertThat(
            pass(wish, refused, found(RUNNING_NOW), new Action.Rest(RUNNING), NOTHING).lastError())
        .isNull();
  }

  @Test
  void aFailedChangeIsToldWhileItsEffectIsWaitedFor() {
    ComputeInstanceStatus refused = row("start-without-an-answer").status();

    ComputeInstanceStatus status =
        pass(
            Wish.plain().power(Power.RUNNING),
            refused,
            found(STAGING_NOW),
            new Action.Wait(STARTING, "is starting"),
            NOTHING);

    assertThat(status.lastError()).isEqualTo(refused.lastError());
  }

  @Test
  void aFailedReadIsForgottenWithTheNextAnswer() {
    Wish wish = Wish.plain().power(Power.RUNNING);
    ComputeInstanceStatus blind = row("unreachable-while-waiting").status();
    assertThat(blind.lastError()).isNotNull();

    ComputeInstanceStatus status =
        pass(wish, blind, found(STAGING_NOW), new Action.Wait(STARTING, "is starting"), NOTHING);

    assertThat(status.lastError()).isNull();
  }

  // -- the attempt

  @Test
  void theAttemptIsAnnouncedWithTheFirstConditionsBeforeAnythingIsSent() {
    ComputeInstanceStatus status = attempting(Wish.plain());

    assertThat(status.create()).isEqualTo(attempt());
    assertThat(status.instanceId()).isNull();
    assertThat(status.conditions()).hasSize(3);
    assertThat(status.observedGeneration()).isEqualTo(1);
  }

  static List<String> rowsThatKeepTheAttempt() {
    return List.of(
        "create-without-an-answer",
        "create-answered-with-500",
        "create-answered-by-a-gateway",
        "create-open",
        "create-open-after-a-crash",
        "create-being-settled",
        "create-settlement-inconclusive",
        "create-in-another-account",
        "create-waits-for-its-settlement",
        "create-settlement-without-a-list",
        "create-open-in-an-outage",
        "create-open-unauthenticated",
        "create-ambiguous",
        "create-held",
        "create-overtaken",
        "paused-with-an-open-create",
        "deletion-with-an-open-create");
  }

  @ParameterizedTest
  @MethodSource("rowsThatKeepTheAttempt")
  void theAttemptIsKeptAsLongAsItMayHaveHappened(String name) {
    assertThat(row(name).status().create().attemptId()).isEqualTo("attempt-1");
    assertThat(row(name).status().create().known()).containsExactly("i-0");
  }

  static List<String> rowsThatDropTheAttempt() {
    return List.of(
        "create-made-an-instance",
        "create-over-quota",
        "create-over-the-rate-limit",
        "create-rejected",
        "create-unauthenticated",
        "create-of-an-unknown-template",
        "create-not-sent",
        "create-settled-as-not-made",
        "create-settled-as-made",
        "create-adopted",
        "create-forgotten",
        "deletion-found-what-it-made");
  }

  @ParameterizedTest
  @MethodSource("rowsThatDropTheAttempt")
  void theAttemptIsDroppedOnceItsOutcomeIsKnown(String name) {
    assertThat(row(name).status().create()).isNull();
  }

  @Test
  void aListThatFailedBeforeTheAttemptOpensNoCreate() {
    ComputeInstanceStatus status = row("create-without-a-list").status();

    assertThat(status.create()).isNull();
    assertThat(message(status)).doesNotContain("may or may not");
  }

  @Test
  void anUnresolvedCreateListsItsCandidatesAndBothAnswers() {
    ComputeInstanceStatus status = row("create-ambiguous").status();

    assertThat(status.create().candidates()).containsExactly("i-7", "i-8");
    assertThat(message(status))
        .contains("i-7", "i-8", "adopt:<instance id>", "retry:attempt-1", "resolve-create");
  }

  @Test
  void aHeldCreateWithoutCandidatesOffersOnlyToRetry() {
    assertThat(message(row("create-held").status()))
        .contains("retry:attempt-1")
        .doesNotContain("adopt:");
  }

  // -- requests

  @Nested
  class OfARequest {

    private final Wish runs = Wish.plain().power(Power.RUNNING);
    private final Wish resets = Wish.plain().power(Power.RESET, "a").generation(2);
    private final ComputeInstanceStatus running = running(runs);

    private PowerRecord ends(Wish wish, Outcome outcome) {
      return end(wish, running, outcome).power();
    }

    private ComputeInstanceStatus end(Wish wish, ComputeInstanceStatus before, Outcome outcome) {
      return StatusReport.of(
          before,
          issuing(wish, before),
          wish.desired(),
          found(RUNNING_NOW),
          reset(wish),
          outcome,
          NOW);
    }

    @Test
    void theAnnouncementNamesItAndRemembersItAlready() {
      ComputeInstanceStatus status = issuing(resets, running);

      assertThat(status.power())
          .isEqualTo(
              new PowerRecord(
                  "Reset",
                  "a",
                  PowerOutcome.ISSUING,
                  BEGAN.toString(),
                  List.of("spec/Reset/a", "spec/Reset")));
      assertThat(status.conditions()).hasSize(3);
    }

    @Test
    void anAnswerSettlesIt() {
      PowerRecord power = ends(resets, new Outcome.Accepted());

      assertThat(power.outcome()).isEqualTo(PowerOutcome.ACCEPTED);
      assertThat(power.requestId()).isEqualTo("a");
      assertThat(power.time()).isEqualTo(NOW.toString());
      assertThat(power.handledRequestIds()).contains("spec/Reset/a");
    }

    @Test
    void aRefusalSettlesItToo() {
      PowerRecord power = ends(resets, failed(Errors.rejected(Operation.RESET, "no")));

      assertThat(power.outcome()).isEqualTo(PowerOutcome.REJECTED);
      assertThat(power.handledRequestIds()).contains("spec/Reset/a");
    }

    @Test
    void withoutAnAnswerItIsUnknownAndNeverSentAgain() {
      ComputeInstanceStatus status = end(resets, running, failed(Errors.noAnswer(Operation.RESET)));

      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.UNKNOWN);
      assertThat(PowerRequest.pending(resets.desired(), status)).isEmpty();
    }

    @Test
    void whatWasProvablyNotSentIsAsIfItHadNeverBeenAnnounced() {
      ComputeInstanceStatus earlier = end(resets, running, new Outcome.Accepted());
      Wish again = resets.power(Power.RESET, "b").generation(3);

      for (Outcome proof :
          List.of(
              failed(Errors.rateLimited(Operation.RESET, Duration.ofSeconds(9))),
              failed(Errors.notSent(Operation.RESET)),
              failed(Errors.unauthenticated(Operation.RESET)),
              failed(Errors.notFound(Operation.RESET)),
              new Outcome.Outdated())) {
        ComputeInstanceStatus status = end(again, earlier, proof);

        assertThat(status.power()).as(proof.toString()).isEqualTo(earlier.power());
        assertThat(PowerRequest.pending(again.desired(), status)).hasSize(1);
      }
    }

    @Test
    void oneThatIsForgottenLeavesAStatusThatReadsBackAsItWas() {
      Wish unnamed = Wish.plain().power(Power.RESET).generation(2);
      ComputeInstanceStatus handled =
          StatusReport.of(
              running,
              issuing(unnamed, running),
              unnamed.desired(),
              found(RUNNING_NOW),
              reset(unnamed),
              new Outcome.Accepted(),
              NOW);

      ComputeInstanceStatus status =
          pass(runs.generation(3), handled, found(RUNNING_NOW), new Action.Rest(RUNNING), NOTHING);

      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.ACCEPTED);
      assertThat(JSON.convertValue(status, ComputeInstanceStatus.class)).isEqualTo(status);
    }

    @Test
    void whatWasAnnouncedByAPassThatDiedIsUnknown() {
      ComputeInstanceStatus found = issuing(resets, running);

      ComputeInstanceStatus status =
          pass(resets, found, found(RUNNING_NOW), new Action.GiveUp(), NOTHING);

      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.UNKNOWN);
      assertThat(PowerRequest.pending(resets.desired(), status)).isEmpty();
    }

    @Test
    void whatWasAnnouncedIsNotForgottenWhenTheRequestIsTakenBackBeforeItIsGivenUp() {
      ComputeInstanceStatus found = issuing(resets, running);
      Wish takenBack = resets.power(Power.RUNNING).generation(3);

      ComputeInstanceStatus status =
          pass(takenBack, found, found(RUNNING_NOW), new Action.GiveUp(), NOTHING);

      Wish reverted = resets.generation(4);
      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.UNKNOWN);
      assertThat(PowerRequest.pending(reverted.desired(), status)).isEmpty();
    }

    @Test
    void aRequestThatIsThereWhenTheInstanceIsMadeIsSkipped() {
      ComputeInstanceStatus status = made(resets);

      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.SKIPPED);
      assertThat(PowerRequest.pending(resets.desired(), status)).isEmpty();
    }

    @Test
    void aRequestThatIsThereWhenAnInstanceIsTakenOverIsSkipped() {
      Wish takes = resets.takeOver("i-1");

      ComputeInstanceStatus status =
          pass(
              takes,
              ComputeInstanceStatus.NONE,
              found(RUNNING_NOW),
              new Action.TakeOver(RUNNING_NOW),
              new Outcome.Made(new Seen(RUNNING_NOW, Errors.OURS)));

      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.SKIPPED);
    }

    @Test
    void aSkippedCreateThatDidNotHappenSkipsNothing() {
      ComputeInstanceStatus status =
          StatusReport.of(
              ComputeInstanceStatus.NONE,
              attempting(resets),
              resets.desired(),
              ORDERABLE,
              CREATE,
              failed(Errors.quotaExceeded()),
              NOW);

      assertThat(status.power()).isNull();
    }

    @Test
    void aRequestWithoutAnIdStandsForAsLongAsTheValueDoes() {
      Wish nameless = Wish.plain().power(Power.RESET).generation(2);
      ComputeInstanceStatus handled = end(nameless, running, new Outcome.Accepted());
      assertThat(PowerRequest.pending(nameless.desired(), handled)).isEmpty();

      ComputeInstanceStatus between =
          pass(runs.generation(3), handled, found(RUNNING_NOW), new Action.Rest(RUNNING), NOTHING);

      assertThat(PowerRequest.pending(nameless.generation(4).desired(), between)).hasSize(1);
    }

    @Test
    void theSeveralRequestsThatAreSkippedAreAllRemembered() {
      Wish both =
          Wish.plain()
              .power(Power.STOPPED)
              .annotated(Annotations.RESTART_REQUESTED, "1")
              .annotated(Annotations.RESET_REQUESTED, "2");
      List<PowerRequest> standing = PowerRequest.standing(both.desired());

      ComputeInstanceStatus status =
          pass(both, stopped(both), found(STOPPED_NOW), new Action.Skip(standing), NOTHING);

      assertThat(status.power().outcome()).isEqualTo(PowerOutcome.SKIPPED);
      assertThat(PowerRequest.pending(both.desired(), status)).isEmpty();
    }
  }

  // -- what a pass costs

  @Test
  void aResetTakesTwoWritesAndNoMore() {
    Wish runs = Wish.plain().power(Power.RUNNING);
    Wish resets = runs.power(Power.RESET, "a").generation(2);
    ComputeInstanceStatus running = running(runs);
    ComputeInstanceStatus accepted =
        StatusReport.of(
            running,
            issuing(resets, running),
            resets.desired(),
            found(RUNNING_NOW),
            reset(resets),
            new Outcome.Accepted(),
            NOW);

    ComputeInstanceStatus rest =
        pass(resets, accepted, found(RUNNING_NOW), new Action.Rest(RUNNING), NOTHING);

    assertThat(rest).isEqualTo(accepted);
  }

  @Test
  void aSkippedRequestTakesOneWrite() {
    Row skip = row("request-skipped-on-what-is-stopped");
    ComputeInstanceStatus skipped = skip.status();

    ComputeInstanceStatus rest =
        pass(skip.wish(), skipped, found(STOPPED_NOW), new Action.Rest(STOPPED), NOTHING);

    assertThat(rest).isEqualTo(skipped);
  }

  @Test
  void aStatusIsNeverTouchedByWhatIsOnlyRetriedLater() {
    Wish wish = Wish.plain().power(Power.RUNNING);
    ComputeInstanceStatus before = running(wish);
    List<ComputeInstanceStatus> seen = new ArrayList<>();

    for (int hour = 0; hour < 3; hour++) {
      seen.add(
          StatusReport.of(
              before,
              before,
              wish.desired(),
              found(RUNNING_NOW),
              new Action.Rest(RUNNING),
              NOTHING,
              NOW.plus(Duration.ofHours(hour))));
    }

    assertThat(seen).allSatisfy(status -> assertThat(status).isSameAs(before));
  }
}
