package com.threatwinds.compute.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.Subject;
import com.threatwinds.compute.operator.testing.TestCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What one case plays on: a namespace, an account, replicas of the operator, and a user.
 *
 * <p>Times are short: a call may take 2 s, the list lag 1 s, a Lease lasts 2 s.
 */
final class Stage implements AutoCloseable {

  static final String USER = "7d0c2a54-92b1-4f0e-8a3e-0d5c7f1b6e29";
  static final String OTHER_USER = "11111111-2222-3333-4444-555555555555";
  static final String TOKEN = "tok-5f1d7e0a93bc42d8";
  static final String OTHER_TOKEN = "tok-c04e1f7b6a2d9835";
  static final String ZONE = "us-central1-a";
  static final Duration TIMEOUT = Duration.ofSeconds(2);
  static final Duration SETTLE = Duration.ofSeconds(1);
  static final Duration LEASE = Duration.ofSeconds(2);

  /** Far beyond what anything takes: only what hangs waits for it. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** How a case's stage is set up. */
  record Setup(int replicas, Replica.Build build, boolean mounted, Map<String, String> settings) {

    static Setup one() {
      return new Setup(1, new Replica.Build.Ours(), false, Map.of());
    }

    static Setup two() {
      return new Setup(2, new Replica.Build.Ours(), false, Map.of());
    }

    Setup of(Replica.Build other) {
      return new Setup(replicas, other, mounted, settings);
    }

    /** With the credentials in a directory, where {@link Stage#mount} changes them. */
    Setup withMountedCredentials() {
      return new Setup(replicas, build, true, settings);
    }

    Setup with(String variable, String value) {
      Map<String, String> more = new HashMap<>(settings);
      more.put(variable, value);
      return new Setup(replicas, build, mounted, more);
    }
  }

  private final Setup setup;
  private final TestCluster cluster;
  private final History history;
  private final ComputeSimulator api;
  private final String namespace = "f-" + NUMBERS.incrementAndGet();
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Deed> deeds = new CopyOnWriteArrayList<>();
  private final Map<String, Subject> subjects = new HashMap<>();
  private final Set<String> mayEnd = new HashSet<>();
  private final Set<String> foreign = new HashSet<>();
  private @Nullable Path credentials;

  /** What a person, or the case itself, did. */
  record Deed(Instant at, String what) {}

  private Stage(Setup setup, TestCluster cluster, Path kubeconfig, History history) {
    this.setup = setup;
    this.cluster = cluster;
    this.history = history;
    this.api =
        ComputeSimulator.builder()
            .account(Account.of(USER).withToken(TOKEN))
            .account(Account.of(OTHER_USER).withToken(OTHER_TOKEN))
            .start();
    List<MachineTemplate> templates = new ArrayList<>();
    for (String name : List.of("web", "db", "app", "a", "b", "c", "shared")) {
      templates.add(
          MachineTemplate.of(templateOf(name), name, "n1-standard-2", 50, "image", "us-central1"));
    }
    api.settings().templates(templates);
    cluster
        .adminClient()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    for (int i = 0; i < setup.replicas(); i++) {
      replicas.add(
          new Replica(String.valueOf((char) ('A' + i)), setup.build(), kubeconfig, settings()));
    }
  }

