package com.threatwinds.compute.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Journal;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineTemplate;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.History;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.RealCluster;
import com.threatwinds.compute.operator.testing.Subject;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster, a simulated account and one operator process, for the tests of one class.
 *
 * <p>Each test has an account without instances, a journal without entries and a namespace of its
 * own. The process goes on from test to test unless a test asks for another; there is never more
 * than one. After each test, whatever it was about: no secret has come out, and every status that
 * was ever stored keeps the rules for conditions.
 */
final class OperatorFixture
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  static final String TEMPLATE = "ubuntu-22-standard";
  static final String ZONE = "us-central1-a";
  static final String USER = "7d0c2a54-92b1-4f0e-8a3e-0d5c7f1b6e29";
  static final String TOKEN = "tok-41b7f0c2d95e4a66b8";
  static final String KEY = "key-93ce17aa52f84d0b";
  static final String SECRET = "sec-0a6e5db8c3f14792";

  static final Duration POLL = Duration.ofSeconds(1);
  static final Duration FAST_POLL = Duration.ofMillis(200);
  static final Duration API_TIMEOUT = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** Starts sooner, and no test lasts long enough for more to pay. */
  private static final List<String> JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final Map<String, String> classSettings;
  private final Path @Nullable [] ownDefinitions;
  private final boolean mounted;

  private @Nullable TestCluster cluster;
  private @Nullable Path kubeconfig;
  private @Nullable ComputeSimulator simulator;
  private @Nullable History history;
  private @Nullable Path credentials;
  private @Nullable OperatorProcess process;
  private Map<String, String> processSettings = Map.of();
  private String namespace = "";
  private final List<OperatorProcess> processes = new ArrayList<>();
  private final List<String> secrets = new ArrayList<>();

  private OperatorFixture(
      Map<String, String> classSettings, Path @Nullable [] ownDefinitions, boolean mounted) {
    this.classSettings = Map.copyOf(classSettings);
    this.ownDefinitions = ownDefinitions;
    this.mounted = mounted;
  }

  /** With a token, on the cluster that all classes share. */
  static OperatorFixture standard() {
    return new OperatorFixture(Map.of(), null, false);
  }

  /** With one more setting for all tests; an empty one takes it away. */
  OperatorFixture with(String variable, String value) {
    Map<String, String> more = new HashMap<>(classSettings);
    more.put(variable, value);
    return new OperatorFixture(more, ownDefinitions, mounted);
  }

  /** With the credentials in a directory, where {@link #mount} changes them. */
  OperatorFixture withMountedCredentials() {
    return new OperatorFixture(classSettings, ownDefinitions, true);
  }

  /** On a cluster of its own with these definitions. */
  OperatorFixture onOwnCluster(Path... definitions) {
    return new OperatorFixture(classSettings, definitions, mounted);
  }

  // -- what a test works with

  KubernetesClient client() {
    return cluster().adminClient();
  }

  TestCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  ComputeSimulator api() {
    return Objects.requireNonNull(simulator);
  }

  Journal journal() {
    return api().journal();
  }

  String namespace() {
    return namespace;
  }

  /** The account's instances, as they are now. */
  List<Machine> machines() {
    return api().world().machines();
  }

  Machine machine(Subject subject) {
    return api().world().find(subject.instanceId()).orElseThrow();
  }

  /** Each call that was meant to change something, in the order of arrival. */
  List<Operation> attempts() {
    return journal().attempts().stream().map(Call::operation).toList();
  }

  /** How often that was tried. */
  int attempts(Operation operation) {
    return journal().calls(operation).size();
  }

  /** A ComputeInstance of the standard template in this test's namespace. */
  Subject apply(String name, Object... moreFieldsAndValues) {
    return applyIn(namespace, name, moreFieldsAndValues);
  }

  Subject applyIn(String where, String name, Object... moreFieldsAndValues) {
    ObjectNode spec = JSON.createObjectNode().put("templateId", TEMPLATE);
    for (int i = 0; i < moreFieldsAndValues.length; i += 2) {
      spec.set((String) moreFieldsAndValues[i], JSON.valueToTree(moreFieldsAndValues[i + 1]));
    }
    ObjectNode json = JSON.createObjectNode();
    json.set("spec", spec);
    return applyJson(where, name, json);
  }

  /** Whatever it is. */
  Subject applyJson(String where, String name, ObjectNode json) {
    return Subject.create(client(), Objects.requireNonNull(history), where, name, json);
  }

  /** One that is up and running. */
  Subject running(String name, Object... moreFieldsAndValues) {
    operator();
    return apply(name, moreFieldsAndValues).awaitReady("Running");
  }

  void ensureNamespace(String name) {
    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .createOr(NonDeletingOperation::update);
  }

  /** Waits until the list was read that many times from now on. */
  void awaitLists(int count) {
    long mark = journal().mark();
    await()
        .alias(count + " lists")
        .atMost(Subject.PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                journal().since(mark).stream()
                        .filter(call -> call.operation() == Operation.LIST && call.completed())
                        .count()
                    >= count);
  }

  // -- credentials

  /** What is not to be seen anywhere, beside the usual secrets. */
  void keepSecret(String secret) {
    secrets.add(secret);
  }

  /** Changes the mounted Secret as the kubelet does: all files in one step. */
  void mount(Map<String, String> files) {
    Path directory = Objects.requireNonNull(credentials);
    try {
      Path version = Files.createTempDirectory(directory, "..version");
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(version.resolve(file.getKey()), file.getValue() + "\n");
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

  // -- the operator

  /** The process, which is started with the class's settings unless one runs. */
  OperatorProcess operator() {
    if (process == null || !process.isAlive()) {
      return operatorWith(Map.of());
    }
    return process;
  }

  /** Another process, with more settings; it ends with the test. */
  OperatorProcess operatorWith(Map<String, String> moreSettings) {
    stopOperator();
    Map<String, String> settings = new HashMap<>(basics());
    settings.putAll(classSettings);
    settings.putAll(moreSettings);
    settings.values().removeIf(String::isEmpty);
    OperatorProcess started = OperatorProcess.start(settings, JVM);
    process = started;
    processSettings = moreSettings;
    processes.add(started);
    return started.awaitReady();
  }

  /** SIGTERM, and the same again, as an upgrade does it. */
  OperatorProcess restartOperator() {
    return operatorWith(processSettings);
  }

  void stopOperator() {
    if (process != null) {
      process.close();
      process = null;
    }
  }

  private Map<String, String> basics() {
    Map<String, String> settings = new HashMap<>();
    settings.put("KUBECONFIG", Objects.requireNonNull(kubeconfig).toString());
    settings.put("COMPUTE_API_URL", api().url().toString());
    settings.put("COMPUTE_API_TIMEOUT", text(API_TIMEOUT));
    settings.put("COMPUTE_POLL_INTERVAL", text(POLL));
    settings.put("COMPUTE_POLL_FAST_INTERVAL", text(FAST_POLL));
    settings.put("COMPUTE_CREATE_SETTLE", "1s");
    settings.put("LOG_LEVEL", "DEBUG");
    if (mounted) {
      settings.put("COMPUTE_API_CREDENTIALS_DIR", Objects.requireNonNull(credentials).toString());
    } else {
      settings.put("COMPUTE_API_TOKEN", TOKEN);
    }
    return settings;
  }

  private static String text(Duration duration) {
    return duration.toMillis() + "ms";
  }

  // -- before and after

  @Override
  public void beforeAll(ExtensionContext context) {
    Path[] own = ownDefinitions;
    cluster =
        own == null
            ? context
                .getRoot()
                .getStore(ExtensionContext.Namespace.create(OperatorFixture.class))
                .computeIfAbsent(
                    "cluster", key -> TestClusters.chosen(Path.of("crds")), TestCluster.class)
            : TestClusters.chosen(own);
    kubeconfig =
        cluster instanceof RealCluster real ? Permissions.grantIn(real) : cluster.kubeconfig();
    simulator =
        ComputeSimulator.builder()
            .account(Account.of(USER).withToken(TOKEN).withKey(KEY, SECRET))
            .start();
    history = History.of(client());
    if (mounted) {
      try {
        credentials = Files.createTempDirectory(Path.of("target"), "credentials");
        for (String file : List.of("token", "api-key", "api-secret")) {
          Files.createSymbolicLink(credentials.resolve(file), Path.of("..data", file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    namespace = "it-" + NUMBERS.incrementAndGet();
    ensureNamespace(namespace);
    secrets.clear();
    secrets.addAll(List.of(TOKEN, KEY, SECRET));
    if (mounted) {
      mount(Map.of("token", TOKEN));
    }
    Objects.requireNonNull(history).forget();
    journal().clear();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    boolean failed = context.getExecutionException().isPresent();
    if (failed) {
      explain(context.getDisplayName());
    }
    try {
      if (!failed) {
        checkConditions();
        checkForSecrets();
      }
    } finally {
      cleanUp();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    stopOperator();
    if (history != null) {
      history.close();
    }
    if (simulator != null) {
      simulator.close();
    }
    if (ownDefinitions != null && cluster != null) {
      cluster.close();
    }
    Path directory = credentials;
    if (directory != null) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private void checkConditions() {
    SoftAssertions softly = new SoftAssertions();
    Objects.requireNonNull(history).versions().stream()
        .collect(Collectors.groupingBy(version -> version.at("/metadata/uid").asText()))
        .values()
        .forEach(versions -> Subject.checkConditions(versions, softly));
    softly.assertAll();
  }

  private void checkForSecrets() throws IOException {
    OperatorProcess running = process;
    List<String> sources = new ArrayList<>();
    for (OperatorProcess each : processes) {
      sources.add(each.log());
    }
    sources.add(Objects.requireNonNull(history).versions().toString());
    sources.add(
        client().events().v1().events().inNamespace(namespace).list().getItems().toString());
    if (running != null && running.isAlive()) {
      sources.add(running.get("/q/metrics"));
      sources.add(running.get("/q/health"));
    }
    for (String source : sources) {
      assertThat(source).doesNotContain(secrets);
    }
  }

  private void cleanUp() {
    boolean ofThisTest = !processSettings.isEmpty();
    if (ofThisTest) {
      stopOperator();
    }
    processSettings = Map.of();
    processes.removeIf(each -> each != process);
    api().faults().clear();
    api().online();
    api().settings().quirks(List.of()).delays(Duration.ofMillis(100)).listLag(Duration.ZERO);
    api().settings().maxInstances(-1).templates(MachineTemplate.defaults());
    for (Operation operation : Operation.values()) {
      api().settings().unlimited(operation);
    }
    api().accounts().revokeAll(USER).add(Account.of(USER).withToken(TOKEN).withKey(KEY, SECRET));
    for (GenericKubernetesResource left :
        client().genericKubernetesResources(Subject.TYPE).inAnyNamespace().list().getItems()) {
      Subject.of(client(), Objects.requireNonNull(history), left).tearOut();
    }
    machines().forEach(machine -> api().world().delete(machine.id()));
  }

  private void explain(String test) {
    StringBuilder text = new StringBuilder("\n==== ").append(test);
    text.append("\n---- journal").append(journal().render());
    text.append("\n---- resources\n");
    Objects.requireNonNull(history)
        .versions()
        .forEach(
            version ->
                text.append(version.at("/metadata/name").asText())
                    .append(' ')
                    .append(version.at("/metadata/resourceVersion").asText())
                    .append(' ')
                    .append(Subject.told(version))
                    .append(' ')
                    .append(version.path("spec"))
                    .append(' ')
                    .append(version.path("status"))
                    .append('\n'));
    processes.forEach(each -> text.append("\n---- log: ").append(each.logFile()));
    System.err.println(text);
  }
}
