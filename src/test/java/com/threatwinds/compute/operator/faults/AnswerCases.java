package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** F4 to F8: the Compute API answers badly, slowly, or with a no. */
final class AnswerCases {

  private static final Set<Operation> EVERY_CALL =
      EnumSet.of(
          Operation.TEMPLATES,
          Operation.ZONES,
          Operation.CREATE,
          Operation.LIST,
          Operation.GET,
          Operation.START,
          Operation.STOP,
          Operation.RESTART,
          Operation.RESET,
          Operation.DELETE);

  private AnswerCases() {}

  static List<FaultCase> all() {
    List<FaultCase> cases = new ArrayList<>();
    cases.addAll(lost());
    cases.addAll(bursts());
    cases.addAll(slow());
    cases.addAll(limits());
    cases.addAll(quota());
    return cases;
  }

  /** F4: each kind of call, done or not, and its answer lost. */
  private static List<FaultCase> lost() {
    Map<String, Effect> effects = new LinkedHashMap<>();
    effects.put("then reset", Effect.reset());
    effects.put("then half a body", Effect.halfBody());
    effects.put("then 502", Effect.status(502).unexplained());
    effects.put("then 504", Effect.status(504).unexplained());
    effects.put("then nothing", Effect.hang(Stage.TIMEOUT.plusMillis(500)));
    List<FaultCase> cases = new ArrayList<>();
    for (Operation operation : EVERY_CALL) {
      effects.forEach(
          (words, effect) ->
              cases.add(
                  lifeWith(
                          "F4",
                          operation + " done, " + words,
                          Match.on(operation),
                          Phase.AFTER_COMMIT,
                          effect)
                      .quickly(operation == Operation.CREATE && words.endsWith("reset"))));
    }
    return cases;
  }

  /** F5: one call after another fails, for a while. */
  private static List<FaultCase> bursts() {
    List<FaultCase> cases = new ArrayList<>();
    for (int status : List.of(500, 502, 503)) {
      for (int from : List.of(1, 4, 8)) {
        cases.add(
            lifeWith(
                    "F5",
                    "6 calls from the %d. on answer %d".formatted(from, status),
                    Match.any().nth(from).times(6),
                    Phase.BEFORE_COMMIT,
                    Effect.status(status).unexplained())
                .quickly(status == 503 && from == 4));
      }
    }
    for (Operation operation : List.of(Operation.CREATE, Operation.RESET, Operation.DELETE)) {
      cases.add(
          lifeWith(
              "F5",
              operation + " done, and 500 with x-error",
              Match.on(operation),
              Phase.AFTER_COMMIT,
              Effect.status(500)));
    }
    return cases;
  }

  /** F6: slow, and drop by drop, and within the time-out all the same. */
  private static List<FaultCase> slow() {
    List<FaultCase> cases = new ArrayList<>();
    Map<String, Effect> effects = new LinkedHashMap<>();
    effects.put("slow", Effect.hang(Stage.TIMEOUT.minusMillis(500)));
    effects.put("in drops", Effect.drip(40, Duration.ofMillis(20)));
    for (Operation operation : EVERY_CALL) {
      effects.forEach(
          (words, effect) ->
              cases.add(
                  lifeWith(
                          "F6",
                          operation + " " + words,
                          Match.on(operation).times(5),
                          Phase.AFTER_COMMIT,
                          effect)
                      .quickly(operation == Operation.GET && words.equals("slow"))));
    }
    return cases;
  }

  /** F7: too many requests, and whatever the API says of when. */
  private static List<FaultCase> limits() {
    List<FaultCase> cases = new ArrayList<>();
    List<String> values = List.of("0", "-1", "1", "soon", "Wed, 21 Oct 2015 07:28:00 GMT");
    for (Operation operation :
        List.of(Operation.CREATE, Operation.LIST, Operation.GET, Operation.DELETE)) {
      for (String value : values) {
        cases.add(
            lifeWith(
                    "F7",
                    "%s answers 429, Retry-After '%s'".formatted(operation, value),
                    Match.on(operation),
                    Phase.BEFORE_COMMIT,
                    Effect.status(429).retryAfter(value))
                .quickly(operation == Operation.CREATE && value.equals("-1")));
      }
    }
    cases.add(
        new FaultCase(
            "F7",
            "create answers 429 for ages, a deletion goes on",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage
                  .api()
                  .fault(
                      Match.on(Operation.CREATE).always(),
                      Phase.BEFORE_COMMIT,
                      Effect.status(429).retryAfter("1000000000"));
              Subject db = stage.apply("db");
              stage.awaitReconciling(db, "RateLimited");
              Life.power(stage, web);
              assertThat(Life.tried(stage, Operation.CREATE)).isEqualTo(2);
              stage.delete(db);
              stage.awaitGone(db);
              Life.end(stage, web);
            }));
    return cases;
  }

  /** F8: no more instances, for a while or for ever. */
  private static List<FaultCase> quota() {
    return List.of(
        new FaultCase(
                "F8",
                "quota full, a deletion makes room",
                Stage.Setup.one(),
                stage -> {
                  stage.start();
                  Subject web = Life.born(stage);
                  stage.api().settings().maxInstances(1);
                  Subject db = stage.awaitReconciling(stage.apply("db"), "QuotaExceeded");
                  stage.delete(web);
                  stage.awaitReady(db, "Running");
                  Life.end(stage, db);
                })
            .quickly(true),
        new FaultCase(
            "F8",
            "quota full, somebody raises it",
            Stage.Setup.one(),
            stage -> {
              stage.api().settings().maxInstances(0);
              stage.start();
              Subject db = stage.awaitReconciling(stage.apply("db"), "QuotaExceeded");
              stage.api().settings().maxInstances(-1);
              stage.did("quota raised");
              stage.awaitReady(db, "Running");
              Life.end(stage, db);
            }),
        new FaultCase(
            "F8",
            "quota full for ever, the others go on",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.api().settings().maxInstances(1);
              Subject db = stage.awaitReconciling(stage.apply("db"), "QuotaExceeded");
              Life.power(stage, web);
              Life.requests(stage, web);
              stage.delete(db);
              stage.awaitGone(db);
              Life.end(stage, web);
            }),
        new FaultCase(
            "F8",
            "quota full, three wait, in the order in which they asked",
            Stage.Setup.one(),
            stage -> {
              stage.api().settings().maxInstances(0);
              stage.start();
              Subject a = stage.awaitReconciling(stage.apply("a"), "QuotaExceeded");
              Subject b = stage.awaitReconciling(stage.apply("b"), "QuotaExceeded");
              stage.api().settings().maxInstances(2);
              stage.awaitReady(a, "Running");
              stage.awaitReady(b, "Running");
              assertThat(stage.machines()).extracting(Machine::templateId).hasSize(2);
              stage.delete(a);
              stage.awaitGone(a);
              Life.end(stage, b);
            }));
  }

  /** A whole life, in which that goes wrong. */
  private static FaultCase lifeWith(
      String family, String name, Match match, Phase phase, Effect effect) {
    return new FaultCase(
        family,
        name,
        Stage.Setup.one(),
        stage -> {
          stage.start();
          ActiveFault fault = stage.api().fault(match, phase, effect);
          Life.live(stage);
          assertStruck(fault);
        });
  }

  static void assertStruck(ActiveFault fault) {
    if (fault.hits() == 0) {
      throw new AssertionError("the fault did not strike: " + fault);
    }
  }
}
