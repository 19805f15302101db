package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.awaitility.core.ConditionTimeoutException;

/** F9 to F11: the account changes, the instances change, and what is answered makes no sense. */
final class AccountCases {

  private static final Stage.Setup MOUNTED = Stage.Setup.one().withMountedCredentials();

  private AccountCases() {}

  static List<FaultCase> all() {
    List<FaultCase> cases = new ArrayList<>();
    cases.addAll(credentials());
    cases.addAll(instances());
    cases.addAll(twins());
    cases.addAll(nonsense());
    return cases;
  }

  // -- F9

  private interface Trouble {
    void begin(Stage stage);

    void end(Stage stage);
  }

  private static List<FaultCase> credentials() {
    Map<String, Trouble> troubles = new LinkedHashMap<>();
    troubles.put(
        "revoked",
        trouble(
            stage -> stage.api().accounts().revokeToken(Stage.TOKEN),
            stage -> stage.api().accounts().addToken(Stage.USER, Stage.TOKEN)));
    troubles.put(
        "removed",
        trouble(
            stage -> stage.mount(Map.of()), stage -> stage.mount(Map.of("token", Stage.TOKEN))));
    troubles.put(
        "of another account",
        trouble(
            stage -> stage.mount(Map.of("token", Stage.OTHER_TOKEN)),
            stage -> stage.mount(Map.of("token", Stage.TOKEN))));
    List<FaultCase> cases = new ArrayList<>();
    troubles.forEach(
        (words, trouble) -> {
          cases.add(
              new FaultCase(
                  "F9",
                  "credentials " + words + ", an instance is to be stopped",
                  MOUNTED,
                  stage -> {
                    stage.start();
                    Subject web = Life.born(stage);
                    trouble.begin(stage);
                    stage.power(web, "Stopped", null);
                    awaitStalled(web);
                    trouble.end(stage);
                    stage.awaitReady(web, "Stopped");
                    Life.end(stage, web);
                  }));
          cases.add(
              new FaultCase(
                      "F9",
                      "credentials " + words + ", an instance is to be deleted",
                      MOUNTED,
                      stage -> {
                        stage.start();
                        Subject web = Life.born(stage);
                        trouble.begin(stage);
                        stage.delete(web);
                        awaitStalled(web);
                        assertThat(web.now().at("/metadata/finalizers").toString())
                            .contains(Subject.FINALIZER);
                        assertThat(stage.machines()).hasSize(1);
                        trouble.end(stage);
                        stage.awaitGone(web);
                        Life.noneIsLeft(stage);
                      })
                  .quickly(words.startsWith("of")));
          cases.add(
              new FaultCase(
                  "F9",
                  "credentials " + words + ", a create is open",
                  MOUNTED,
                  stage -> {
                    stage.start();
                    ActiveFault lost =
                        stage
                            .api()
                            .fault(Match.on(Operation.CREATE), Phase.AFTER_COMMIT, Effect.reset());
                    Subject web = stage.apply("web", "power", "Running");
                    lost.awaitHit(Stage.PATIENCE);
                    trouble.begin(stage);
                    awaitStalled(web);
                    trouble.end(stage);
                    stage.awaitReady(web, "Running");
                    assertThat(Life.tried(stage, Operation.CREATE)).isEqualTo(1);
                    Life.end(stage, web);
                  }));
        });
    cases.add(
        new FaultCase(
            "F9",
            "credentials rotated, the process is killed, an instance is to be deleted",
            MOUNTED,
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.api().accounts().rotateToken(Stage.TOKEN, "tok-next-71c0aa5e");
              stage.mount(Map.of("token", "tok-next-71c0aa5e"));
              stage.awaitReady(stage.power(web, "Stopped", null), "Stopped");
              stage.first().kill();
              stage.first().start();
              Life.end(stage, web);
            }));
    return cases;
  }

  private static Trouble trouble(Consumer<Stage> begin, Consumer<Stage> end) {
    return new Trouble() {
      @Override
      public void begin(Stage stage) {
        stage.did("trouble begins");
        begin.accept(stage);
      }

      @Override
      public void end(Stage stage) {
        stage.did("trouble ends");
        end.accept(stage);
      }
    };
  }

  private static void awaitStalled(Subject subject) {
    await()
        .alias(subject.name() + " stalled")
        .atMost(Stage.PATIENCE)
        .until(
            () ->
                Subject.condition(subject.now(), "Stalled").path("status").asText().equals("True"));
  }

  // -- F10

  private static List<FaultCase> instances() {
    List<FaultCase> cases = new ArrayList<>();
    for (boolean explained : List.of(true, false)) {
      for (int times : List.of(1, 3)) {
        for (boolean deleting : List.of(false, true)) {
          cases.add(
              new FaultCase(
                      "F10",
                      "an instance answers 404 %d times%s, to be %s"
                          .formatted(
                              times,
                              explained ? "" : " without x-error",
                              deleting ? "deleted" : "stopped"),
                      Stage.Setup.one(),
                      stage -> {
                        stage.start();
                        Subject web = Life.born(stage);
                        Effect.Status no = Effect.status(404);
                        stage
                            .api()
                            .fault(
                                Match.on(Operation.GET).times(times),
                                Phase.BEFORE_COMMIT,
                                explained ? no : no.unexplained());
                        if (!deleting) {
                          stage.awaitReady(stage.power(web, "Stopped", null), "Stopped");
                        }
                        Life.end(stage, web);
                      })
                  .quickly(explained && deleting && times == 1));
        }
      }
    }
    cases.add(
        new FaultCase(
            "F10",
            "an instance is deleted behind our back",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.did("somebody deletes " + web.instanceId());
              stage.api().world().delete(web.instanceId());
              stage.awaitStalled(web, "InstanceNotFound");
              assertThat(Life.tried(stage, Operation.CREATE)).isEqualTo(1);
              Life.end(stage, web);
            }));
    cases.add(
        new FaultCase(
            "F10",
            "an instance is stopped behind our back, and suspended",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              for (MachineState state : List.of(MachineState.TERMINATED, MachineState.SUSPENDED)) {
                stage.did("somebody makes it " + state);
                stage.api().world().force(web.instanceId(), state);
                await()
                    .atMost(Stage.PATIENCE)
                    .until(() -> stage.machines().getFirst().state() == MachineState.RUNNING);
                stage.awaitReady(web, "Running");
              }
              Life.end(stage, web);
            }));
    for (int lag : List.of(500, 900)) {
      cases.add(
          new FaultCase(
              "F10",
              "the list lags " + lag + " ms",
              Stage.Setup.one(),
              stage -> {
                stage.api().settings().listLag(Duration.ofMillis(lag));
                stage.start();
                Life.live(stage);
              }));
    }
    cases.add(
        new FaultCase(
            "F10",
            "the list drops an entry once",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.api().world().dropFromListOnce(web.instanceId());
              Life.power(stage, web);
              Life.end(stage, web);
            }));
    return cases;
  }

  /**
   * F10: what somebody else makes while a create of ours is open is never taken for its outcome.
   */
  private static List<FaultCase> twins() {
    List<FaultCase> cases = new ArrayList<>();
    for (boolean done : List.of(true, false)) {
      for (boolean killed : List.of(true, false)) {
        cases.add(
            new FaultCase(
                    "F10",
                    "a twin appears while a create that was %s is open%s"
                        .formatted(done ? "done" : "not done", killed ? ", and we are killed" : ""),
                    Stage.Setup.one(),
                    stage -> {
                      stage.start();
                      ActiveFault lost =
                          stage
                              .api()
                              .fault(
                                  Match.on(Operation.CREATE),
                                  done ? Phase.AFTER_COMMIT : Phase.BEFORE_COMMIT,
                                  killed ? Effect.blackHole() : Effect.reset());
                      Subject web = stage.apply("web", "power", "Running");
                      lost.awaitHit(Stage.PATIENCE);
                      if (killed) {
                        stage.did("kill -9");
                        stage.first().kill();
                        lost.close();
                      }
                      stage.foreign(Stage.templateOf("web"));
                      if (!done) {
                        stage.foreign(Stage.templateOf("web"));
                      }
                      if (killed) {
                        stage.first().start();
                      }
                      awaitOutcomeUnknown(stage, web);
                      assertThat(web.instanceId()).isEmpty();
                      if (done) {
                        String ours =
                            stage.machines().stream()
                                .map(Machine::id)
                                .filter(id -> !stage.foreign().contains(id))
                                .findFirst()
                                .orElseThrow();
                        web.annotate("resolve-create", "adopt:" + ours);
                      } else {
                        web.annotate(
                            "resolve-create",
                            "retry:" + web.status().at("/create/attemptId").asText());
                      }
                      stage.awaitReady(web, "Running");
                      Life.end(stage, web);
                    })
                .quickly(done && killed));
      }
    }
    cases.add(
        new FaultCase(
            "F10",
            "beside a released instance of the same template, a create is not done",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject a = stage.applyOf("t-shared", "a", "deletionPolicy", "Retain");
              stage.awaitReady(a, "Running");
              String released = a.instanceId();
              stage.delete(a);
              stage.awaitGone(a);
              ActiveFault fault =
                  stage
                      .api()
                      .fault(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT, Effect.reset());
              Subject b = stage.applyOf("t-shared", "b");
              stage.awaitReady(b, "Running");
              AnswerCases.assertStruck(fault);
              assertThat(b.instanceId()).isNotEqualTo(released);
              stage.delete(b);
              stage.awaitGone(b);
              assertThat(stage.machines()).extracting(Machine::id).containsExactly(released);
            }));
    cases.add(
        new FaultCase(
                "F10",
                "three creates of one template lose their answers at once",
                Stage.Setup.one(),
                stage -> {
                  stage.start();
                  stage
                      .api()
                      .fault(
                          Match.on(Operation.CREATE).times(3), Phase.AFTER_COMMIT, Effect.reset());
                  List<Subject> all =
                      List.of(
                          stage.applyOf("t-shared", "a"),
                          stage.applyOf("t-shared", "b"),
                          stage.applyOf("t-shared", "c"));
                  all.forEach(one -> stage.awaitReady(one, "Running"));
                  assertThat(all.stream().map(Subject::instanceId).distinct()).hasSize(3);
                  assertThat(stage.machines()).hasSize(3);
                  assertThat(Life.tried(stage, Operation.CREATE)).isEqualTo(3);
                  all.forEach(stage::delete);
                  all.forEach(stage::awaitGone);
                  Life.noneIsLeft(stage);
                })
            .quickly(true));
    return cases;
  }

  /** On a machine that is too slow, the create is held back for its age: then nothing is open. */
  private static void awaitOutcomeUnknown(Stage stage, Subject subject) {
    try {
      stage.awaitStalled(subject, "CreateOutcomeUnknown");
    } catch (ConditionTimeoutException e) {
      if (stage.first().log().contains("held back by its fence")) {
        throw new AssertionError("the fault did not strike: the create was held back", e);
      }
      throw e;
    }
  }

  // -- F11

  private static List<FaultCase> nonsense() {
    Map<String, Effect> effects = new LinkedHashMap<>();
    effects.put("broken JSON", json("{\"id\": "));
    effects.put("HTML", Effect.respond(200, "text/html", "<html>down for maintenance</html>"));
    effects.put("nothing", json(""));
    effects.put("another type", json("\"text\""));
    effects.put("null ids", json("[{\"id\":null},{\"id\":5},null]"));
    effects.put("100 MB", Effect.hugeBody(100_000_000));
    effects.put("a compression bomb", bomb());
    effects.put("hostile headers", Effect.hostileHeaders());
    effects.put("a redirect", Effect.redirect(307, "http://127.0.0.1:9/elsewhere"));
    List<FaultCase> cases = new ArrayList<>();
    for (Operation operation : List.of(Operation.CREATE, Operation.LIST, Operation.GET)) {
      effects.forEach(
          (words, effect) ->
              cases.add(
                  new FaultCase(
                          "F11",
                          operation + " answers " + words,
                          Stage.Setup.one(),
                          stage -> {
                            stage.start();
                            ActiveFault fault =
                                stage
                                    .api()
                                    .fault(
                                        Match.on(operation)
                                            .times(operation == Operation.CREATE ? 1 : 3),
                                        Phase.AFTER_COMMIT,
                                        effect);
                            Life.live(stage);
                            AnswerCases.assertStruck(fault);
                          })
                      .quickly(operation == Operation.LIST && words.startsWith("null"))));
    }
    cases.add(
        new FaultCase(
            "F11",
            "the list has every instance twice",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              stage
                  .api()
                  .fault(
                      Match.on(Operation.LIST).times(10),
                      Phase.AFTER_COMMIT,
                      Effect.rewrite(body -> doubled(body)));
              Life.live(stage);
            }));
    cases.add(
        new FaultCase(
            "F11",
            "the list has 10,000 foreign instances",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              stage
                  .api()
                  .fault(
                      Match.on(Operation.LIST).always(),
                      Phase.AFTER_COMMIT,
                      Effect.rewrite(AccountCases::withTenThousand));
              Life.live(stage);
            }));
    cases.add(
        new FaultCase(
            "F11",
            "an instance is in a state that nobody knows",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              ActiveFault odd =
                  stage
                      .api()
                      .fault(
                          Match.on(Operation.LIST, Operation.GET).always(),
                          Phase.AFTER_COMMIT,
                          Effect.rewrite(body -> body.replace("RUNNING", "HIBERNATING")));
              stage.power(web, "Stopped", null);
              stage.awaitReconciling(web, "ApiUnavailable");
              assertThat(Life.tried(stage, Operation.STOP)).isZero();
              odd.close();
              stage.awaitReady(web, "Stopped");
              Life.end(stage, web);
            }));
    return cases;
  }

  private static Effect json(String body) {
    return Effect.respond(200, "application/json", body);
  }

  private static Effect bomb() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      byte[] zeros = new byte[1024 * 1024];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Effect.respond(200, "application/json", bytes.toByteArray())
        .header("Content-Encoding", "gzip");
  }

  private static String doubled(String body) {
    String inner = body.strip().replaceAll("^\\[|]$", "");
    return inner.isBlank() || !body.strip().startsWith("[")
        ? body
        : "[" + inner + "," + inner + "]";
  }

  private static String withTenThousand(String body) {
    StringBuilder more = new StringBuilder("[");
    String inner = body.strip().startsWith("[") ? body.strip().replaceAll("^\\[|]$", "") : "";
    for (int i = 0; i < 10_000; i++) {
      more.append("{\"id\":\"other-")
          .append(i)
          .append(
              "\",\"templateId\":\"t-foreign\",\"zone\":\"us-central1-a\",\"status\":\"RUNNING\",\"userId\":\"")
          .append(Stage.USER)
          .append("\",\"createdAt\":\"2024-01-01T00:00:00Z\"},");
    }
    return inner.isBlank()
        ? more.substring(0, more.length() - 1) + "]"
        : more.append(inner).append("]").toString();
  }
}