  /** Everything stands; no replica runs yet. */
  static Stage open(Setup setup, TestCluster cluster, Path kubeconfig, History history) {
    return new Stage(setup, cluster, kubeconfig, history);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("COMPUTE_API_URL", api.url().toString());
    settings.put("COMPUTE_API_TIMEOUT", TIMEOUT.toMillis() + "ms");
    settings.put("COMPUTE_POLL_INTERVAL", "1s");
    settings.put("COMPUTE_POLL_FAST_INTERVAL", "200ms");
    settings.put("COMPUTE_CREATE_SETTLE", SETTLE.toMillis() + "ms");
    settings.put("OPERATOR_NAMESPACES", namespace);
    // The faults of reads of templates are for the passes that need them.
    settings.put("COMPUTE_CATALOG_INTERVAL", "0");
    settings.put("OPERATOR_RESYNC_INTERVAL", "2s");
    settings.put("LOG_LEVEL", "DEBUG");
    settings.put("LOG_FORMAT", "text");
    if (setup.replicas() > 1) {
      settings.put("OPERATOR_LEADER_ELECTION", "true");
      settings.put("OPERATOR_LEASE_NAMESPACE", namespace);
      settings.put("OPERATOR_LEASE_DURATION", LEASE.toSeconds() + "s");
    }
    if (setup.mounted()) {
      settings.put("COMPUTE_API_CREDENTIALS_DIR", mounted().toString());
    } else {
      settings.put("COMPUTE_API_TOKEN", TOKEN);
    }
    settings.putAll(setup.settings());
    return settings;
  }

  // -- what a case works with

  ComputeSimulator api() {
    return api;
  }

  TestCluster cluster() {
    return cluster;
  }

  History history() {
    return history;
  }

  String namespace() {
    return namespace;
  }

  List<Replica> replicas() {
    return replicas;
  }

  /** The first replica; the leader, unless something happened to it. */
  Replica first() {
    return replicas.getFirst();
  }

  Replica second() {
    return replicas.get(1);
  }

  /** All run, and the first leads. */
  Stage start() {
    for (Replica replica : replicas) {
      replica.start();
      if (setup.replicas() > 1) {
        await().atMost(PATIENCE).until(() -> !leaseHolder().isEmpty());
      }
    }
    return this;
  }

  /** Whoever holds the Lease; empty for nobody. */
  String leaseHolder() {
    return lease()
        .map(lease -> lease.getSpec().getHolderIdentity())
        .filter(Objects::nonNull)
        .orElse("");
  }

  Optional<Lease> lease() {
    return Optional.ofNullable(
            cluster
                .adminClient()
                .leases()
                .inNamespace(namespace)
                .withName("compute-operator")
                .get())
        .filter(lease -> lease.getSpec() != null);
  }

