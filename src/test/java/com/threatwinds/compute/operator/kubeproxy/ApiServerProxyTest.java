package com.threatwinds.compute.operator.kubeproxy;

import static com.threatwinds.compute.operator.kubeproxy.Scene.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.threatwinds.compute.operator.testing.Kubeconfig;
import com.threatwinds.compute.operator.testing.MockCluster;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServerProxyTest {

  private Scene scene;
  private ApiServerProxy proxy;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    scene = new Scene(MockCluster.start(Path.of("crds")));
    proxy = scene.proxy();
    client = scene.client();
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  // -- passing on

  @Test
  void passesOnWhatAClientReadsAndWrites() {
    GenericKubernetesResource one = scene.create("one");
    one.getAdditionalProperties().put("status", Map.of("state", "Running"));

    scene.instances().resource(one).updateStatus();
    scene
        .named("one")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"zone\":\"us-central1-b\"}}");

    GenericKubernetesResource now = scene.named("one").require();
    assertThat(now.<String>get("status", "state")).isEqualTo("Running");
    assertThat(now.<String>get("spec", "zone")).isEqualTo("us-central1-b");
    scene.named("one").delete();
    assertThat(scene.named("one").get()).isNull();
    assertThat(scene.instances().inAnyNamespace().list().getItems()).isEmpty();
  }

  @Test
  void passesOnARefusal() {
    scene.create("one");

    assertThatThrownBy(() -> scene.create("one"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(409);
              assertThat(e.getStatus().getReason()).isEqualTo("AlreadyExists");
            });
  }

  @Test
  void bringsLargeBodies() {
    String large = "x".repeat(3 * 1024 * 1024);

    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("large")
                .withNamespace("default")
                .endMetadata()
                .addToData("text", large)
                .build())
        .create();

    assertThat(
            client
                .configMaps()
                .inNamespace("default")
                .withName("large")
                .get()
                .getData()
                .get("text"))
        .isEqualTo(large);
    assertThat(proxy.record().writes().getFirst().request()).isNull();
  }

  @Test
  void servesManyAtOnce() {
    List<String> names = IntStream.range(0, 50).mapToObj(i -> "many-" + i).toList();

    CompletableFuture.allOf(
            names.stream().map(scene::creating).toArray(CompletableFuture<?>[]::new))
        .join();

    assertThat(scene.names()).containsExactlyInAnyOrderElementsOf(names);
    assertThat(proxy.record().writes())
        .hasSize(50)
        .allMatch(KubeCall::acknowledged)
        .extracting(KubeCall::name)
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void actsAsTheUpstreamsUserAndAsksForNoCompression(@TempDir Path directory) throws Exception {
    List<Map<String, List<String>>> heard = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          heard.add(Map.copyOf(exchange.getRequestHeaders()));
          byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Path upstream = Kubeconfig.write(directory.resolve("upstream"), address, null, "secret").file();

    try (ApiServerProxy before = ApiServerProxy.start(upstream);
        KubernetesClient through = new Kubeconfig(before.kubeconfig()).client()) {
      through.raw("/version");
    } finally {
      server.stop(0);
    }

    assertThat(heard).hasSize(1);
    assertThat(heard.getFirst())
        .containsEntry("Authorization", List.of("Bearer secret"))
        .containsEntry("Host", List.of(address.substring("http://".length())))
        .doesNotContainKey("Accept-encoding");
  }

  // -- the record

  @Test
  void recordsWhatWasAskedAndAnswered() {
    Instant before = Instant.now();
    GenericKubernetesResource one = scene.create("one");
    one.getAdditionalProperties().put("status", Map.of("state", "Running"));
    GenericKubernetesResource written = scene.instances().resource(one).updateStatus();

    KubeCall create = proxy.record().writes().getFirst();
    KubeCall update = proxy.record().writes().getLast();
    assertThat(create.isWrite()).isTrue();
    assertThat(create.method()).isEqualTo("POST");
    assertThat(create.plural()).isEqualTo("computeinstances");
    assertThat(create.namespace()).isEqualTo("default");
    assertThat(create.name()).isEqualTo("one");
    assertThat(create.upstreamStatus()).isEqualTo(201);
    assertThat(create.committed()).isTrue();
    assertThat(create.acknowledged()).isTrue();
    assertThat(create.faults()).isEmpty();
    assertThat(
            new ArrayList<>(
                List.of(
                    before,
                    create.receivedAt(),
                    create.forwardedAt(),
                    create.answeredAt(),
                    create.deliveredAt(),
                    update.receivedAt())))
        .isSorted();
    assertThat(update.number()).isGreaterThan(create.number());
    assertThat(update.method()).isEqualTo("PUT");
    assertThat(update.subresource()).isEqualTo("status");
    assertThat(update.request().at("/status/state").asText()).isEqualTo("Running");
    assertThat(update.response().at("/metadata/resourceVersion").asText())
        .isEqualTo(written.getMetadata().getResourceVersion());
  }

  @Test
  void recordsARefusalAsDeliveredButNotAsAcknowledged() {
    scene.named("missing").get();

    KubeCall get = proxy.record().calls().getLast();
    assertThat(get.isWrite()).isFalse();
    assertThat(get.status()).isEqualTo(404);
    assertThat(get.deliveredAt()).isNotNull();
    assertThat(get.acknowledged()).isFalse();
    assertThat(get.committed()).isFalse();
  }

  @Test
  void keepsOfAListOnlyNamesAndVersions() {
    scene.add("one");
    scene.instances().inAnyNamespace().list();

    KubeCall list = proxy.record().calls(KubeCall::isList).getLast();

    assertThat(list.response().at("/metadata/resourceVersion").asText()).isNotEmpty();
    assertThat(list.response().at("/items/0/metadata/name").asText()).isEqualTo("one");
    assertThat(list.response().at("/items/0/metadata/resourceVersion").asText()).isNotEmpty();
    assertThat(list.response().at("/items/0").has("spec")).isFalse();
  }

  // -- offline

  @Test
  void refusesConnectionsWhileOfflineAndComesBackOnTheSamePort() {
    URI address = URI.create(client.getConfiguration().getMasterUrl());

    proxy.offline();

    assertThatThrownBy(() -> new Socket(address.getHost(), address.getPort()).close())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("refused");
    assertThatThrownBy(() -> scene.create("one")).isInstanceOf(KubernetesClientException.class);
    proxy.online();
    scene.create("two");
    assertThat(scene.names()).containsExactly("two");
  }

  @Test
  void resetsWhatIsUnderWayWhenItGoesOffline() {
    KubeFault held =
        proxy.faults().add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.hang());
    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");
    KubeCall call = held.awaitHit(SOON);

    proxy.offline();

    assertThat(creating).failsWithin(SOON);
    held.release();
    assertThat(scene.names()).containsExactly("one");
    assertThat(call.committed()).isTrue();
    assertThat(call.acknowledged()).isFalse();
  }

  // -- frozen

  @Test
  void swallowsRequestsWhileFrozenAndLetsThemPassAfterwards() {
    try (KubernetesClient hasty = hasty()) {
      scene.create("one");
      long before = proxy.record().mark();

      proxy.freeze();

      assertThatThrownBy(() -> create(hasty, "two")).hasRootCauseInstanceOf(TimeoutException.class);
      CompletableFuture<GenericKubernetesResource> creating = scene.creating("three");
      assertThat(proxy.record().since(before)).isEmpty();
      assertThat(scene.names()).containsExactly("one");
      proxy.thaw();
      assertThat(creating).succeedsWithin(SOON);
      await()
          .untilAsserted(
              () -> assertThat(scene.names()).containsExactlyInAnyOrder("one", "two", "three"));
    }
  }

  @Test
  void holdsAnswersWhileFrozen() {
    KubeFault held =
        proxy.faults().add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.hang());
    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");
    KubeCall call = held.awaitHit(SOON);

    proxy.freeze();
    held.release();

    assertThat(scene.names()).containsExactly("one");
    assertThat(call.committed()).isTrue();
    assertThat(call.acknowledged()).isFalse();
    assertThat(creating).isNotDone();
    proxy.thaw();
    assertThat(creating).succeedsWithin(SOON);
    assertThat(call.acknowledged()).isTrue();
  }

  @Test
  void losesAnAnswerThatItHeldWhenItGoesOffline() {
    KubeFault held =
        proxy.faults().add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.hang());
    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");
    KubeCall call = held.awaitHit(SOON);
    proxy.freeze();
    held.release();

    proxy.offline();
    proxy.thaw();
    proxy.online();

    assertThat(creating).failsWithin(SOON);
    assertThat(call.acknowledged()).isFalse();
    scene.create("two");
    assertThat(scene.names()).containsExactly("one", "two");
  }

  @Test
  void takesNoAnswerForDeliveredThatNobodyWaitedFor() throws Exception {
    KubeFault held = proxy.faults().add(KubeMatch.any(), KubePhase.AFTER_COMMIT, KubeEffect.hang());
    URI address = URI.create(client.getConfiguration().getMasterUrl());
    KubeCall call;
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      socket
          .getOutputStream()
          .write("GET /api HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      call = held.awaitHit(SOON);
      proxy.freeze();
    }

    held.release();
    proxy.thaw();

    assertThat(call.committed()).isTrue();
    assertThat(call.acknowledged()).isFalse();
  }

  private static void create(KubernetesClient as, String name) {
    Scene.instancesOf(as).resource(Scene.resource(name)).create();
  }

  private KubernetesClient hasty() {
    return new KubernetesClientBuilder()
        .withConfig(
            new io.fabric8.kubernetes.client.ConfigBuilder(client.getConfiguration())
                .withRequestTimeout(1000)
                .build())
        .build();
  }
}
