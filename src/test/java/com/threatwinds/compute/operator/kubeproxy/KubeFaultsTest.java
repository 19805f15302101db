package com.threatwinds.compute.operator.kubeproxy;

import static com.threatwinds.compute.operator.kubeproxy.Scene.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.threatwinds.compute.operator.testing.MockCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeFaultsTest {

  private Scene scene;
  private ApiServerProxy proxy;
  private KubeFaults faults;

  @BeforeEach
  void start() {
    scene = new Scene(MockCluster.start(Path.of("crds")));
    proxy = scene.proxy();
    faults = proxy.faults();
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  @Test
  void holdsACallBeforeItIsForwarded() {
    KubeFault held = faults.add(KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.hang());

    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");

    KubeCall call = held.awaitHit(SOON);
    assertThat(call.forwardedAt()).isNull();
    assertThat(scene.names()).isEmpty();
    held.release();
    assertThat(creating).succeedsWithin(SOON);
    assertThat(call.acknowledged()).isTrue();
    assertThat(call.faults()).containsExactly("BEFORE_FORWARD: hang");
  }

  @Test
  void holdsAnAnswerAfterTheCommit() {
    KubeFault held = faults.add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.hang());

    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");

    KubeCall call = held.awaitHit(SOON);
    assertThat(scene.names()).containsExactly("one");
    assertThat(call.committed()).isTrue();
    assertThat(call.acknowledged()).isFalse();
    assertThat(creating).isNotDone();
    held.close();
    assertThat(creating).succeedsWithin(SOON);
    assertThat(call.acknowledged()).isTrue();
  }

  @Test
  void commitsLateWhatItsClientNoLongerWaitsFor() {
    KubeFault held = faults.add(KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.hang());
    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");
    KubeCall call = held.awaitHit(SOON);
    proxy.offline();
    assertThat(creating).failsWithin(SOON);

    held.release();

    await().until(call::committed);
    assertThat(scene.names()).containsExactly("one");
    assertThat(call.acknowledged()).isFalse();
  }

  @Test
  void goesOnByItselfAfterTheTimeThatWasAsked() {
    faults.add(
        KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.hang(Duration.ofMillis(50)));

    scene.create("one");

    assertThat(scene.names()).containsExactly("one");
  }

  @Test
  void dropsWhatABlackHoleHeld() {
    KubeFault hole =
        faults.add(KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.blackHole());
    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");
    hole.awaitHit(SOON);

    hole.release();

    assertThat(creating).failsWithin(SOON);
    assertThat(scene.names()).isEmpty();
  }

  @Test
  void resetsTheConnectionAfterTheCommit() {
    KubeFault reset = faults.add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.reset());

    assertThatThrownBy(() -> scene.create("one")).hasRootCauseInstanceOf(IOException.class);

    KubeCall call = reset.calls().getFirst();
    assertThat(call.committed()).isTrue();
    assertThat(call.acknowledged()).isFalse();
    assertThat(call.status()).isNull();
    assertThat(scene.names()).containsExactly("one");
  }

  @Test
  void resetsTheConnectionAfterTheAnswer() throws Exception {
    KubeFault reset = faults.add(KubeMatch.any(), KubePhase.AFTER_ANSWER, KubeEffect.reset());
    URI server = URI.create(scene.client().getConfiguration().getMasterUrl());
    ByteArrayOutputStream read = new ByteArrayOutputStream();

    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.getOutputStream().write("GET /api HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(UTF_8));

      assertThatThrownBy(() -> socket.getInputStream().transferTo(read))
          .isInstanceOf(SocketException.class);
    }

    assertThat(read.toString(UTF_8)).startsWith("HTTP/1.1 200").endsWith("}");
    assertThat(reset.awaitHit(SOON).acknowledged()).isTrue();
  }

  @Test
  void answersWithAConflictInsteadOfForwarding() {
    faults.add(KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.conflict());

    assertThatThrownBy(() -> scene.create("one"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(409);
              assertThat(e.getStatus().getReason()).isEqualTo("Conflict");
            });

    assertThat(scene.names()).isEmpty();
    KubeCall call = proxy.record().writes().getFirst();
    assertThat(call.forwardedAt()).isNull();
    assertThat(call.upstreamStatus()).isNull();
    assertThat(call.status()).isEqualTo(409);
  }

  @Test
  void answersWithAFailureAfterTheCommit() {
    faults.add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.status(504, "Timeout"));

    assertThatThrownBy(() -> scene.create("one"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(504));

    KubeCall call = proxy.record().writes().getFirst();
    assertThat(call.committed()).isTrue();
    assertThat(call.acknowledged()).isFalse();
    assertThat(call.response().at("/metadata/name").asText()).isEqualTo("one");
    assertThat(scene.names()).containsExactly("one");
  }

  @Test
  void shedsLoadAsAnApiServerDoes() throws Exception {
    faults.add(
        KubeMatch.any(),
        KubePhase.BEFORE_FORWARD,
        KubeEffect.tooManyRequests(Duration.ofSeconds(3)));

    HttpResponse<String> answer = get(Scene.INSTANCES);

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("3");
    assertThat(answer.body()).contains("\"retryAfterSeconds\":3", "\"TooManyRequests\"");
  }

  @Test
  void takesPermissionsAwayUntilTheyAreGivenBack() {
    KubeFault forbidden =
        faults.add(KubeMatch.gets().always(), KubePhase.BEFORE_FORWARD, KubeEffect.forbidden());
    scene.create("one");

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> scene.named("one").get())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    }

    forbidden.close();
    assertThat(scene.named("one").get()).isNotNull();
    assertThat(forbidden.hits()).isEqualTo(2);
  }

  @Test
  void rewritesAnAnswer() {
    scene.create("one");
    faults.add(
        KubeMatch.gets(),
        KubePhase.AFTER_COMMIT,
        KubeEffect.rewrite(
            answer -> {
              ((ObjectNode) answer.path("metadata")).put("resourceVersion", "1");
              return answer;
            }));

    GenericKubernetesResource seen = scene.named("one").require();

    assertThat(seen.getMetadata().getResourceVersion()).isEqualTo("1");
    assertThat(proxy.record().calls().getLast().response().at("/metadata/resourceVersion").asText())
        .isNotEqualTo("1");
  }

  @Test
  void refusesTheBeginningOfAWatch() {
    faults.add(KubeMatch.watches().times(2), KubePhase.BEFORE_FORWARD, KubeEffect.forbidden());

    assertThatThrownBy(() -> scene.instances().inAnyNamespace().watch(new SeenEvents()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
  }

  @Test
  void strikesTheNthCallAndAsManyAsWereAsked() {
    KubeFault conflicts =
        faults.add(
            KubeMatch.on("POST").nth(2).times(2), KubePhase.BEFORE_FORWARD, KubeEffect.conflict());

    scene.create("one");
    assertThatThrownBy(() -> scene.create("two")).hasMessageContaining("409");
    assertThatThrownBy(() -> scene.create("three")).hasMessageContaining("409");
    scene.create("four");

    assertThat(scene.names()).containsExactlyInAnyOrder("one", "four");
    assertThat(conflicts.calls()).extracting(KubeCall::name).containsExactly("two", "three");
  }

  @Test
  void letsEveryFaultStrikeThatIsForACall() {
    KubeFault first =
        faults.add(KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.hang(Duration.ZERO));
    KubeFault second =
        faults.add(KubeMatch.writes(), KubePhase.AFTER_COMMIT, KubeEffect.conflict());

    assertThatThrownBy(() -> scene.create("one")).hasMessageContaining("409");

    assertThat(first.hits()).isEqualTo(1);
    assertThat(second.hits()).isEqualTo(1);
    assertThat(proxy.record().calls().getLast().faults())
        .containsExactly("BEFORE_FORWARD: hang", "AFTER_COMMIT: status 409");
  }

  @ParameterizedTest
  @CsvSource({
    "status of one, true",
    "object, false",
    "other, false",
    "lease, false",
    "asks for running, true"
  })
  void isOnlyForWhatItWasPutInFor(String which, boolean strikes) {
    KubeMatch match =
        switch (which) {
          case "status of one" ->
              KubeMatch.writes().plural("computeinstances").subresource("status").name("one");
          case "object" -> KubeMatch.on("PUT", "PATCH").subresource("");
          case "other" -> KubeMatch.any().namespace("default").name("other");
          case "lease" -> KubeMatch.leases();
          case "asks for running" ->
              KubeMatch.any()
                  .where(
                      "that says Running",
                      call ->
                          call.request() != null
                              && call.request().at("/status/state").asText().equals("Running"));
          default -> throw new IllegalArgumentException(which);
        };
    GenericKubernetesResource one = scene.create("one");
    one.getAdditionalProperties().put("status", Map.of("state", "Running"));
    KubeFault fault = faults.add(match, KubePhase.BEFORE_FORWARD, KubeEffect.hang(Duration.ZERO));

    scene.instances().resource(one).updateStatus();

    assertThat(fault.hits()).isEqualTo(strikes ? 1 : 0);
  }

  @Test
  void shapesNoAnswerThatIsGone() {
    assertThatThrownBy(
            () -> faults.add(KubeMatch.any(), KubePhase.AFTER_ANSWER, KubeEffect.conflict()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void saysWhenNothingStruckInTime() {
    KubeFault held = faults.add(KubeMatch.leases(), KubePhase.AFTER_COMMIT, KubeEffect.hang());

    assertThatThrownBy(() -> held.awaitHit(Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("struck 0 calls");
  }

  @Test
  void dropsWhatIsHeldWhenTheProxyIsClosed() {
    KubeFault held = faults.add(KubeMatch.writes(), KubePhase.BEFORE_FORWARD, KubeEffect.hang());
    CompletableFuture<GenericKubernetesResource> creating = scene.creating("one");
    held.awaitHit(SOON);

    proxy.close();

    assertThat(creating).failsWithin(SOON);
    assertThat(scene.names()).isEmpty();
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(
                  URI.create(scene.client().getConfiguration().getMasterUrl()).resolve(path))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
