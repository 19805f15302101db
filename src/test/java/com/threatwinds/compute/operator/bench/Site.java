package com.threatwinds.compute.operator.bench;

import com.threatwinds.compute.operator.api.v1alpha1.Annotations;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceSpec;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstanceStatus;
import com.threatwinds.compute.operator.api.v1alpha1.ConditionType;
import com.threatwinds.compute.operator.api.v1alpha1.Power;
import com.threatwinds.compute.operator.kubeproxy.ApiServerProxy;
import com.threatwinds.compute.operator.kubeproxy.KubeCall;
import com.threatwinds.compute.operator.simulator.Account;
import com.threatwinds.compute.operator.simulator.Call;
import com.threatwinds.compute.operator.simulator.ComputeSimulator;
import com.threatwinds.compute.operator.simulator.Machine;
import com.threatwinds.compute.operator.simulator.MachineState;
import com.threatwinds.compute.operator.simulator.Operation;
import com.threatwinds.compute.operator.testing.OperatorProcess;
import com.threatwinds.compute.operator.testing.TestCluster;
import com.threatwinds.compute.operator.testing.TestClusters;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A cluster, an API and one operator between them: all that a measurement needs, counted. */
final class Site implements AutoCloseable {

  static final String TEMPLATE = "ubuntu-22-standard";

  private static final String NAMESPACE = "default";
  private static final String USER = "bench";
  private static final String TOKEN = "bench-token";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int SEEDERS = 8;

  /** Of the crowd's instances: what waits for nothing was not made just now. */
  private static final Duration AGE = Duration.ofHours(1);

  private final Contender contender;
  private final TestCluster cluster = TestClusters.any(Path.of("crds"));
  private final ApiServerProxy proxy = ApiServerProxy.start(cluster.kubeconfig());
  private final ComputeSimulator api;
  private final ReadyTimes ready;
  private final Map<String, String> settings = new HashMap<>();
  private @Nullable OperatorProcess operator;
  private int seeded;

  private Site(
      Contender contender,
      Consumer<com.threatwinds.compute.operator.simulator.Settings> behaviour,
      Map<String, String> more) {
    this.contender = contender;
    api =
        ComputeSimulator.builder()
            .account(Account.of(USER).withToken(TOKEN))
            .settings(behaviour)
            .start();
    // An API server says that it has a definition a moment before it serves its resources.
    await("the resource", this::isServed);
    ready = new ReadyTimes(cluster.adminClient());
    settings.put("KUBECONFIG", proxy.kubeconfig().toString());
    settings.put("COMPUTE_API_URL", api.url().toString());
    settings.put("COMPUTE_API_TOKEN", TOKEN);
    settings.putAll(more);
  }

  /**
   * One with its operator ready.
   *
   * @param settings of the operator, beside its access
   */
  static Site open(
      Contender contender,
      Consumer<com.threatwinds.compute.operator.simulator.Settings> behaviour,
      Map<String, String> settings) {
    Site site = new Site(contender, behaviour, settings);
    site.startOperator();
    site.operator().awaitReady();
    return site;
  }