  void awaitAnotherLeader(String than) {
    await()
        .alias("another leader")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !leaseHolder().isEmpty() && !leaseHolder().equals(than));
  }

  /** A note for the timeline. */
  void did(String what) {
    deeds.add(new Deed(Instant.now(), what));
  }

  List<Deed> deeds() {
    return List.copyOf(deeds);
  }

  /** Its end is no violation. */
  void mayEnd(Replica replica) {
    mayEnd.add(replica.name());
  }

  // -- the user

  static String templateOf(String name) {
    return "t-" + name;
  }

  /** A resource of a template of its own, so that each instance can be told whose it is. */
  Subject apply(String name, Object... moreFieldsAndValues) {
    return applyOf(templateOf(name), name, moreFieldsAndValues);
  }

  Subject applyOf(String template, String name, Object... moreFieldsAndValues) {
    ObjectNode spec = JSON.createObjectNode().put("templateId", template);
    for (int i = 0; i < moreFieldsAndValues.length; i += 2) {
      spec.set((String) moreFieldsAndValues[i], JSON.valueToTree(moreFieldsAndValues[i + 1]));
    }
    ObjectNode json = JSON.createObjectNode();
    json.set("spec", spec);
    return applyJson(name, json);
  }

  Subject applyJson(String name, ObjectNode json) {
    did("user applies " + name + " " + json.path("spec"));
    Subject subject = Subject.create(cluster.adminClient(), history, namespace, name, json);
    subjects.put(name, subject);
    return subject;
  }

  Subject running(String name) {
    return awaitReady(apply(name, "power", "Running"), "Running");
  }

  Subject power(Subject subject, String power, @Nullable String id) {
    did("user sets power " + power + (id == null ? "" : " " + id) + " on " + subject.name());
    return subject.power(power, id);
  }

  Subject delete(Subject subject) {
    did("user deletes " + subject.name());
    return subject.delete();
  }

  Subject awaitReady(Subject subject, String reason) {
    return awaitTold(subject, "True", "False", "False", reason);
  }

  Subject awaitReconciling(Subject subject, String reason) {
    return awaitTold(subject, "False", "True", "False", reason);
  }

  Subject awaitStalled(Subject subject, String reason) {
    return awaitTold(subject, "False", "False", "True", reason);
  }

  private Subject awaitTold(
      Subject subject, String ready, String reconciling, String stalled, String reason) {
    await()
        .alias(subject.name() + " " + reason)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              JsonNode now = subject.now();
              assertThat(Subject.told(now)).isEqualTo(List.of(ready, reconciling, stalled, reason));
              assertThat(Subject.condition(now, "Ready").path("observedGeneration").asLong())
                  .isEqualTo(now.at("/metadata/generation").asLong());
            });
    return subject;
  }

  /** To be called when all is well again: what is still there then, nobody thinks of any more. */
  void awaitGone(Subject subject) {
    try {
      await()
          .alias(subject.name() + " gone")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> subject.now().isMissingNode());
    } catch (ConditionTimeoutException e) {
      throw new Invariants.Broken(
          9, subject.name() + " is deleted, and still there after " + PATIENCE, e);
    }
  }

  /** A fault lasts. */
  static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plus(PATIENCE)).until(() -> true);
  }

  /** A request has an end that is told, whichever. */
  String awaitRequest(Subject subject, String operation, String id) {
    await()
        .alias(subject.name() + " " + operation + " " + id)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              JsonNode power = subject.status().path("power");
              return power.path("operation").asText().equals(operation)
                  && power.path("requestId").asText().equals(id)
                  && !power.path("outcome").asText().equals("Issuing");
            });
    return subject.status().at("/power/outcome").asText();
  }

  /** An instance of somebody else's. */
  Machine foreign(String template) {
    Machine machine = api.world().add(USER, template, ZONE, MachineState.RUNNING);
    foreign.add(machine.id());
    did("somebody makes " + machine.id() + " of " + template);
    return machine;
  }

  Set<String> foreign() {
    return Set.copyOf(foreign);
  }

  List<Machine> machines() {
    return api.world().machines(USER);
  }

  // -- credentials

  private Path mounted() {
    if (credentials == null) {
      try {
        credentials = Files.createTempDirectory(Path.of("target"), "credentials");
        Files.createSymbolicLink(credentials.resolve("token"), Path.of("..data", "token"));
        mount(Map.of("token", TOKEN));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return credentials;
  }

  /** Changes the mounted Secret as the kubelet does: all files in one step. */
  void mount(Map<String, String> files) {
    Path directory = mounted();
    did("Secret has " + files.keySet());
    try {
      Path version = Files.createTempDirectory(directory, "..version");
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(version.resolve(file.getKey()), file.getValue());
      }
      Path next = directory.resolve("..data_tmp");
      Files.createSymbolicLink(next, version.getFileName());
      Files.move(
          next,
          directory.resolve("..data"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // -- the end

  /** Everything that was recorded. */
  Evidence evidence() {
    List<String> ends =
        replicas.stream()
            .filter(replica -> !mayEnd.contains(replica.name()))
            .flatMap(replica -> replica.unexpectedEnds().stream())
            .toList();
    return new Evidence(
        api.journal().entries(),
        replicas.stream()
            .flatMap(replica -> replica.proxy().record().calls().stream())
            .sorted(Comparator.comparing(call -> call.receivedAt()))
            .toList(),
        history.entries(namespace),
        api.world(),
        USER,
        foreign(),
        deeds(),
        ends,
        replicas.stream().map(Replica::log).toList(),
        List.of(TOKEN, OTHER_TOKEN));
  }

  List<Path> logFiles() {
    return replicas.stream().flatMap(replica -> replica.logFiles().stream()).toList();
  }

  @Override
  public void close() {
    replicas.forEach(Replica::close);
    for (Subject subject : subjects.values()) {
      subject.tearOut();
    }
    api.close();
    Path directory = credentials;
    if (directory != null) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
