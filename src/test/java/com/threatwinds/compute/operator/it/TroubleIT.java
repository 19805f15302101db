package com.threatwinds.compute.operator.it;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.GET;
import static com.threatwinds.compute.operator.simulator.Operation.LIST;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API refuses, and what it fails to answer: each its own reason and its own pace. */
class TroubleIT {

  @RegisterExtension
  private static final OperatorFixture it = OperatorFixture.standard().withMountedCredentials();

  @Test
  void anUnknownTemplateStallsAndNamesThoseThatThereAre() {
    it.operator();

    Subject web = it.apply("web", "templateId", "ubuntu-99").awaitStalled("TemplateNotFound");

    for (MachineTemplate template : MachineTemplate.defaults()) {
      assertThat(web.message()).contains(template.id());
    }
    web.awaitEvent("TemplateNotFound");
    assertThat(it.attempts()).isEmpty();
    web.delete().awaitGone();
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void aZoneThatTheTemplateLacksStallsAndNamesThoseThatItHas() {
    it.operator();

    Subject web = it.apply("web", "zone", "mars-north1-a").awaitStalled("ZoneNotAvailable");

    assertThat(web.message()).contains("us-central1-a", "us-central1-b", "us-central1-c");
    web.awaitEvent("ZoneNotAvailable");
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void aCreateThatTheQuotaRefusesWaitsAndHealsWhenAnInstanceIsDeleted() {
    it.api().settings().maxInstances(1);
    Subject first = it.running("first");
    Subject second = it.apply("second").awaitReconciling("QuotaExceeded");
    assertThat(second.message()).contains("quota");
    assertThat(second.status().at("/lastError/httpStatus").asInt()).isEqualTo(403);
    second.awaitEvent("QuotaExceeded");
    await().atMost(Subject.PATIENCE).until(() -> it.attempts(CREATE) >= 4);

    first.delete().awaitGone();
    second.awaitReady("Running");

    List<Call> creates = it.journal().calls(CREATE);
    // the first one's, then refusals at the pace of the poll interval and not faster
    for (int i = 2; i < creates.size() - 1; i++) {
      assertThat(Duration.between(creates.get(i - 1).receivedAt(), creates.get(i).receivedAt()))
          .isGreaterThanOrEqualTo(OperatorFixture.POLL.minusMillis(50));
    }
    Call deleted = it.journal().committed(DELETE).getFirst();
    List<Call> afterwards =
        creates.stream().filter(create -> create.number() > deleted.commit()).toList();
    assertThat(afterwards).hasSize(1).allMatch(Call::committed);
    assertThat(second.status().has("lastError")).isFalse();
  }

  @Test
  void aQuotaHealsByItselfWhenSomebodyElseMakesRoom() {
    it.api().settings().maxInstances(1);
    Subject first = it.running("first");
    Subject second = it.apply("second").awaitReconciling("QuotaExceeded");

    it.api().world().delete(first.instanceId());

    second.awaitReady("Running");
    assertThat(it.journal().committed(CREATE)).hasSize(2);
  }

  @Test
  void refusedCredentialsStallWhatWaitsAndRotatedOnesHealItWithoutARestart() {
    Subject settled = it.running("settled", "power", "Running");
    it.awaitLists(1);
    String version = settled.resourceVersion();
    it.keepSecret("tok-rotated-5d2f6b91");
    it.api().accounts().rotateToken(OperatorFixture.TOKEN, "tok-rotated-5d2f6b91");

    Subject waiting = it.apply("waiting").awaitStalled("AuthenticationFailed");

    assertThat(waiting.status().at("/lastError/httpStatus").asInt()).isEqualTo(401);
    waiting.awaitEvent("AuthenticationFailed");
    assertThat(settled.resourceVersion()).isEqualTo(version);
    assertThat(it.operator().isReady()).isTrue();
    long pid = it.operator().pid();
    it.mount(Map.of("token", "tok-rotated-5d2f6b91"));
    waiting.awaitReady("Running");
    assertThat(it.operator().pid()).isEqualTo(pid);
    assertThat(it.journal().committed(CREATE)).hasSize(2);
    settled.power("Stopped").awaitReady("Stopped");
  }

  @Test
  void missingCredentialsStallAndAKeyPairHealsThem() {
    it.mount(Map.of());
    it.operator();

    Subject web = it.apply("web").awaitStalled("AuthenticationFailed");
    it.mount(Map.of("api-key", OperatorFixture.KEY, "api-secret", OperatorFixture.SECRET));

    web.awaitReady("Running");
    assertThat(it.journal().callsFor(web.instanceId()))
        .isNotEmpty()
        .allMatch(call -> call.authentication().equals("key"));
  }

  @Test
  void noCreateIsSentWhileTheApiWantsToBeLeftAlone() {
    it.api().settings().limit(CREATE, 1, Duration.ofSeconds(3));
    Subject first = it.running("first");
    Subject second = it.apply("second");
    Subject third = it.apply("third");

    second.awaitReconciling("RateLimited");
    it.api().settings().unlimited(CREATE);
    second.awaitReady("Running");
    third.awaitReady("Running");

    List<Call> creates = it.journal().calls(CREATE);
    assertThat(creates).extracting(Call::status).containsExactly(201, 429, 201, 201);
    assertThat(Duration.between(creates.get(1).receivedAt(), creates.get(2).receivedAt()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    assertThat(second.eventReasons()).contains("RateLimited");
    assertThat(first.reasons()).doesNotContain("RateLimited");
  }

  @Test
  void noListIsReadWhileTheApiWantsToBeLeftAlone() {
    it.operator();
    it.awaitLists(1);
    ActiveFault limited =
        it.api().fault(Match.on(LIST), Phase.BEFORE_COMMIT, Effect.status(429).retryAfter("3"));
    limited.awaitHit(Subject.PATIENCE);
    long mark = it.journal().mark();

    it.awaitLists(1);

    List<Call> lists = it.journal().calls(LIST);
    Call refused =
        lists.stream()
            .filter(call -> !call.succeeded() && call.status() == 429)
            .findFirst()
            .orElseThrow();
    Call next = lists.stream().filter(call -> call.number() > mark).findFirst().orElseThrow();
    assertThat(Duration.between(refused.receivedAt(), next.receivedAt()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void ourOwnRateIsKeptAndIsNoTroubleForThoseWhoWaitForNothing() {
    it.operatorWith(Map.of("COMPUTE_RATE_CREATE", "30"));
    List<Subject> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(it.apply("web-" + i));
    }
    all.forEach(web -> web.awaitReady("Running"));

    List<Call> creates = it.journal().calls(CREATE);
    assertThat(creates).hasSize(3).allMatch(Call::committed);
    assertThat(Duration.between(creates.getFirst().receivedAt(), creates.getLast().receivedAt()))
        .as("two are sent 4 s apart; a busy machine may deliver the first one late")
        .isGreaterThanOrEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void anOutageIsToldByWhatWaitsAndLeavesAloneWhatIsAsAsked() {
    Subject settled = it.running("settled", "power", "Running");
    Subject moved = it.running("moved", "power", "Running");
    it.awaitLists(1);
    String version = settled.resourceVersion();
    it.api().offline();

    Subject waiting = it.apply("waiting").awaitReconciling("ApiUnavailable");
    moved.power("Stopped").awaitReconciling("ApiUnavailable");

    waiting.awaitEvent("ApiUnavailable");
    assertThat(settled.resourceVersion()).isEqualTo(version);
    assertThat(it.operator().isReady()).isTrue();
    it.api().online();
    waiting.awaitReady("Running");
    moved.awaitReady("Stopped");
    assertThat(settled.resourceVersion()).isEqualTo(version);
    assertThat(it.journal().committed(CREATE)).hasSize(3);
    assertThat(it.journal().committed(STOP)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void aBurstOfServerErrorsIsSurvived(int status) {
    it.operator();
    ActiveFault burst =
        it.api()
            .fault(
                Match.on(LIST, GET, Operation.TEMPLATES).always(),
                Phase.BEFORE_COMMIT,
                Effect.status(status).unexplained());

    Subject web = it.apply("web", "power", "Running").awaitReconciling("ApiUnavailable");
    burst.awaitHits(3, Subject.PATIENCE);
    burst.close();

    web.awaitReady("Running");
    assertThat(it.attempts()).containsExactly(CREATE);
  }

  @Test
  void fromAListThatMakesNoSenseNothingIsConcluded() {
    Subject web = it.running("web", "power", "Running");
    it.awaitLists(1);
    String version = web.resourceVersion();

    for (String garbage :
        List.of(
            "<html>hello</html>",
            "",
            "{\"instances\":[]}",
            "\"none\"",
            "[{\"id\":null,\"status\":\"RUNNING\"}]",
            "[7]",
            "[{\"id\":{\"a\":1}}",
            "{}")) {
      try (ActiveFault fault =
          it.api()
              .fault(
                  Match.on(LIST),
                  Phase.BEFORE_COMMIT,
                  Effect.respond(200, "application/json", garbage))) {
        fault.awaitHit(Subject.PATIENCE);
      }
    }
    it.awaitLists(1);

    assertThat(web.resourceVersion()).isEqualTo(version);
    assertThat(it.attempts()).containsExactly(CREATE);
    assertThat(it.operator().isAlive()).isTrue();
  }

  @Test
  void anAnswerThatMakesNoSenseIsAnOutageForWhatWaitsForIt() {
    Subject web = it.running("web", "power", "Running");
    ActiveFault garbage =
        it.api()
            .fault(
                Match.on(GET, LIST).always(),
                Phase.BEFORE_COMMIT,
                Effect.respond(200, "application/json", "[null, {\"id\": 5}"));

    web.power("Stopped").awaitReconciling("ApiUnavailable");
    garbage.close();

    web.awaitReady("Stopped");
    assertThat(it.attempts()).containsExactly(CREATE, STOP);
  }

  @Test
  void oneResourceInTroubleDelaysNoOther() {
    it.api().settings().maxInstances(1);
    Subject first = it.running("first", "power", "Running");
    it.apply("no-template", "templateId", "ubuntu-99").awaitStalled("TemplateNotFound");
    it.apply("no-zone", "zone", "mars-north1-a").awaitStalled("ZoneNotAvailable");
    it.apply("no-quota").awaitReconciling("QuotaExceeded");

    first.power("Stopped").awaitReady("Stopped");
    first.power("Running").awaitReady("Running");

    assertThat(it.journal().committed(CREATE)).hasSize(1);
  }

  @Test
  void aHungCallHoldsUpOnlyItsOwnResource() {
    Subject hung = it.running("hung", "power", "Running");
    Subject free = it.running("free", "power", "Running");
    try (ActiveFault held =
        it.api().hold(Match.on(STOP).instance(hung.instanceId()), Phase.BEFORE_COMMIT)) {
      hung.power("Stopped");
      held.awaitHit(Subject.PATIENCE);

      free.power("Stopped").awaitReady("Stopped");

      assertThat(it.journal().committed(STOP))
          .extracting(Call::instanceId)
          .containsExactly(free.instanceId());
    }
    hung.awaitReady("Stopped");
  }

  @Test
  void theLogNamesTheErrorIdOfAFailure() {
    OperatorProcess operator = it.operator();
    it.api().settings().maxInstances(0);

    Subject web = it.apply("web").awaitReconciling("QuotaExceeded");

    String errorId = web.status().at("/lastError/errorId").asText();
    assertThat(errorId).isNotEmpty();
    // The log tells of what is written, so a moment after it.
    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(operator.log()).contains("errorId=" + errorId));
  }
}