  private boolean isServed() {
    try {
      cluster.adminClient().resources(ComputeInstance.class).inAnyNamespace().list();
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  // -- people

  Resource<ComputeInstance> resource(String name) {
    return cluster
        .adminClient()
        .resources(ComputeInstance.class)
        .inNamespace(NAMESPACE)
        .withName(name);
  }

  void create(String name) {
    ComputeInstance resource = new ComputeInstance();
    resource.setMetadata(new ObjectMetaBuilder().withNamespace(NAMESPACE).withName(name).build());
    resource.setSpec(spec(Power.RUNNING));
    cluster.adminClient().resource(resource).create();
  }

  void power(String name, Power power) {
    resource(name)
        .edit(
            resource -> {
              resource.setSpec(spec(power));
              return resource;
            });
  }

  private static ComputeInstanceSpec spec(Power power) {
    return new ComputeInstanceSpec(TEMPLATE, null, power, null, null, null, null);
  }

  void awaitReady(String name, String reason) {
    await(
        name + " " + reason,
        () ->
            Optional.ofNullable(resource(name).get()).filter(r -> isReady(r, reason)).isPresent());
  }

  private static boolean isReady(ComputeInstance resource, String reason) {
    return Optional.ofNullable(resource.getStatus())
        .flatMap(status -> status.condition(ConditionType.READY))
        .filter(condition -> condition.getStatus().equals("True"))
        .filter(condition -> condition.getReason().equals(reason))
        .filter(
            c -> Objects.equals(c.getObservedGeneration(), resource.getMetadata().getGeneration()))
        .isPresent();
  }

  void awaitGone(String name) {
    await(name + " gone", () -> resource(name).get() == null);
  }

  /** Waits for what takes seconds, looking often. */
  void await(String what, BooleanSupplier there) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!there.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(
            contender
                + ": no "
                + what
                + " after "
                + PATIENCE
                + "\n"
                + (operator == null ? "" : tail(operator.log())));
      }
      pause(Duration.ofMillis(5));
    }
  }

  private static String tail(String log) {
    List<String> lines = log.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // -- a crowd

  /**
   * So many resources, each bound to an instance that runs, as the operator itself left one: the
   * first is its own work, the others are copies of it. The operator must not run.
   */
  void seed(ComputeInstance pattern, int count) {
    seeded = count;
    ExecutorService seeders = Executors.newFixedThreadPool(SEEDERS);
    try {
      List<Future<?>> all = new ArrayList<>();
      IntStream.range(0, count)
          .forEach(i -> all.add(seeders.submit(() -> seed(pattern, "crowd-" + i))));
      for (Future<?> one : all) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      seeders.shutdownNow();
    }
  }

  private void seed(ComputeInstance pattern, String name) {
    Machine machine = api.world().add(USER, TEMPLATE, null, MachineState.RUNNING, AGE);
    ComputeInstanceStatus like = Objects.requireNonNull(pattern.getStatus());
    ComputeInstance resource = new ComputeInstance();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(NAMESPACE)
            .withName(name)
            .withFinalizers(ComputeInstance.FINALIZER)
            .addToAnnotations(Annotations.INSTANCE_ID, machine.id())
            .build());
    resource.setSpec(pattern.getSpec());
    ComputeInstance created = cluster.adminClient().resource(resource).create();
    created.setStatus(
        new ComputeInstanceStatus(
            like.observedGeneration(),
            machine.id(),
            like.takenOver(),
            like.name() == null ? null : machine.id(),
            like.state(),
            like.zone(),
            like.machineType(),
            like.externalIp() == null ? null : machine.externalIp(),
            like.internalIp() == null ? null : machine.internalIp(),
            like.createdAt() == null ? null : toSeconds(machine.createdAt()),
            like.userId(),
            like.credentials(),
            conditions(like, machine.id()),
            like.accepted(),
            null,
            null,
            null,
            null));
    cluster.adminClient().resource(created).updateStatus();
  }

  /** The same, with the name of that instance in their messages. */
  private static @Nullable List<Condition> conditions(ComputeInstanceStatus like, String id) {
    String other = Objects.requireNonNull(like.instanceId());
    return like.conditions() == null
        ? null
        : like.conditions().stream()
            .map(
                c -> new ConditionBuilder(c).withMessage(c.getMessage().replace(other, id)).build())
            .toList();
  }

  /** As the API words a time. */
  private static String toSeconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  // -- the operator

  OperatorProcess operator() {
    return Objects.requireNonNull(operator);
  }

  void stopOperator() {
    operator().terminate();
    operator().awaitExit(Duration.ofMinutes(1));
  }

  /** Starts it again; returns at once. */
  void startOperator() {
    operator = contender.start(settings, seeded);
  }

  /** Passes since it started, by its own count: nobody else can see them. */
  long passes() {
    return Scrape.of(operator()).sum("reconciliations_started_total");
  }

  // -- what was counted

  ComputeSimulator api() {
    return api;
  }

  ReadyTimes ready() {
    return ready;
  }

  String cluster() {
    return cluster.describe();
  }

  /** The calls that change something, and those that only read. */
  List<Call> calls(boolean changes) {
    return api.journal().calls().stream()
        .filter(call -> call.operation().isChange() == changes)
        .toList();
  }

  List<Call> calls(Operation... operations) {
    return api.journal().calls(operations);
  }

  /** Writes to resources of ours; events and Leases have their own budget. */
  List<KubeCall> writes() {
    return proxy.record().calls(call -> call.isWrite() && call.plural().equals("computeinstances"));
  }

  /** When the operator began to watch; empty if it has not. */
  Optional<Instant> watching() {
    return proxy.record().calls(c -> c.isWatch() && c.plural().equals("computeinstances")).stream()
        .findFirst()
        .map(KubeCall::receivedAt);
  }

  /** Forgets what was counted. */
  void mark() {
    api.journal().clear();
    proxy.record().clear();
  }

  @Override
  public void close() {
    if (operator != null) {
      operator.close();
    }
    ready.close();
    proxy.close();
    cluster.close();
    api.close();
  }
}
