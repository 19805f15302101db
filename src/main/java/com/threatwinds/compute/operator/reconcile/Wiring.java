package com.threatwinds.compute.operator.reconcile;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import com.threatwinds.compute.operator.compute.BillingApi;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.EnvironmentProxySelector;
import com.threatwinds.compute.operator.compute.HttpComputeApi;
import com.threatwinds.compute.operator.inventory.AccountLimits;
import com.threatwinds.compute.operator.inventory.Gate;
import com.threatwinds.compute.operator.inventory.GatedComputeApi;
import com.threatwinds.compute.operator.inventory.GatedComputeApi.Kind;
import com.threatwinds.compute.operator.metrics.ApiMeters;
import com.threatwinds.compute.operator.metrics.MeteredBillingApi;
import com.threatwinds.compute.operator.metrics.MeteredComputeApi;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.javaoperatorsdk.operator.processing.event.source.filter.GenericFilter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import io.quarkiverse.operatorsdk.runtime.QuarkusInformerConfiguration;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurationServiceCustomizer;
import io.quarkiverse.operatorsdk.runtime.config.OverriddenConfigurationService;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapper;
import io.quarkus.kubernetes.client.KubernetesResources;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts together for Quarkus; the only place that knows about injection. */
@Singleton
final class Wiring {

  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  /**
   * Jackson's own limits are narrower than those of an API server, which nests up to 10,000 deep
   * and limits names only by the size of the request (its numbers have 64 bits). Where the schema
   * was loosened by hand, one resource beyond them would stop the lists and the watch that all
   * others share. What is so odd costs no stack: it is read as a tree, which goes by a loop.
   */
  private static final StreamReadConstraints WHATEVER_A_SERVER_KEEPS =
      StreamReadConstraints.builder()
          .maxNestingDepth(20_000)
          .maxNameLength(StreamReadConstraints.DEFAULT_MAX_STRING_LEN)
          .build();

  /** Unique for each process, also for two on one host: who leads must not be guessed. */
  private final String identity =
      Optional.ofNullable(System.getenv("HOSTNAME")).orElse("compute-operator")
          + "_"
          + UUID.randomUUID();

  @Produces
  @Singleton
  Settings settings(Config config) {
    return Settings.read(
        name -> config.getOptionalValue(name, String.class), Files.exists(SERVICE_ACCOUNT));
  }

  @Produces
  @Singleton
  Leadership leadership(Settings settings) {
    return settings.leaderElection()
        ? Leadership.elected(System::nanoTime)
        : Leadership.unrivalled();
  }

  @Produces
  @Singleton
  Election election(Settings settings, Leadership leadership, KubernetesClient client) {
    return new Election(
        client,
        Thread::startVirtualThread,
        new Election.Terms(
            settings.leaseNamespace().orElseGet(client::getNamespace),
            settings.leaseName(),
            identity,
            settings.leaseDuration()),
        leadership,
        System::nanoTime);
  }

  @Produces
  @Singleton
  OperatorMeters operatorMeters(MeterRegistry registry, Leadership leadership, Config config) {
    String version = config.getValue("quarkus.application.version", String.class);
    return new OperatorMeters(registry, leadership, version);
  }

  @Produces
  @Singleton
  ApiMeters calls(MeterRegistry registry) {
    return new ApiMeters(registry);
  }

