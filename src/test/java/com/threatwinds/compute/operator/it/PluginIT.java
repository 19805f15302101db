package com.threatwinds.compute.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.simulator.Effect;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Match;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.simulator.Phase;
import com.threatwinds.compute.operator.testing.Kubectl;
import com.threatwinds.compute.operator.testing.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The plugin as a person calls it, through kubectl, beside a running operator. */
class PluginIT {

  static final Path PLUGIN =
      Path.of("deploy", "kubectl-plugin", "kubectl-compute").toAbsolutePath();

  /** What fits on a terminal without scrolling. */
  private static final int SCREEN = 24;

  private static final int WIDTH = 100;

  @RegisterExtension
  private static final OperatorFixture it = OperatorFixture.standard().withMountedCredentials();

  @TempDir private Path completion;

  private Optional<Kubectl> kubectl = Optional.empty();

  @BeforeEach
  void kubectlIsHere() {
    kubectl = Kubectl.of(it.cluster());
    assumeThat(kubectl).as("kubectl").isPresent();
  }

  private Kubectl.Result run(String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl", "compute"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-n", it.namespace()));
    return kubectl.orElseThrow().runBeside(PLUGIN.getParent(), command.toArray(String[]::new));
  }

  private String succeed(String... arguments) {
    Kubectl.Result result = run(arguments);
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.output();
  }

  /** What {@code why} says, which always fits on one screen, in one line. */
  private String why(String name) {
    String told = succeed("why", name);
    assertThat(told.lines()).hasSizeLessThanOrEqualTo(SCREEN);
    assertThat(told.lines()).allMatch(line -> line.length() <= WIDTH, "is short enough");
    return told.replaceAll("\\s+", " ");
  }

  // -- doing

  @Test
  void stopsAndStartsAnInstance() {
    Subject web = it.running("web", "power", "Running");

    succeed("stop", "web");
    web.awaitReady("Stopped");
    succeed("start", "web");
    web.awaitReady("Running");

    assertThat(it.attempts()).containsExactly(Operation.CREATE, Operation.STOP, Operation.START);
  }

  @Test
  void eachRestartAndEachResetIsOneRequestThatLeavesSpecAlone() {
    Subject web = it.running("web", "power", "Running");
    long generation = web.now().at("/metadata/generation").asLong();

    succeed("restart", "web");
    awaitAttempts(Operation.RESTART, 1);
    succeed("reset", "web");
    awaitAttempts(Operation.RESET, 1);
    succeed("reset", "web");
    awaitAttempts(Operation.RESET, 2);

    assertThat(web.now().at("/metadata/generation").asLong()).isEqualTo(generation);
    assertThat(it.attempts(Operation.RESTART)).isOne();
  }

  private static void awaitAttempts(Operation operation, int count) {
    await().atMost(Subject.PATIENCE).until(() -> it.attempts(operation) == count);
  }

  @Test
  void asksForNoResetOfWhatShouldBeStopped() {
    it.operator();
    Subject web = it.apply("web", "power", "Stopped").awaitReady("Stopped");
    String version = web.resourceVersion();

    Kubectl.Result refused = run("reset", "web");

    assertThat(refused.exitCode()).isOne();
    assertThat(refused.output()).contains("kubectl compute start web");
    assertThat(web.resourceVersion()).isEqualTo(version);
  }

  @Test
  void pausesAndResumes() {
    Subject web = it.running("web", "power", "Running");

    succeed("pause", "web");
    succeed("stop", "web");
    await().atMost(Subject.PATIENCE).until(() -> web.reasons().contains("Paused"));
    assertThat(why("web")).contains("is paused", "kubectl compute resume web");
    succeed("resume", "web");
    web.awaitReady("Stopped");

    assertThat(it.attempts(Operation.STOP)).isOne();
  }

  @Test
  void saysWhoKeepsTheResourceBeforePowerIsChanged() {
    Subject web = it.running("web", "power", "Running");
    annotateAs(web, "argocd.argoproj.io/tracking-id", "vms:compute.threatwinds.com/web");

    assertThat(succeed("stop", "web")).contains("Argo CD keeps this resource");
  }

  private static void annotateAs(Subject subject, String key, String value) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").putObject("annotations").put(key, value);
    subject.patch(patch);
  }

  @Test
  void printsAManifestThatTakesAnInstanceOver() throws IOException {
    Machine machine =
        it.api()
            .world()
            .add(OperatorFixture.USER, OperatorFixture.TEMPLATE, null, MachineState.RUNNING);
    it.operatorWith(Map.of("COMPUTE_TAKEOVER_NAMESPACES", it.namespace()));

    String manifest =
        succeed("adopt", machine.id(), "--template", OperatorFixture.TEMPLATE, "--name", "taken");
    Path file = Files.writeString(completion.resolve("taken.yaml"), manifest);
    Kubectl.Result applied =
        kubectl.orElseThrow().run("-n", it.namespace(), "apply", "-f", file.toString());

    assertThat(applied.exitCode()).as(applied.output()).isZero();
    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(() -> assertThat(succeed("why", "taken")).contains("as asked: Running"));
    Kubectl.Result again = run("adopt", machine.id(), "--template", OperatorFixture.TEMPLATE);
    assertThat(again.exitCode()).isOne();
    assertThat(again.output()).contains("holds " + machine.id() + " already");
    assertThat(it.attempts()).isEmpty();
  }

  @Test
  void showsTheCandidatesOfAnUnknownCreateAndTakesAnAnswer() {
    it.operatorWith(Map.of("COMPUTE_CREATE_RECOVERY", "hold"));
    it.api().fault(Match.on(Operation.CREATE), Phase.AFTER_COMMIT, Effect.reset());
    Subject web = it.apply("web").awaitStalled("CreateOutcomeUnknown");
    String id = it.machines().getFirst().id();

    assertThat(why("web")).contains("CreateOutcomeUnknown", "kubectl compute resolve web", id);
    assertThat(succeed("resolve", "web"))
        .contains("kubectl compute resolve web adopt:" + id, "resolve web retry:");
    assertThat(run("resolve", "web", "adopt:i-other").output()).contains("no candidate of web");
    assertThat(run("resolve", "web", "retry:other").output()).contains("the open attempt of web");
    succeed("resolve", "web", "adopt:" + id);

    web.awaitReady("Running");
    assertThat(web.instanceId()).isEqualTo(id);
    assertThat(it.attempts()).containsExactly(Operation.CREATE);
    assertThat(run("resolve", "web", "adopt:" + id).exitCode()).isOne();
  }

  @Test
  void listsWhatCanBeOrdered() {
    it.operator();

    await()
        .atMost(Subject.PATIENCE)
        .untilAsserted(
            () -> assertThat(succeed("templates")).contains("ZONES", OperatorFixture.TEMPLATE));
  }

  // -- why

  @Test
  void whyOfWhatIsAsAskedSaysSo() {
    Subject web = it.running("web", "power", "Running");

    assertThat(why("web")).contains("as asked: Running", web.instanceId(), "Provisioned");
  }

  @Test
  void whyOfAnUnknownTemplateNamesThoseThatThereAre() {
    it.operator();
    it.apply("web", "templateId", "ubuntu-99").awaitStalled("TemplateNotFound");

    assertThat(why("web"))
        .contains("needs a person: TemplateNotFound", "ubuntu-99", OperatorFixture.TEMPLATE)
        .contains("kubectl compute templates");
  }

  @Test
  void whyOfAZoneThatIsNotThereNamesThoseThatAre() {
    it.operator();
    it.apply("web", "zone", "mars-north1-a").awaitStalled("ZoneNotAvailable");

    assertThat(why("web")).contains("ZoneNotAvailable", "us-central1-a", "one of the zones");
  }

  @Test
  void whyOfAFullQuotaSaysWhatMakesRoom() {
    it.api().settings().maxInstances(1);
    it.running("first");
    it.apply("second").awaitReconciling("QuotaExceeded");

    assertThat(why("second"))
        .contains("not as asked yet: QuotaExceeded", "quota raised", "create answered 403")
        .contains("looks again by itself");
  }

  @Test
  void whyOfRefusedCredentialsSaysWhoMendsThem() {
    it.operator();
    it.mount(Map.of("token", "tok-wrong"));
    it.apply("web").awaitStalled("AuthenticationFailed");

    assertThat(why("web")).contains("AuthenticationFailed", "Secret mended", "401");
  }

  @Test
  void whyOfAnOutageNamesTheErrorToQuote() {
    Subject web = it.running("web", "power", "Running");
    try (var outage =
        it.api()
            .fault(Match.on(Operation.STOP).always(), Phase.BEFORE_COMMIT, Effect.status(503))) {
      web.power("Stopped").awaitReconciling("ApiUnavailable");

      assertThat(why("web")).contains("ApiUnavailable", "stop answered 503", "error id");
      outage.release();
    }
  }

  @Test
  void whyOfARateLimitSaysToWait() {
    it.operatorWith(Map.of("COMPUTE_RATE_CREATE", "1"));
    it.apply("first").awaitReady("Running");
    it.apply("second").awaitReconciling("RateLimited");

    assertThat(why("second")).contains("RateLimited", "Wait: the call is sent in its turn");
  }

  @Test
  void whyOfAVanishedInstanceSaysThatNoOtherIsMade() {
    Subject web = it.running("web", "power", "Running");
    it.api().world().delete(web.instanceId());
    web.awaitStalled("InstanceNotFound");

    assertThat(why("web")).contains("InstanceNotFound", "makes no other by itself");
  }

  @Test
  void whyOfATakeOverThatIsNotAllowedNamesTheSetting() {
    Machine machine =
        it.api()
            .world()
            .add(OperatorFixture.USER, OperatorFixture.TEMPLATE, null, MachineState.RUNNING);
    it.operator();
    it.apply("web", "instanceId", machine.id()).awaitStalled("TakeoverNotAllowed");

    assertThat(why("web")).contains("TakeoverNotAllowed", "COMPUTE_TAKEOVER_NAMESPACES");
  }

  @Test
  void whyOfARefusedRequestSaysWhatTheApiSaid() {
    it.operator();
    it.api().fault(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT, Effect.status(400));
    it.apply("web").awaitStalled("RequestRejected");

    assertThat(why("web")).contains("RequestRejected", "create answered 400", "Change spec");
  }

  @Test
  void whyOfALongProvisioningNamesTheInstance() {
    it.operator();
    it.api().settings().delays(Duration.ofMinutes(5));
    Subject web = it.apply("web").awaitReconciling("Provisioning");

    assertThat(why("web")).contains("Provisioning", web.instanceId(), "Wait.");
  }

  @Test
  void whyOfADeletionThatWaitsSaysSince() {
    Subject web = it.running("web", "power", "Running");
    try (var outage =
        it.api()
            .fault(Match.on(Operation.DELETE).always(), Phase.BEFORE_COMMIT, Effect.status(503))) {
      web.delete().awaitReconciling("ApiUnavailable");

      assertThat(why("web")).contains("Deletion", "delete answered 503");
      outage.release();
    }
  }

  @Test
  void whyOfWhatNoOperatorLooksAtAsksForOne() {
    it.stopOperator();
    it.apply("web");

    assertThat(why("web")).contains("never looked at", "an operator runs that watches namespace");
  }

  @Test
  void whySaysThatSpecChangedWhileNoOperatorRan() {
    Subject web = it.running("web", "power", "Running");
    it.stopOperator();
    web.set("power", "Stopped");

    assertThat(why("web")).contains("spec was changed, and the operator has not looked since");
  }

  // -- the shell

  @Test
  void whatAStatusHoldsNeverReachesTheTerminalOrTheShellAsItIs() {
    it.stopOperator();
    Subject web = it.apply("web");
    String hostile = "\u001b]0;owned\u0007$(touch /tmp/owned)`id`\nstalled \"True\"\n%s \\ \"";
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    ObjectNode condition =
        status
            .putArray("conditions")
            .addObject()
            .put("type", "Ready")
            .put("status", "False")
            .put("reason", "ApiUnavailable")
            .put("message", hostile)
            .put("observedGeneration", 1)
            .put("lastTransitionTime", "2026-01-01T00:00:00Z");
    status
        .withArray("conditions")
        .add(condition.deepCopy().put("type", "Reconciling").put("status", "True"));
    status.withArray("conditions").add(condition.deepCopy().put("type", "Stalled"));
    status.putObject("lastError").put("operation", "create").put("message", hostile);
    web.forgeStatus(status);

    String told = why("web");

    assertThat(told).doesNotContain("\u001b", "\u0007").contains("$(touch /tmp/owned)`id`");
    assertThat(told).doesNotContain("needs a person");
  }

  @Test
  void refusesWhatCanBeNoName() {
    for (String word : List.of("Web", "a b", "../etc", "-", "$(id)", "a;b")) {
      Kubectl.Result result = run("why", word);

      assertThat(result.exitCode()).as(word).isEqualTo(2);
    }
  }

  @Test
  void completesVerbsNamesAndAnswers() throws IOException {
    it.operatorWith(Map.of("COMPUTE_CREATE_RECOVERY", "hold"));
    it.api().fault(Match.on(Operation.CREATE), Phase.AFTER_COMMIT, Effect.reset());
    Subject web = it.apply("web").awaitStalled("CreateOutcomeUnknown");
    String attempt = web.status().at("/create/attemptId").asText();
    Files.createSymbolicLink(completion.resolve("kubectl_complete-compute"), PLUGIN);

    assertThat(complete("")).contains("why", "resolve").endsWith(":4");
    assertThat(complete("why", "")).containsExactly(":4");
    assertThat(complete("why", "-n", it.namespace(), "")).containsExactly("web", ":4");
    assertThat(complete("resolve", "web", "--namespace=" + it.namespace(), ""))
        .containsExactly("adopt:" + it.machines().getFirst().id(), "retry:" + attempt, ":4");
    assertThat(complete("why", "web", "")).containsExactly(":4");
  }

  private List<String> complete(String... words) {
    List<String> command =
        new ArrayList<>(List.of(completion.resolve("kubectl_complete-compute").toString()));
    command.addAll(List.of(words));
    return kubectl
        .orElseThrow()
        .runBeside(PLUGIN.getParent(), command.toArray(String[]::new))
        .output()
        .lines()
        .toList();
  }
}
