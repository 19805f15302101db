package com.threatwinds.compute.operator.simulator;

import static com.threatwinds.compute.operator.simulator.ApiClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong on demand, seen from a client and from the journal. */
class SimulatorFaultsTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final ComputeSimulator simulator =
      ComputeSimulator.builder().settings(settings -> settings.delays(Duration.ZERO)).start();
  private final ApiClient api = ApiClient.withToken(simulator, "sim-token");

  @AfterEach
  void close() {
    api.close();
    simulator.close();
  }

  private CompletableFuture<HttpResponse<String>> createLater() {
    return api.sendLater("POST", "/instances", "{\"template_id\":\"ubuntu-22-standard\"}");
  }

  private Call last() {
    return simulator.journal().calls().getLast();
  }

  @ParameterizedTest
  @CsvSource({"BEFORE_COMMIT,0", "AFTER_COMMIT,1"})
  void resetsTheConnection(Phase phase, int made) {
    simulator.fault(Match.on(Operation.CREATE), phase, Effect.reset());

    assertThatThrownBy(() -> api.create("ubuntu-22-standard")).isInstanceOf(IOException.class);

    assertThat(simulator.world().machines()).hasSize(made);
    assertThat(simulator.journal().committed(Operation.CREATE)).hasSize(made);
    await().until(() -> last().completed());
    assertThat(last().status()).isNull();
    assertThat(last().faults()).containsExactly(phase + ": reset");
  }

  @Test
  void reallyResetsRatherThanCloses() throws Exception {
    simulator.fault(Match.on(Operation.TEMPLATES), Phase.AFTER_COMMIT, Effect.reset());

    try (Socket socket = new Socket("127.0.0.1", simulator.port())) {
      socket.getOutputStream().write(head("GET", "/templates"));
      InputStream in = socket.getInputStream();

      assertThatThrownBy(in::read)
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void resetsConnectionsBeforeAnythingIsRead() throws Exception {
    simulator.resetConnections(1);

    // On a plain socket: the JDK's client makes another connection if one is lost that early.
    assertThatThrownBy(
            () -> {
              try (Socket socket = new Socket("127.0.0.1", simulator.port())) {
                socket.getOutputStream().write(head("GET", "/templates"));
                socket.getInputStream().read();
              }
            })
        .isInstanceOf(SocketException.class);

    assertThat(api.create("ubuntu-22-standard").statusCode()).isEqualTo(201);
    assertThat(simulator.journal().calls()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"BEFORE_COMMIT,0", "AFTER_COMMIT,1"})
  void breaksOffInTheMiddleOfTheBody(Phase phase, int made) {
    simulator.fault(Match.on(Operation.CREATE), phase, Effect.halfBody());

    assertThatThrownBy(() -> api.create("ubuntu-22-standard")).isInstanceOf(IOException.class);

    assertThat(simulator.world().machines()).hasSize(made);
  }

  @Test
  void breaksOffInTheMiddleOfTheHeadWhereThereIsNoBody() throws Exception {
    String id = api.createdId();
    simulator.fault(Match.on(Operation.DELETE), Phase.AFTER_COMMIT, Effect.halfBody());

    try (Socket socket = new Socket("127.0.0.1", simulator.port())) {
      socket.getOutputStream().write(head("DELETE", "/instances/" + id));
      String received = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(received).startsWith("HTTP/1.1 204").doesNotContain("\r\n\r\n");
    }
    assertThat(simulator.world().find(id)).isEmpty();
  }

  @Test
  void holdsBeforeTheCommitUntilReleased() throws Exception {
    ActiveFault hold = simulator.hold(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT);
    CompletableFuture<HttpResponse<String>> answer = createLater();

    hold.awaitHit(SOON);

    assertThat(simulator.world().machines()).isEmpty();
    assertThat(last().completed()).isFalse();
    assertThat(answer).isNotDone();
    hold.release();
    assertThat(answer.get().statusCode()).isEqualTo(201);
  }

  @Test
  void holdsAfterTheCommitUntilReleased() throws Exception {
    ActiveFault hold = simulator.hold(Match.on(Operation.CREATE), Phase.AFTER_COMMIT);
    CompletableFuture<HttpResponse<String>> answer = createLater();

    hold.awaitHit(SOON);

    assertThat(simulator.world().machines()).hasSize(1);
    assertThat(last().committed()).isTrue();
    assertThat(last().completed()).isFalse();
    assertThat(answer).isNotDone();
    hold.release();
    assertThat(answer.get().statusCode()).isEqualTo(201);
  }

  @Test
  void holdsAfterTheAnswerWasWritten() throws Exception {
    ActiveFault hold = simulator.hold(Match.on(Operation.CREATE), Phase.AFTER_ANSWER);

    HttpResponse<String> answer = createLater().get();

    hold.awaitHit(SOON);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(last().status()).isEqualTo(201);
    hold.close();
  }

  @Test
  void commitsLateWhenNobodyListensAnyMore() throws Exception {
    ActiveFault hold = simulator.hold(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT);
    try (Socket socket = new Socket("127.0.0.1", simulator.port())) {
      String body = "{\"template_id\":\"ubuntu-22-small\"}";
      socket
          .getOutputStream()
          .write(
              ("POST /api/compute/v1/instances HTTP/1.1\r\nAuthorization: Bearer sim-token\r\n"
                      + "Content-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      hold.awaitHit(SOON);
    }

    hold.release();

    await().until(() -> simulator.journal().committed(Operation.CREATE).size() == 1);
  }

  @Test
  void doesNothingForAClientThatLeavesBeforeItsRequestIsComplete() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", simulator.port())) {
      socket
          .getOutputStream()
          .write(
              ("POST /api/compute/v1/instances HTTP/1.1\r\nAuthorization: Bearer sim-token\r\n"
                      + "Content-Length: 100\r\n\r\n{\"template_id\":")
                  .getBytes(StandardCharsets.US_ASCII));
    }

    await().until(() -> !simulator.journal().calls().isEmpty() && last().completed());
    assertThat(last().committed()).isFalse();
    assertThat(last().status()).isNull();
    assertThat(last().faults()).containsExactly("the client went away");
  }

  @Test
  void hangsForAWhileAndGoesOn() throws Exception {
    ActiveFault hang =
        simulator.fault(
            Match.on(Operation.TEMPLATES), Phase.AFTER_COMMIT, Effect.hang(Duration.ofMillis(20)));

    assertThat(api.get("/templates").statusCode()).isEqualTo(200);
    assertThat(hang.hits()).isEqualTo(1);
  }

  @Test
  void dropsWhatABlackHoleHeld() {
    ActiveFault hole =
        simulator.fault(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT, Effect.blackHole());
    CompletableFuture<HttpResponse<String>> answer = createLater();
    hole.awaitHit(SOON);

    hole.release();

    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(simulator.world().machines()).isEmpty();
  }

  @Test
  void dropsWhatIsHeldWhenItIsClosed() {
    ActiveFault hold = simulator.hold(Match.on(Operation.CREATE), Phase.BEFORE_COMMIT);
    CompletableFuture<HttpResponse<String>> answer = createLater();
    hold.awaitHit(SOON);

    simulator.close();

    assertThatThrownBy(answer::get).isInstanceOf(ExecutionException.class);
    assertThat(simulator.world().machines()).isEmpty();
  }

  @Test
  void saysWhatItWaitedForInVain() {
    ActiveFault hold = simulator.hold(Match.on(Operation.STOP), Phase.BEFORE_COMMIT);

    assertThatThrownBy(() -> hold.awaitHit(Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("struck 0 calls");
  }

  @Test
  void dripsTheWholeAnswer() throws Exception {
    ActiveFault drip =
        simulator.fault(
            Match.on(Operation.CREATE), Phase.BEFORE_COMMIT, Effect.drip(50, Duration.ofMillis(1)));

    HttpResponse<String> response = api.create("ubuntu-22-standard");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(json(response).path("status").asText()).isEqualTo("PROVISIONING");
    assertThat(drip.hits()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 429, 500, 502, 503, 504})
  void answersAnErrorInsteadOfDoingAnything(int status) throws Exception {
    simulator.fault(
        Match.on(Operation.CREATE), Phase.BEFORE_COMMIT, Effect.status(status).retryAfter("-1"));

    HttpResponse<String> response = api.create("ubuntu-22-standard");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Retry-After")).contains("-1");
    assertThat(response.headers().firstValue("x-error")).isPresent();
    assertThat(response.headers().firstValue("x-error-id")).isPresent();
    assertThat(simulator.world().machines()).isEmpty();
    assertThat(last().status()).isEqualTo(status);
  }

  @Test
  void answersAnErrorThoughItIsDone() throws Exception {
    simulator.fault(
        Match.on(Operation.CREATE), Phase.AFTER_COMMIT, Effect.status(502).unexplained());

    HttpResponse<String> response = api.create("ubuntu-22-standard");

    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.headers().firstValue("x-error")).isEmpty();
    assertThat(simulator.journal().committed(Operation.CREATE)).hasSize(1);
  }

  @Test
  void answersAnythingAtAll() throws Exception {
    byte[] garbage = {0x1f, (byte) 0x8b, 0, (byte) 0xff};
    simulator.fault(
        Match.on(Operation.LIST),
        Phase.BEFORE_COMMIT,
        Effect.respond(200, "text/html", garbage).header("Content-Encoding", "gzip"));

    HttpResponse<byte[]> response =
        api.http()
            .send(
                api.request("GET", "/instances", "").build(),
                HttpResponse.BodyHandlers.ofByteArray());

    assertThat(response.body()).isEqualTo(garbage);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/html");
    assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
  }

  @Test
  void rewritesItsOwnAnswer() throws Exception {
    api.createdId();
    simulator.fault(
        Match.on(Operation.LIST),
        Phase.AFTER_COMMIT,
        Effect.rewrite(body -> body.replace("RUNNING", "REPAIRING")));

    assertThat(json(api.get("/instances")).at("/0/status").asText()).isEqualTo("REPAIRING");
  }

  @Test
  void redirects() throws Exception {
    simulator.fault(
        Match.on(Operation.GET), Phase.BEFORE_COMMIT, Effect.redirect(307, "http://127.0.0.1:1/"));

    HttpResponse<String> response = api.get("/instances/tw-1");

    assertThat(response.statusCode()).isEqualTo(307);
    assertThat(response.headers().firstValue("Location")).contains("http://127.0.0.1:1/");
  }

  @Test
  void answersAHugeBodyOfWellFormedJson() throws Exception {
    simulator.fault(Match.on(Operation.LIST), Phase.BEFORE_COMMIT, Effect.hugeBody(3_000_000));

    HttpResponse<String> response = api.get("/instances");

    assertThat(response.body()).hasSize(3_000_000);
    assertThat(json(response).at("/0/id").asText()).hasSizeGreaterThan(2_999_000);
  }

  @Test
  void addsHostileHeaders() throws Exception {
    simulator.fault(Match.on(Operation.TEMPLATES), Phase.AFTER_COMMIT, Effect.hostileHeaders());

    try (Socket socket = new Socket("127.0.0.1", simulator.port())) {
      socket.getOutputStream().write(head("GET", "/templates", "Connection: close"));
      String received =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

      assertThat(received)
          .startsWith("HTTP/1.1 200")
          .contains("x-error: \u001b[31m", "X-Filler-99");
    }
  }

  @Test
  void strikesTheNthCallAndAsManyAsItIsTold() throws Exception {
    simulator.fault(
        Match.on(Operation.TEMPLATES).nth(2).times(2), Phase.BEFORE_COMMIT, Effect.status(503));

    List<Integer> answers =
        List.of(
            api.get("/templates").statusCode(),
            api.get("/templates").statusCode(),
            api.get("/templates").statusCode(),
            api.get("/templates").statusCode());

    assertThat(answers).containsExactly(200, 503, 503, 200);
  }

  @Test
  void strikesOnlyTheInstanceAndTheAccountThatItIsFor() throws Exception {
    String first = api.createdId();
    String second = api.createdId();
    simulator.fault(Match.any().instance(second).always(), Phase.BEFORE_COMMIT, Effect.status(500));
    simulator.fault(
        Match.any().account("somebody").always(), Phase.BEFORE_COMMIT, Effect.status(504));

    assertThat(api.get("/instances/" + first).statusCode()).isEqualTo(200);
    assertThat(api.get("/instances/" + second).statusCode()).isEqualTo(500);
    assertThat(api.delete("/instances/" + second).statusCode()).isEqualTo(500);
    assertThat(api.get("/instances").statusCode()).isEqualTo(200);
  }

  @Test
  void canBeTakenOutAgain() throws Exception {
    ActiveFault fault =
        simulator.fault(Match.any().always(), Phase.BEFORE_COMMIT, Effect.status(500));
    assertThat(api.get("/templates").statusCode()).isEqualTo(500);

    fault.close();

    assertThat(api.get("/templates").statusCode()).isEqualTo(200);
    assertThat(simulator.faults().all()).isEmpty();
  }

  @Test
  void strikesTogetherWithOthers() throws Exception {
    ActiveFault hold = simulator.hold(Match.on(Operation.CREATE), Phase.AFTER_COMMIT);
    simulator.fault(Match.on(Operation.CREATE), Phase.AFTER_COMMIT, Effect.status(504));
    CompletableFuture<HttpResponse<String>> answer = createLater();
    hold.awaitHit(SOON);

    hold.release();

    assertThat(answer.get().statusCode()).isEqualTo(504);
    assertThat(last().faults()).containsExactly("AFTER_COMMIT: hang", "AFTER_COMMIT: status 504");
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "LIST", "GET", "DELETE", "START", "STOP", "RESTART", "RESET"})
  void hangsAnyOperationWithoutDelayingOthers(Operation operation) throws Exception {
    String id = api.createdId();
    ActiveFault hold = simulator.hold(Match.on(operation), Phase.BEFORE_COMMIT);
    CompletableFuture<HttpResponse<String>> held =
        switch (operation) {
          case CREATE -> createLater();
          case LIST -> api.sendLater("GET", "/instances", "");
          case GET -> api.sendLater("GET", "/instances/" + id, "");
          case DELETE -> api.sendLater("DELETE", "/instances/" + id, "");
          case START, STOP, RESTART, RESET ->
              api.sendLater("POST", "/instances/" + id + "/" + operation, "");
          case TEMPLATES, ZONES, LIMITS, QUOTAS, OTHER -> throw new AssertionError(operation);
        };
    hold.awaitHit(SOON);

    assertThat(api.get("/templates").statusCode()).isEqualTo(200);

    hold.release();
    assertThat(held.get().statusCode()).isBetween(200, 204);
  }

  @Test
  void canOnlyHangOrResetOnceTheAnswerIsWritten() {
    assertThatThrownBy(() -> simulator.fault(Match.any(), Phase.AFTER_ANSWER, Effect.status(500)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] head(String method, String path, String... headers) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(" /api/compute/v1").append(path).append(" HTTP/1.1\r\n");
    head.append("Host: localhost\r\nAuthorization: Bearer sim-token\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }
}