  @Produces
  @Singleton
  GatedComputeApi api(Settings settings, Leadership leadership, ApiMeters calls) {
    Map<Kind, Gate> gates = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      gates.put(kind, new Gate(Optional.ofNullable(settings.rates().get(kind)), System::nanoTime));
    }
    ComputeApi metered =
        new MeteredComputeApi(
            client(settings, settings.apiUrl(), leadership), calls, System::nanoTime);
    return new GatedComputeApi(metered, gates, calls::throttled);
  }

  @Produces
  @Singleton
  AccountLimits limits(
      Settings settings, GatedComputeApi api, Leadership leadership, ApiMeters calls) {
    Optional<BillingApi> billing =
        settings
            .billingUrl()
            .map(url -> client(settings, url, leadership))
            .map(client -> new MeteredBillingApi(client, calls, System::nanoTime));
    return new AccountLimits(billing, api, settings.rates().keySet(), System::nanoTime);
  }

  private static HttpComputeApi client(Settings settings, URI url, Leadership leadership) {
    return new HttpComputeApi(
        new HttpComputeApi.Options(
            url,
            settings.timeout(),
            settings.credentials(),
            settings.caFile(),
            EnvironmentProxySelector.from(System.getenv()),
            leadership::isHeld,
            InstantSource.system()));
  }

  @Produces
  @Singleton
  Rooms rooms(
      Settings settings,
      GatedComputeApi api,
      Leadership leadership,
      KnownResources known,
      KubernetesClient client,
      OperatorMeters meters,
      Workers workers,
      Config config) {
    Set<String> namespaces = namespaces(config);
    ResourcePages all = new ResourcePages(client, namespaces, Optional.empty());
    Optional<String> selector = config.getOptionalValue("operator.label-selector", String.class);
    return new Rooms(
        api,
        context -> new Resources(client, all, context),
        new EventWriter(client, Executors.newVirtualThreadPerTaskExecutor(), identity),
        leadership,
        known,
        new ResourcePages(client, namespaces, selector),
        new ClusterTemplates(client),
        workers,
        settings,
        InstantSource.system(),
        System::nanoTime,
        Thread::sleep,
        meters::provisioned);
  }

  private static Set<String> namespaces(Config config) {
    return config.getOptionalValue("operator.namespaces", String.class).stream()
        .flatMap(value -> Arrays.stream(value.split(",")))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Produces
  @Singleton
  KnownResources known() {
    return new KnownResources();
  }

  /**
   * With what annotations can't say: a store of ours for each informer, and no event to a process
   * that does not lead.
   */
  @Produces
  @Singleton
  Operator operator(
      QuarkusConfigurationService configuration,
      ComputeInstanceReconciler reconciler,
      KubernetesClient client,
      KnownResources known,
      Leadership leadership,
      MeterRegistry meters) {
    var complete =
        new Configuration(configuration, client, MicrometerMetricsV2.newBuilder(meters).build());
    QuarkusControllerConfiguration<ComputeInstance> built =
        configuration.getConfigurationFor(reconciler);
    var controller =
        new Controller(built, new Informers(built.getInformerConfig(), known, leadership));
    controller.setParent(complete);
    Operator operator = new Operator(complete);
    operator.register(reconciler, controller);
    return operator;
  }

  /**
   * The extension's configuration with what its wrapper (QOSDK 7.7.3) forgets: it makes a new
   * client of its own at every call, with retries of writes, copies resources by a detour, and has
   * metrics that count nothing, or else have a series for each resource.
   */
  private static final class Configuration extends OverriddenConfigurationService {

    private final KubernetesClient client;
    private final Metrics metrics;

    private Configuration(
        QuarkusConfigurationService wrapper, KubernetesClient client, Metrics metrics) {
      super(wrapper, wrapper);
      this.client = client;
      this.metrics = metrics;
    }

    @Override
    public KubernetesClient getKubernetesClient() {
      return client;
    }

    @Override
    public Metrics getMetrics() {
      return metrics;
    }
  }

  /**
   * The extension's configuration of the controller, without what the framework would keep for each
   * resource in vain: {@link Resync} looks at every one now and then, and the API's limits have
   * gates.
   */
  private static final class Controller extends QuarkusControllerConfiguration<ComputeInstance> {

    private Controller(QuarkusControllerConfiguration<ComputeInstance> built, Informers informers) {
      super(
          informers,
          built.getName(),
          built.isGenerationAware(),
          built.getAssociatedReconcilerClassName(),
          new EndlessRetry(),
          new Unlimited(),
          Duration.ZERO, // Never asked for.
          built.getFinalizerName(),
          built.fieldManager(),
          built.getWorkflow(),
          built.getResourceTypeName(),
          built.getResourceClass());
    }

    @Override
    public Optional<Duration> maxReconciliationInterval() {
      return Optional.empty();
    }
  }

  private static final class Unlimited implements RateLimiter<Unlimited.State> {

    /** One for all. */
    private static final class State implements RateLimitState {}

    private final State state = new State();

    @Override
    public Optional<Duration> isLimited(RateLimitState state) {
      return Optional.empty();
    }

    @Override
    public State initState() {
      return state;
    }
  }

  /** The informers' settings. */
  private static final class Informers extends QuarkusInformerConfiguration<ComputeInstance> {

    private final KnownResources known;
    private final Leadership leadership;

    private Informers(
        InformerConfiguration<ComputeInstance> built, KnownResources known, Leadership leadership) {
      super(built);
      this.known = known;
      this.leadership = leadership;
    }

    @Override
    public ItemStore<ComputeInstance> getItemStore() {
      return known.shelf();
    }

    @Override
    public GenericFilter<? super ComputeInstance> getGenericFilter() {
      return resource -> leadership.isLeading();
    }
  }

  /**
   * Starts the operator once the Kubernetes API answers, and ends the process if it can't start: a
   * process that lives and does nothing helps nobody.
   */
  void start(
      @Observes StartupEvent event,
      Operator operator,
      Rooms rooms,
      OperatorMeters meters,
      KubernetesClient client,
      Election election,
      AccountLimits limits,
      Leadership leadership,
      MeterRegistry registry,
      Settings settings) {
    if (settings.billingUrl().isPresent()) {
      AllowanceMetrics.register(registry, limits, rooms);
      // Before all others that are told: what they send is to be limited.
      leadership.listen(whileLeading(limits));
    }
    // Made here, on the main thread: made by the first health check, the client would belong to the
    // HTTP server's verticle, and be closed with it while a shutdown still has an answer to record.
    client.getNamespace();
    operator.getRegisteredControllersNumber();
    meters.show(rooms);
    Thread.ofVirtual()
        .name("start")
        .start(
            () -> {
              try {
                awaitKubernetes(client);
                rooms.observer().tellIfBlind(() -> Resources.isDefinitionGoing(client));
                operator.start();
                rooms.start();
                if (settings.leaderElection()) {
                  election.start();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException | Error e) {
                log.error("start=failed error=\"{}\"", rootMessage(e));
                Quarkus.asyncExit(1);
              }
            });
  }

  private static Leadership.Listener whileLeading(AccountLimits limits) {
    return new Leadership.Listener() {
      @Override
      public void won() {
        limits.start();
      }

      @Override
      public void lost() {
        limits.close();
      }
    };
  }

  /** Waits for the answers that are under way, and records them, before anything is taken down. */
  void stop(
      @Observes ShutdownEvent event,
      Operator operator,
      Rooms rooms,
      Election election,
      Settings settings) {
    rooms.inFlight().close(settings.longestShutdown());
    rooms.late().tellRemaining();
    election.close();
    operator.stop();
  }

  private static void awaitKubernetes(KubernetesClient client) throws InterruptedException {
    boolean told = false;
    while (true) {
      try {
        client.getKubernetesVersion();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() >= 400 && e.getCode() < 500) {
          return; // It answers; that it does not tell its version is its own business.
        }
        if (!told) {
          log.warn("kubernetes=unreachable error=\"{}\"", rootMessage(e));
          told = true;
        }
        Thread.sleep(Duration.ofSeconds(1));
      }
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  @Produces
  @Singleton
  @Typed(Workers.class) // There is another executor, which is Quarkus's own.
  Workers workers() {
    return new Workers();
  }

  @Produces
  @Singleton
  ConfigurationServiceCustomizer frameworkSettings(Workers workers) {
    return new ConfigurationServiceCustomizer() {
      @Override
      public Consumer<ConfigurationServiceOverrider> overrider() {
        return overrider -> overrider.withExecutorService(workers);
      }
    };
  }

  @Produces
  @Singleton
  @SuppressWarnings({"rawtypes", "unchecked"}) // The type of Quarkus's own bean.
  KubernetesSerialization serialization(
      @KubernetesClientObjectMapper ObjectMapper mapper, @KubernetesResources Class[] resources) {
    mapper.getFactory().setStreamReadConstraints(WHATEVER_A_SERVER_KEEPS);
    var serialization = new SharingSerialization(mapper);
    for (Class resource : resources) {
      serialization.registerKubernetesResource(resource);
    }
    return serialization;
  }

  /**
   * Copies a resource of ours without a detour by way of JSON: specs and statuses are records, and
   * only the metadata around them needs a copy. JSON would also lose why one can't be read, and
   * what can't be read must be left alone.
   *
   * <p>Here and not as the framework's cloner, since the extension's caches do not ask for that.
   */
  private static final class SharingSerialization extends KubernetesSerialization {

    private SharingSerialization(ObjectMapper mapper) {
      super(mapper, false);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T clone(T object) {
      return object instanceof ComputeInstance resource
          ? (T) Resources.copyOf(resource, resource.getStatus())
          : super.clone(object);
    }
  }
}
