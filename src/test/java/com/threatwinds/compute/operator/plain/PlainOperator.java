package com.threatwinds.compute.operator.plain;

import com.sun.net.httpserver.HttpServer;
import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.HttpComputeApi;
import com.threatwinds.compute.operator.settings.Settings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;

/**
 * The plain operator as a process, run from the test class path. It takes the environment variables
 * of ours, so that the same tests can start either.
 */
public final class PlainOperator {

  private PlainOperator() {}

  public static void main(String[] arguments) throws IOException {
    writeLog();
    Settings settings = Settings.read(PlainOperator::setting, false);
    KubernetesClient client = new KubernetesClientBuilder().build();
    Operator operator = new Operator(configuration -> configure(configuration, client, settings));
    PlainReconciler reconciler = new PlainReconciler(api(settings), settings.pollInterval());
    operator.register(
        reconciler,
        controller ->
            setting("operator.namespaces")
                .ifPresent(names -> controller.settingNamespaces(Set.of(names.split(",")))));
    operator.installShutdownHook(Duration.ZERO);
    operator.start();
    answerProbes(reconciler);
  }

  /** On this class path everything is logged by Quarkus's handler, which waits for Quarkus. */
  private static void writeLog() {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    root.addHandler(new ConsoleHandler());
  }

  /** The framework's defaults, but for what a cluster without server-side apply needs. */
  private static void configure(
      ConfigurationServiceOverrider configuration, KubernetesClient client, Settings settings) {
    configuration.withKubernetesClient(client).withUseSSAToPatchPrimaryResource(false);
    if (settings.leaderElection()) {
      var lease =
          LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(settings.leaseName());
      settings.leaseNamespace().ifPresent(lease::withLeaseNamespace);
      configuration.withLeaderElectionConfiguration(lease.build());
    }
  }

  /** Our own client of the Compute API: the peer's weakness is its protocol, not its HTTP. */
  private static ComputeApi api(Settings settings) {
    return new HttpComputeApi(
        new HttpComputeApi.Options(
            settings.apiUrl(),
            settings.timeout(),
            settings.credentials(),
            settings.caFile(),
            Optional.empty(),
            () -> true,
            InstantSource.system()));
  }

  private static void answerProbes(PlainReconciler reconciler) throws IOException {
    String host = setting("quarkus.http.host").orElse("0.0.0.0");
    int port = setting("quarkus.http.port").map(Integer::parseInt).orElse(8080);
    HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 0);
    answer(server, "/q/health", () -> "{\"status\":\"UP\"}");
    answer(
        server, "/q/metrics", () -> "reconciliations_started_total " + reconciler.passes() + "\n");
    server.start();
  }

  private static void answer(HttpServer server, String path, Supplier<String> text) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
  }

  private static Optional<String> setting(String property) {
    String variable = property.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    return Optional.ofNullable(System.getenv(variable));
  }
}
