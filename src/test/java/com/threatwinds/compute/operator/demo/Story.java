package com.threatwinds.compute.operator.demo;

import static com.threatwinds.compute.operator.simulator.Operation.CREATE;
import static com.threatwinds.compute.operator.simulator.Operation.DELETE;
import static com.threatwinds.compute.operator.simulator.Operation.RESET;
import static com.threatwinds.compute.operator.simulator.Operation.START;
import static com.threatwinds.compute.operator.simulator.Operation.STOP;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus.PowerOutcome;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What the demo plays: the life of a few instances, each step typed, waited for, and counted at the
 * Compute API.
 */
final class Story {

  /** How many instances the account may have: one less than the story asks for. */
  static final int QUOTA = 2;

  private static final String NAMESPACE = "default";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Screen screen;
  private final KubernetesClient client;
  private final ComputeSimulator simulator;
  private final OperatorProcess operator;
  private final Watch watch;
  private final CountDownLatch end;
  private final List<Operation> asked = new ArrayList<>();
  private String step = "";
  private int steps;

  /**
   * @param end zero when somebody ends the demo
   */
  Story(
      Screen screen,
      KubernetesClient client,
      ComputeSimulator simulator,
      OperatorProcess operator,
      Watch watch,
      CountDownLatch end) {
    this.screen = screen;
    this.client = client;
    this.simulator = simulator;
    this.operator = operator;
    this.watch = watch;
    this.end = end;
  }

  /** One thing that must come true, in words for who waits for it in vain. */
  private record Expectation(String words, BooleanSupplier holds) {}

  /** Plays it to its end; false if somebody ended it before. */
  boolean play() throws StepFailedException, InterruptedException {
    return create()
        && stop()
        && start()
        && reset()
        && waitForQuota()
        && makeRoom()
        && delete()
        && pay();
  }

  private boolean create() throws StepFailedException, InterruptedException {
    begin("Create two instances", "Each is made at the Compute API, and READY once it runs.");
    apply("01-minimal", "02-zone");
    asked.addAll(List.of(CREATE, CREATE));
    return await(
        told("Created", "minimal"),
        told("Created", "zone"),
        running("minimal"),
        running("zone"),
        told("Provisioned", "minimal"),
        told("Provisioned", "zone"));
  }

  private boolean stop() throws StepFailedException, InterruptedException {
    begin(
        "Stop one",
        "TERMINATED is the API's word for stopped; READY says that this is what was asked for.");
    patch("minimal", "{\"spec\":{\"power\":\"Stopped\"}}");
    asked.add(STOP);
    return await(told("Stopped", "minimal"), stopped("minimal"));
  }

  private boolean start() throws StepFailedException, InterruptedException {
    begin("Start it", "It comes back with another external address.");
    patch("minimal", "{\"spec\":{\"power\":\"Running\"}}");
    asked.add(START);
    return await(told("Started", "minimal"), running("minimal"));
  }

  private boolean reset() throws StepFailedException, InterruptedException {
    begin(
        "Reset it",
        "One hard reset for each powerRequestId. The API shows no trace of it; status.power does.");
    String patch = "{\"spec\":{\"power\":\"Reset\",\"powerRequestId\":\"it-hangs\"}}";
    patch("minimal", patch);
    asked.add(RESET);
    if (!await(
        told("Reset", "minimal"),
        new Expectation("status.power of minimal tells that it was accepted", this::isReset),
        running("minimal"))) {
      return false;
    }
    screen.command(
        "kubectl get ci minimal -o jsonpath='{.status.power}'",
        () ->
            List.of(
                Serialization.asJson(
                    Objects.requireNonNull(Watch.status(instance("minimal")).power()))));
    screen.say("");
    screen.say("To ask for the same again is no new request: the bill shows one reset.");
    screen.command(patchLine("minimal", patch), () -> List.of(patched("minimal", patch)));
    return true;
  }

  private boolean isReset() {
    return watch
        .instance("minimal")
        .map(instance -> Watch.status(instance).power())
        .filter(power -> power.outcome() == PowerOutcome.ACCEPTED)
        .filter(power -> "it-hangs".equals(power.requestId()))
        .isPresent();
  }

  private boolean waitForQuota() throws StepFailedException, InterruptedException {
    begin(
        "Ask for one too many",
        "The account may have "
            + QUOTA
            + " instances: the API refuses the third, and the operator goes on trying.");
    apply("03-stopped");
    return await(
        new Expectation(
            "stopped is not Ready for the reason QuotaExceeded",
            () -> ready("stopped", "False", "QuotaExceeded")),
        told("QuotaExceeded", "stopped"));
  }

  private boolean makeRoom() throws StepFailedException, InterruptedException {
    begin(
        "Make room for it",
        "With the other instance gone the create goes through at once. This sample asks for a"
            + " stopped\none, so that it is stopped as soon as it runs.");
    delete("zone", "zone");
    asked.addAll(List.of(DELETE, CREATE, STOP));
    return await(
        told("Deleted", "zone"),
        new Expectation("zone is gone", () -> watch.instance("zone").isEmpty()),
        told("Created", "stopped"),
        told("Stopped", "stopped"),
        stopped("stopped"));
  }

