package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.faults.Boundary.Hold;
import com.threatwinds.compute.operator.faults.Boundary.Moment;
import com.threatwinds.compute.operator.kubeproxy.ApiServerProxy;
import com.threatwinds.compute.operator.kubeproxy.KubeCall;
import com.threatwinds.compute.operator.kubeproxy.KubeEffect;
import com.threatwinds.compute.operator.kubeproxy.KubeFault;
import com.threatwinds.compute.operator.kubeproxy.KubeMatch;
import com.threatwinds.compute.operator.kubeproxy.KubePhase;
import com.threatwinds.compute.operator.simulator.ActiveFault;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Subject;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** F12 to F16: the Kubernetes API, its watches and Leases, and what people do to resources. */
final class ClusterCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ClusterCases() {}

  static List<FaultCase> of(List<Boundary> boundaries) {
    List<FaultCase> cases = new ArrayList<>();
    cases.addAll(watches());
    cases.addAll(outages());
    cases.addAll(leases());
    cases.addAll(deletions(boundaries));
    cases.addAll(objects());
    return cases;
  }

  // -- F12

  private static List<FaultCase> watches() {
    Map<String, Consumer<ApiServerProxy>> troubles = new LinkedHashMap<>();
    troubles.put("is dead, and does not say so", proxy -> proxy.watches().dead());
    troubles.put("loses an event", proxy -> proxy.watches().lose(1));
    troubles.put("loses three events", proxy -> proxy.watches().lose(3));
    troubles.put("tells events twice", proxy -> proxy.watches().duplicate(5));
    troubles.put("tells two events in the other order", proxy -> proxy.watches().swap());
    troubles.put("is too old", proxy -> proxy.watches().expire());
    troubles.put("is closed", proxy -> proxy.watches().closeAll());
    List<FaultCase> cases = new ArrayList<>();
    troubles.forEach(
        (words, trouble) -> {
          cases.add(
              new FaultCase(
                      "F12",
                      "the watch " + words + ", then a resource is made",
                      Stage.Setup.one(),
                      stage -> {
                        stage.start();
                        stage.did("the watch " + words);
                        trouble.accept(stage.first().proxy());
                        Life.live(stage);
                      })
                  .quickly(words.startsWith("is dead")));
          cases.add(
              new FaultCase(
                  "F12",
                  "the watch " + words + ", then power changes, and a deletion",
                  Stage.Setup.one(),
                  stage -> {
                    stage.start();
                    Subject web = Life.born(stage);
                    stage.did("the watch " + words);
                    trouble.accept(stage.first().proxy());
                    stage.awaitReady(stage.power(web, "Stopped", null), "Stopped");
                    trouble.accept(stage.first().proxy());
                    Life.end(stage, web);
                  }));
        });
    cases.add(
        new FaultCase(
            "F12",
            "started again, it is shown an older past",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = stage.apply("web", "power", "Running");
              await()
                  .atMost(Stage.PATIENCE)
                  .until(() -> !web.now().at("/metadata/finalizers").isMissingNode());
              stage.first().proxy().rememberList();
              stage.awaitReady(web, "Running");
              stage.first().kill();
              stage.first().proxy().serveOldLists(true);
              stage.first().start();
              Life.power(stage, web);
              assertThat(Life.tried(stage, Operation.CREATE)).isEqualTo(1);
              Life.end(stage, web);
            }));
    cases.add(
        new FaultCase(
            "F12",
            "started again, the list has an older past of the resource",
            // Or its other way to learn what is so might mend the list before it rests on it.
            Stage.Setup.one().with("OPERATOR_RESYNC_INTERVAL", "10m"),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              JsonNode past =
                  web.versions().stream()
                      .filter(v -> v.at("/metadata/finalizers").toString().contains("instance"))
                      .filter(v -> !v.has("status"))
                      .findFirst()
                      .orElseThrow();
              stage.did("kill -9, and from now on an older past in the first list");
              stage.first().kill();
              KubeFault fault =
                  stage
                      .first()
                      .proxy()
                      .faults()
                      .add(
                          KubeMatch.lists().plural("computeinstances"),
                          KubePhase.AFTER_COMMIT,
                          KubeEffect.rewrite(list -> withInstead(list, past)));
              stage.first().start();
              fault.awaitHit(Stage.PATIENCE);
              Life.power(stage, web);
              assertThat(Life.tried(stage, Operation.CREATE)).isEqualTo(1);
              Life.end(stage, web);
            }));
    cases.add(
        new FaultCase(
            "F12",
            "deleted while it does not run, started again, it is shown an older past and nothing"
                + " since",
            Stage.Setup.one().with("OPERATOR_RESYNC_INTERVAL", "10m"),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.first().proxy().rememberList();
              stage.did("kill -9, and from now on the API server's cache lags");
              stage.first().kill();
              stage.delete(web);
              stage.first().proxy().serveOldLists(true);
              stage.first().proxy().watches().lose(Integer.MAX_VALUE);
              stage.first().start();
              stage.awaitGone(web);
              Life.noneIsLeft(stage);
            }));
    return cases;
  }

  /** The list with that in the place of what has its name by now. */
  private static JsonNode withInstead(JsonNode list, JsonNode past) {
    ObjectNode copy = list.deepCopy();
    ArrayNode items = copy.putArray("items");
    list.path("items")
        .forEach(
            item ->
                items.add(item.at("/metadata/uid").equals(past.at("/metadata/uid")) ? past : item));
    return copy;
  }

  // -- F13

  private static List<FaultCase> outages() {
    List<FaultCase> cases = new ArrayList<>();
    Map<String, BiConsumer<ApiServerProxy, Boolean>> troubles = new LinkedHashMap<>();
    troubles.put(
        "restarts",
        (proxy, begins) -> {
          if (begins) {
            proxy.offline();
          } else {
            proxy.online();
          }
        });
    troubles.put(
        "is cut off by a network that swallows all",
        (proxy, begins) -> {
          if (begins) {
            proxy.freeze();
          } else {
            proxy.thaw();
          }
        });
    troubles.forEach(
        (words, trouble) -> {
          for (Operation during : List.of(Operation.CREATE, Operation.STOP, Operation.DELETE)) {
            cases.add(
                new FaultCase(
                        "F13",
                        "the API server %s while %s is under way".formatted(words, during),
                        Stage.Setup.one(),
                        stage -> {
                          stage.start();
                          ActiveFault hold = stage.api().hold(Match.on(during), Phase.AFTER_COMMIT);
                          Meanwhile fault =
                              Meanwhile.begin(
                                  () -> {
                                    hold.awaitHit(Stage.PATIENCE);
                                    stage.did("the API server " + words);
                                    trouble.accept(stage.first().proxy(), true);
                                    hold.close();
                                    // As long as it takes to be noticed: some calls, refused.
                                    awaitLists(stage, 3);
                                    stage.did("the API server is back");
                                    trouble.accept(stage.first().proxy(), false);
                                  });
                          Life.live(stage);
                          fault.end();
                        })
                    .quickly(words.equals("restarts") && during == Operation.CREATE));
          }
        });
    Map<String, KubeEffect> answers = new LinkedHashMap<>();
    answers.put("409", KubeEffect.conflict());
    answers.put("429", KubeEffect.tooManyRequests(Duration.ofSeconds(1)));
    answers.put("403", KubeEffect.forbidden());
    answers.put("500", KubeEffect.status(500, "InternalError"));
    answers.put("a reset connection", KubeEffect.reset());
    answers.forEach(
        (words, effect) -> {
          for (KubePhase phase : List.of(KubePhase.BEFORE_FORWARD, KubePhase.AFTER_COMMIT)) {
            for (int nth : List.of(1, 2, 4)) {
              cases.add(
                  new FaultCase(
                          "F13",
                          "the %d. write of a status %s answered %s, twice"
                              .formatted(
                                  nth,
                                  phase == KubePhase.AFTER_COMMIT
                                      ? "is done and"
                                      : "is not done and",
                                  words),
                          Stage.Setup.one(),
                          stage -> {
                            stage.start();
                            KubeFault fault =
                                stage
                                    .first()
                                    .proxy()
                                    .faults()
                                    .add(
                                        KubeMatch.on("PUT")
                                            .plural("computeinstances")
                                            .subresource("status")
                                            .nth(nth)
                                            .times(2),
                                        phase,
                                        effect);
                            Life.live(stage);
                            if (fault.hits() == 0) {
                              throw new AssertionError("the fault did not strike: " + fault);
                            }
                          })
                      .quickly(
                          words.startsWith("a reset")
                              && nth == 2
                              && phase == KubePhase.AFTER_COMMIT));
            }
          }
        });
    cases.add(
        new FaultCase(
            "F13",
            "only the leader is cut off",
            Stage.Setup.two(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              String leader = stage.leaseHolder();
              stage.did("the leader is cut off");
              stage.first().proxy().freeze();
              stage.awaitAnotherLeader(leader);
              Life.power(stage, web);
              stage.did("and no more");
              stage.first().proxy().thaw();
              Life.requests(stage, web);
              Life.end(stage, web);
            }));
    cases.add(
        new FaultCase(
            "F13",
            "nobody reaches the API server for longer than a Lease",
            Stage.Setup.two(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.replicas().forEach(replica -> replica.proxy().offline());
              stage.did("the API server is gone");
              await()
                  .atMost(Stage.PATIENCE)
                  .until(() -> stage.first().log().contains("leader=false"));
              stage.replicas().forEach(replica -> replica.proxy().online());
              stage.did("the API server is back");
              Life.power(stage, web);
              Life.requests(stage, web);
              Life.end(stage, web);
            }));
    return cases;
  }

  private static void awaitLists(Stage stage, int count) {
    long mark = stage.api().journal().mark();
    await()
        .atMost(Stage.PATIENCE)
        .until(
            () ->
                stage.api().journal().since(mark).stream()
                        .filter(call -> call.operation() == Operation.LIST)
                        .count()
                    >= count);
  }

  // -- F14

  private static List<FaultCase> leases() {
    Map<String, Consumer<Stage>> deeds = new LinkedHashMap<>();
    deeds.put("is deleted", stage -> lease(stage).delete());
    deeds.put("is given to nobody", stage -> edit(stage, "", 2));
    deeds.put("is given to a stranger", stage -> edit(stage, "a-stranger", 2));
    deeds.put("is given to a stranger for years", stage -> edit(stage, "a-stranger", 100_000_000));
    List<FaultCase> cases = new ArrayList<>();
    deeds.forEach(
        (words, deed) -> {
          cases.add(
              new FaultCase(
                      "F14",
                      "the Lease " + words,
                      Stage.Setup.two(),
                      stage -> {
                        stage.start();
                        Subject web = Life.born(stage);
                        stage.did("the Lease " + words);
                        deed.accept(stage);
                        Life.power(stage, web);
                        Life.requests(stage, web);
                        Life.end(stage, web);
                      })
                  .quickly(words.endsWith("stranger")));
          cases.add(
              new FaultCase(
                  "F14",
                  "the Lease " + words + " while a create is under way",
                  Stage.Setup.two(),
                  stage -> {
                    stage.start();
                    ActiveFault hold =
                        stage.api().hold(Match.on(Operation.CREATE), Phase.AFTER_COMMIT);
                    Meanwhile fault =
                        Meanwhile.begin(
                            () -> {
                              hold.awaitHit(Stage.PATIENCE);
                              stage.did("the Lease " + words);
                              deed.accept(stage);
                              awaitLists(stage, 2);
                              hold.close();
                            });
                    Life.live(stage);
                    fault.end();
                  }));
        });
    cases.add(
        new FaultCase(
            "F14",
            "the leader stands still before a create, another makes it, the first goes on",
            Stage.Setup.two(),
            stage -> {
              stage.start();
              KubeFault answer =
                  stage
                      .first()
                      .proxy()
                      .faults()
                      .add(
                          KubeMatch.on("PUT")
                              .plural("computeinstances")
                              .subresource("status")
                              .where("attempt", call -> announcesCreate(call)),
                          KubePhase.AFTER_COMMIT,
                          KubeEffect.hang());
              Subject web = stage.apply(Life.NAME, "power", "Running", "zone", Stage.ZONE);
              answer.awaitHit(Stage.PATIENCE);
              stage.did("SIGSTOP of the leader, which loses the Lease");
              stage.first().process().pause();
              edit(stage, "", 2);
              stage.awaitReady(web, "Running");
              stage.did("SIGCONT");
              answer.close();
              stage.first().process().resume();
              Life.power(stage, web);
              assertThat(Life.committed(stage)).containsOnlyOnce(Operation.CREATE);
              Life.end(stage, web);
            }));
    cases.add(
        new FaultCase(
            "F14",
            "the leader stands still before it records a create, another settles it and one more",
            Stage.Setup.two(),
            stage -> {
              stage.start();
              ActiveFault lost =
                  stage
                      .api()
                      .fault(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT, Effect.reset());
              Subject a = stage.applyOf("t-shared", "a", "power", "Running");
              lost.awaitHit(Stage.PATIENCE);
              Hold record =
                  new Boundary.Kube("status Provisioning")
                      .hold(stage, stage.first(), Moment.BEFORE, false);
              Subject b = stage.applyOf("t-shared", "b", "power", "Running");
              record.awaitHit(Stage.PATIENCE);
              String leader = stage.leaseHolder();
              stage.did("SIGSTOP of the leader");
              stage.first().process().pause();
              stage.awaitAnotherLeader(leader);
              await()
                  .atMost(Stage.PATIENCE)
                  .until(() -> !a.instanceId().isEmpty() || !b.instanceId().isEmpty());
              stage.did("SIGCONT");
              record.release();
              stage.first().process().resume();
              List.of(a, b).forEach(one -> stage.awaitReady(one, "Running"));
              assertThat(a.instanceId()).isNotEqualTo(b.instanceId());
              assertThat(stage.machines()).hasSize(2);
              List.of(a, b).forEach(stage::delete);
              List.of(a, b).forEach(stage::awaitGone);
              Life.noneIsLeft(stage);
            }));
    for (Duration skew :
        List.of(
            Duration.ofSeconds(20),
            Duration.ofSeconds(-20),
            Duration.ofHours(1),
            Duration.ofHours(-1))) {
      cases.add(
          new FaultCase(
              "F14",
              "the other's clock is %d s off, the leader is killed".formatted(skew.toSeconds()),
              Stage.Setup.two(),
              stage -> {
                for (Replica replica : stage.replicas()) {
                  boolean ahead = replica == stage.first();
                  replica
                      .proxy()
                      .faults()
                      .add(
                          KubeMatch.leases()
                              .where("get", call -> call.method().equals("GET"))
                              .always(),
                          KubePhase.AFTER_COMMIT,
                          KubeEffect.rewrite(body -> skewed(body, ahead ? skew : skew.negated())));
                }
                stage.start();
                Subject web = Life.born(stage);
                Life.power(stage, web);
                stage.did("kill -9 of the leader");
                stage.first().kill();
                Life.requests(stage, web);
                Life.end(stage, web);
              }));
    }
    return cases;
  }

  private static boolean announcesCreate(KubeCall call) {
    return call.request() != null && call.request().at("/status/create").has("attemptId");
  }

  private static JsonNode skewed(JsonNode lease, Duration skew) {
    String renewed = lease.at("/spec/renewTime").asText();
    if (renewed.isEmpty()) {
      return lease;
    }
    ObjectNode copy = lease.deepCopy();
    copy.withObject("/spec").put("renewTime", OffsetDateTime.parse(renewed).plus(skew).toString());
    return copy;
  }

  private static Resource<Lease> lease(Stage stage) {
    return stage
        .cluster()
        .adminClient()
        .leases()
        .inNamespace(stage.namespace())
        .withName("compute-operator");
  }

  private static void edit(Stage stage, String holder, int seconds) {
    await()
        .atMost(Stage.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              Lease now = lease(stage).get();
              now.getSpec().setHolderIdentity(holder);
              now.getSpec().setLeaseDurationSeconds(seconds);
              stage.cluster().adminClient().resource(now).update();
              return true;
            });
  }

  // -- F15

  private static List<FaultCase> deletions(List<Boundary> boundaries) {
    List<FaultCase> cases = new ArrayList<>();
    List<Boundary> ofACreate =
        boundaries.stream()
            .filter(
                b ->
                    b.toString().contains("create")
                        || b.toString().contains("finalizer on")
                        || b.toString().contains("attempt")
                        || b.toString().contains("Provisioning")
                        || b.toString().contains("annotation"))
            .toList();
    for (Boundary boundary : ofACreate) {
      for (Moment moment : Moment.values()) {
        cases.add(
            new FaultCase(
                    "F15",
                    "deleted at %s %s".formatted(boundary, moment),
                    Stage.Setup.one(),
                    stage -> {
                      stage.start();
                      Hold hold = boundary.hold(stage, stage.first(), moment, false);
                      Subject web = stage.apply(Life.NAME, "power", "Running", "zone", Stage.ZONE);
                      hold.awaitHit(Stage.PATIENCE);
                      stage.delete(web);
                      hold.release();
                      stage.awaitGone(web);
                      Life.noneIsLeft(stage);
                    })
                .quickly(boundary instanceof Boundary.Api && moment == Moment.COMMITTED));
        cases.add(
            new FaultCase(
                "F15",
                "torn out at %s %s, and the same name again".formatted(boundary, moment),
                Stage.Setup.one(),
                stage -> {
                  stage.start();
                  Hold hold = boundary.hold(stage, stage.first(), moment, false);
                  Subject web = stage.apply(Life.NAME, "power", "Running", "zone", Stage.ZONE);
                  hold.awaitHit(Stage.PATIENCE);
                  stage.did("user tears " + web.name() + " out, finalizer and all");
                  web.tearOut();
                  Subject again = stage.apply(Life.NAME, "power", "Running", "zone", Stage.ZONE);
                  hold.release();
                  stage.awaitReady(again, "Running");
                  stage.delete(again);
                  stage.awaitGone(again);
                  // The binding may have come just before: then it was let go of with the
                  // finalizer.
                  if (web.versions().stream().noneMatch(v -> v.at("/status").has("instanceId"))) {
                    Life.noneIsLeft(stage);
                  }
                }));
      }
    }
    cases.add(
        new FaultCase(
            "F15",
            "deleted while the Compute API is down",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.api().offline();
              stage.delete(web);
              await()
                  .atMost(Stage.PATIENCE)
                  .until(
                      () ->
                          Subject.condition(web.now(), "Ready")
                              .path("reason")
                              .asText()
                              .equals("ApiUnavailable"));
              stage.api().online();
              stage.awaitGone(web);
              Life.noneIsLeft(stage);
            }));
    cases.add(
        new FaultCase(
            "F15",
            "deleted while the Compute API is down for 40 s",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.did("the Compute API is down");
              stage.api().offline();
              stage.delete(web);
              Stage.pass(Duration.ofSeconds(40));
              stage.api().online();
              stage.did("the Compute API is back");
              stage.awaitGone(web);
              Life.noneIsLeft(stage);
            }));
    cases.add(
        new FaultCase(
            "F15",
            "a request comes again after another one, as from a revert",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              for (String id : List.of("r1", "r2")) {
                stage.power(web, "Reset", id);
                assertThat(stage.awaitRequest(web, "Reset", id)).isEqualTo("Accepted");
                stage.awaitReady(web, "Running");
              }
              stage.power(web, "Reset", "r1");
              stage.awaitReady(web, "Running");
              stage.awaitReady(stage.power(web, "Stopped", null), "Stopped");
              assertThat(Life.tried(stage, Operation.RESET)).isEqualTo(2);
              Life.end(stage, web);
            }));
    cases.add(
        new FaultCase(
            "F15",
            "power changes while a stop is under way",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              ActiveFault hold = stage.api().hold(Match.on(Operation.STOP), Phase.AFTER_COMMIT);
              stage.power(web, "Stopped", null);
              hold.awaitHit(Stage.PATIENCE);
              stage.power(web, "Running", null);
              hold.close();
              stage.awaitReady(web, "Running");
              Life.end(stage, web);
            }));
    return cases;
  }

  // -- F16

  private static List<FaultCase> objects() {
    List<FaultCase> cases = new ArrayList<>();
    List<String> odd =
        List.of(
            "{}",
            "{\"spec\": {\"templateId\": 5}}",
            "{\"spec\": {\"templateId\": {\"a\": [1]}, \"zone\": []}}",
            "{\"spec\": {\"templateId\": \"t-web\", \"power\": true}}",
            "{\"spec\": \"text\"}",
            "{\"spec\": [1, 2]}",
            "{\"spec\": {\"templateId\": \"t-web\", \"deletionPolicy\": 7}}");
    for (String json : odd) {
      cases.add(
          new FaultCase(
                  "F16",
                  "a resource that can't be decoded: " + json,
                  Stage.Setup.one(),
                  stage -> {
                    if (stage.cluster().isReal()) {
                      return; // It refuses what the schema does not allow.
                    }
                    stage.start();
                    Subject bad = stage.applyJson("db", (ObjectNode) read(json));
                    Life.live(stage);
                    stage.first().kill();
                    stage.first().start();
                    Subject again = stage.apply("app", "power", "Running");
                    stage.awaitReady(again, "Running");
                    stage.delete(again);
                    stage.awaitGone(again);
                    stage.delete(bad);
                    stage.awaitGone(bad);
                    Life.noneIsLeft(stage);
                  })
              .quickly(json.contains("true")));
    }
    for (String json : List.of("\"text\"", "[]", "{\"instanceId\": 5, \"conditions\": {}}")) {
      cases.add(
          new FaultCase(
              "F16",
              "a status that can't be decoded, for a while: " + json,
              Stage.Setup.one(),
              stage -> {
                if (stage.cluster().isReal()) {
                  return; // It refuses what the schema does not allow.
                }
                stage.start();
                Subject db = stage.running("db");
                stage.first().kill();
                JsonNode status = db.status();
                stage.did("somebody forges the status of db: " + json);
                db.forgeStatus(read(json));
                stage.first().start();
                Subject web = Life.born(stage);
                Life.power(stage, web);
                stage.delete(web);
                stage.awaitGone(web);
                db.forgeStatus(status);
                stage.awaitReady(db, "Running");
                Life.end(stage, db);
              }));
    }
    cases.add(
        new FaultCase(
            "F16",
            "everything in the namespace is deleted at once, creates under way",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              List<Subject> all =
                  List.of(stage.apply("a"), stage.apply("b"), stage.apply("c"), stage.apply("db"));
              stage.awaitReady(all.getFirst(), "Running");
              all.forEach(stage::delete);
              all.forEach(stage::awaitGone);
              Life.noneIsLeft(stage);
            }));
    cases.add(
        new FaultCase(
            "F16",
            "the definition is applied again while instances run",
            Stage.Setup.one(),
            stage -> {
              stage.start();
              Subject web = Life.born(stage);
              stage.did("the definition is applied again");
              var definition =
                  stage
                      .cluster()
                      .adminClient()
                      .apiextensions()
                      .v1()
                      .customResourceDefinitions()
                      .withName("computeinstances.compute.threatwinds.com");
              var now = definition.get();
              now.getMetadata().setAnnotations(Map.of("applied", "again"));
              stage.cluster().adminClient().resource(now).update();
              Life.power(stage, web);
              Life.end(stage, web);
            }));
    return cases;
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