  private boolean delete() throws StepFailedException, InterruptedException {
    begin(
        "Delete what is left",
        "A resource goes only once its instance is deleted: none is forgotten at the API.");
    delete("--all", "minimal", "stopped");
    asked.addAll(List.of(DELETE, DELETE));
    if (!await(
        told("Deleted", "minimal"),
        told("Deleted", "stopped"),
        new Expectation("no ComputeInstance is left", watch::isEmpty),
        new Expectation(
            "no instance is left at the API", () -> simulator.world().machines().isEmpty()))) {
      return false;
    }
    screen.command(
        "kubectl get ci", () -> List.of("No resources found in " + NAMESPACE + " namespace."));
    URI instances = simulator.root().resolve("/_sim/instances");
    screen.command("curl -s " + instances, () -> List.of(get(instances)));
    return true;
  }

  private boolean pay() throws StepFailedException {
    begin("The bill", "What the Compute API was asked, by its own journal.");
    Bill bill = Bill.of(simulator.journal());
    screen.say("");
    bill.lines().forEach(screen::say);
    List<String> differences = bill.differences(Bill.asked(asked));
    if (!differences.isEmpty()) {
      throw new StepFailedException(step + ": " + String.join("; ", differences));
    }
    return true;
  }

  // -- what a person does

  private void begin(String title, String explanation) {
    steps++;
    step = steps + ". " + title;
    screen.title(step);
    screen.say(explanation);
  }

  private void apply(String... samples) {
    List<Path> files =
        Arrays.stream(samples).map(sample -> Path.of("samples", sample + ".yaml")).toList();
    StringBuilder line = new StringBuilder("kubectl apply");
    files.forEach(file -> line.append(" -f ").append(file));
    screen.change(line.toString(), () -> files.stream().map(this::create).toList());
  }

  private String create(Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      ComputeInstance sample = Serialization.unmarshal(content, ComputeInstance.class);
      client.resource(sample).inNamespace(NAMESPACE).create();
      return kubectlName(sample.getMetadata().getName()) + " created";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void patch(String name, String patch) {
    screen.change(patchLine(name, patch), () -> List.of(patched(name, patch)));
  }

  private static String patchLine(String name, String patch) {
    return "kubectl patch ci " + name + " --type merge -p '" + patch + "'";
  }

  private String patched(String name, String patch) {
    var resource = client.resources(ComputeInstance.class).inNamespace(NAMESPACE).withName(name);
    Long before = resource.get().getMetadata().getGeneration();
    ComputeInstance after = resource.patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    boolean same = Objects.equals(before, after.getMetadata().getGeneration());
    return kubectlName(name) + (same ? " patched (no change)" : " patched");
  }

  private void delete(String argument, String... names) {
    screen.change(
        "kubectl delete ci " + argument,
        () ->
            Arrays.stream(names)
                .map(
                    name -> {
                      client
                          .resources(ComputeInstance.class)
                          .inNamespace(NAMESPACE)
                          .withName(name)
                          .delete();
                      return "computeinstance."
                          + ComputeInstance.GROUP
                          + " \""
                          + name
                          + "\" deleted";
                    })
                .toList());
  }

  private static String kubectlName(String name) {
    return "computeinstance." + ComputeInstance.GROUP + "/" + name;
  }

  private static String get(URI url) {
    try (InputStream answer = url.toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // -- what must come of it

  private Expectation told(String reason, String name) {
    return new Expectation("an event " + reason + " about " + name, () -> watch.told(reason, name));
  }

  private Expectation running(String name) {
    return new Expectation(
        name + " is Ready and RUNNING with an external address",
        () ->
            ready(name, "True", "Running")
                && Watch.status(instance(name)).externalIp() != null
                && "RUNNING".equals(Watch.status(instance(name)).state()));
  }

  private Expectation stopped(String name) {
    return new Expectation(
        name + " is Ready and TERMINATED",
        () ->
            ready(name, "True", "Stopped")
                && "TERMINATED".equals(Watch.status(instance(name)).state()));
  }

  /** Whether it says so of the spec as it is now. */
  private boolean ready(String name, String status, String reason) {
    return watch
        .instance(name)
        .flatMap(
            instance ->
                Watch.status(instance)
                    .condition(ConditionType.READY)
                    .filter(condition -> isCurrent(condition, instance)))
        .filter(condition -> status.equals(condition.getStatus()))
        .filter(condition -> reason.equals(condition.getReason()))
        .isPresent();
  }

  private static boolean isCurrent(Condition condition, ComputeInstance instance) {
    return Objects.equals(
        condition.getObservedGeneration(), instance.getMetadata().getGeneration());
  }

  private ComputeInstance instance(String name) {
    return watch.instance(name).orElseThrow();
  }

  /** False if somebody ended the demo. */
  private boolean await(Expectation... expectations)
      throws StepFailedException, InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    List<Expectation> open = new ArrayList<>(List.of(expectations));
    while (!end.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      open.removeIf(expectation -> expectation.holds().getAsBoolean());
      if (open.isEmpty()) {
        return true;
      }
      String missing = String.join("; ", open.stream().map(Expectation::words).toList());
      if (!operator.isAlive()) {
        throw new StepFailedException(
            step + ": the operator ended before this came true: " + missing);
      }
      if (Instant.now().isAfter(deadline)) {
        throw new StepFailedException(
            step + ": not true after " + PATIENCE.toSeconds() + " s: " + missing);
      }
    }
    return false;
  }
}
