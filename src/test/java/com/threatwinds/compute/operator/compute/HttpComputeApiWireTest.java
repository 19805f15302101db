package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.compute.ComputeApiException.NotSent;
import com.threatwinds.compute.operator.compute.ComputeApiException.RateLimited;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile, broken or absent server does to a call, byte by byte. */
class HttpComputeApiWireTest {

  private static final InstanceId ID = new InstanceId("tw-1");
  private static final Instant OUR_TIME = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String CREATED =
      "HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{\"id\":\"tw-1\"}";
  private static final String EMPTY_LIST = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

  /** So that no short time-out is spent on loading classes. */
  @BeforeAll
  static void warmUp() throws Exception {
    try (RawServer server = RawServer.answering(CREATED);
        HttpComputeApi api = client(server.uri(), LONG)) {
      api.create("t", null, () -> true);
    }
  }

  private static HttpComputeApi client(URI uri, Duration timeout) {
    return new HttpComputeApi(
        new HttpComputeApi.Options(
            uri,
            timeout,
            CredentialsSource.fixed(new Credentials.Token("secret-token-1")),
            Optional.empty(),
            Optional.empty(),
            () -> true,
            InstantSource.fixed(OUR_TIME)),
        () -> 0);
  }

  private static ComputeApiException failureOf(Operation operation, URI uri, Duration timeout) {
    return failureOf(operation, uri, timeout, () -> true);
  }

  private static ComputeApiException failureOf(
      Operation operation, URI uri, Duration timeout, BooleanSupplier fence) {
    try (HttpComputeApi api = client(uri, timeout)) {
      ComputeApiException failure =
          catchThrowableOfType(
              ComputeApiException.class,
              () -> {
                switch (operation) {
                  case CREATE -> api.create("t", null, fence);
                  case LIST -> api.list();
                  case GET -> api.get(ID);
                  case DELETE -> api.delete(ID);
                  case START -> api.start(ID);
                  case STOP -> api.stop(ID);
                  case RESTART -> api.restart(ID);
                  case RESET -> api.reset(ID);
                  case TEMPLATES -> api.templates();
                  case ZONES -> api.zones("t");
                  case BILLING -> api.limits();
                }
              });
      assertThat(failure).as("failure of %s", operation).isNotNull();
      assertThat(failure.getMessage()).doesNotContain("secret-token-1").hasSizeBetween(1, 256);
      assertThat(failure).hasNoCause();
      return failure;
    }
  }

  /**
   * What becomes of a call whose request arrives and whose answer doesn't, by the shortest time-out
   * that lets it arrive: on a slow machine the test takes longer, and that is all.
   */
  private static ComputeApiException lateFailureOf(Operation operation, RawServer server) {
    Duration timeout = SHORT;
    while (true) {
      ComputeApiException failure = failureOf(operation, server.uri(), timeout);
      timeout = timeout.multipliedBy(3);
      if (hasRequest(server) || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
        return failure;
      }
    }
  }

  private static boolean hasRequest(RawServer server) {
    return !server.connections().isEmpty()
        && server.connections().getLast().received().contains("\r\n\r\n");
  }

  // Nothing left.

  @ParameterizedTest
  @EnumSource
  void knowsThatARefusedConnectionCarriedNothing(Operation operation) throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    ComputeApiException failure =
        failureOf(operation, URI.create("http://127.0.0.1:" + port), LONG);

    assertThat(failure).isInstanceOf(NotSent.class);
    assertThat(failure.httpStatus()).isZero();
    assertThat(failure.mayHaveHappened()).isFalse();
  }

  @Test
  void knowsThatNothingWentToAnUnknownHost() {
    URI unknown = URI.create("http://no-such-host.invalid");

    assertThat(failureOf(Operation.CREATE, unknown, LONG)).isInstanceOf(NotSent.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "RESET"})
  void knowsThatNothingWentOverAHandshakeThatNeverEnds(Operation operation) throws IOException {
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd)) {
      ComputeApiException failure =
          failureOf(operation, URI.create("https://127.0.0.1:" + server.port()), SHORT);

      assertThat(failure).isInstanceOf(NotSent.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "RESET"})
  void knowsThatNothingWentToAServerThatSpeaksNoTls(Operation operation) throws IOException {
    try (RawServer server =
        RawServer.start(connection -> connection.write("HTTP/1.1 400\r\n\r\n"))) {
      ComputeApiException failure =
          failureOf(operation, URI.create("https://127.0.0.1:" + server.port()), LONG);

      assertThat(failure).isInstanceOf(NotSent.class);
    }
  }

  // The fence.

  @Test
  void asksTheFenceOnTheOpenConnectionBeforeTheBody() throws Exception {
    CountDownLatch accepted = new CountDownLatch(1);
    AtomicReference<String> arrivedBefore = new AtomicReference<>();
    try (RawServer server =
            RawServer.start(
                connection -> {
                  accepted.countDown();
                  connection.readRequest();
                  connection.write(CREATED);
                });
        HttpComputeApi api = client(server.uri(), LONG)) {
      api.create(
          "t",
          null,
          () -> {
            awaitUninterruptibly(accepted);
            arrivedBefore.set(server.connections().getFirst().received());
            return true;
          });

      assertThat(arrivedBefore.get()).doesNotContain("template_id");
      assertThat(server.connections()).hasSize(1);
      assertThat(server.connections().getFirst().received())
          .contains("Content-Length: 19\r\n")
          .endsWith("\r\n\r\n{\"template_id\":\"t\"}");
    }
  }

  @Test
  void asksTheFenceOnceForOneCreate() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (RawServer server = RawServer.answering(CREATED);
        HttpComputeApi api = client(server.uri(), LONG)) {
      api.create("t", null, () -> asked.incrementAndGet() > 0);
    }
    assertThat(asked).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendsNoByteOfTheBodyAndClosesWhenTheFenceRefuses(boolean byThrowing) throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd)) {
      ComputeApiException failure =
          failureOf(
              Operation.CREATE,
              server.uri(),
              LONG,
              () -> {
                if (byThrowing) {
                  throw new IllegalStateException("can't tell");
                }
                return false;
              });

      assertThat(failure).isInstanceOf(NotSent.class).hasMessageContaining("fence");
      RawServer.Connection connection = server.connections().getFirst();
      await().until(connection.ended()::isDone);
      assertThat(server.connections()).hasSize(1);
      // The head may have been overtaken by the end, but never completed by a body.
      assertThat(connection.received()).doesNotContain("template_id");
      assertThat(connection.received().isEmpty() || connection.received().endsWith("\r\n\r\n"))
          .isTrue();
    }
  }

  @Test
  void neverAsksTheFenceWhenTheConnectionCantBeMade() throws IOException {
    AtomicBoolean asked = new AtomicBoolean();
    try (RawServer server = RawServer.start(RawServer.Connection::reset)) {
      URI tls = URI.create("https://127.0.0.1:" + server.port());

      assertThat(
              failureOf(
                  Operation.CREATE,
                  tls,
                  LONG,
                  () -> {
                    asked.set(true);
                    return true;
                  }))
          .isInstanceOf(NotSent.class);
    }
    assertThat(asked).isFalse();
  }

  @Test
  void sendsNothingWhenTheFenceOpensAfterTheDeadline() throws Exception {
    CountDownLatch deadlinePassed = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd)) {
      // Until one was connected before its deadline.
      while (asked.get() == 0) {
        ComputeApiException failure =
            failureOf(
                Operation.CREATE,
                server.uri(),
                SHORT,
                () -> {
                  asked.incrementAndGet();
                  awaitUninterruptibly(deadlinePassed);
                  answered.incrementAndGet();
                  return true;
                });
        assertThat(failure).isInstanceOf(NotSent.class);
      }
      deadlinePassed.countDown();
      await().until(() -> answered.get() == asked.get());

      await().until(() -> server.connections().stream().allMatch(each -> each.ended().isDone()));
      assertThat(server.connections())
          .allSatisfy(each -> assertThat(each.received()).doesNotContain("template_id"));
    }
  }

  // Something left, and nothing came back.

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LIST", "GET", "TEMPLATES", "ZONES", "BILLING"})
  void sendsAChangeOnceWhenTheConnectionEndsWithoutAnAnswer(Operation operation) throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readRequest)) {
      ComputeApiException failure = failureOf(operation, server.uri(), LONG);

      assertThat(failure).isInstanceOf(Unavailable.class);
      assertThat(failure.mayHaveHappened()).isTrue();
      assertThat(server.connections()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LIST", "GET", "TEMPLATES", "ZONES", "BILLING"})
  void sendsAChangeOnceWhenTheConnectionIsReset(Operation operation) throws Exception {
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.reset();
            })) {
      ComputeApiException failure = failureOf(operation, server.uri(), LONG);

      assertThat(failure).isInstanceOf(Unavailable.class);
      assertThat(server.connections()).hasSize(1);
    }
  }

  @Test
  void letsTheJdkRepeatAReadOnceAtMost() throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readRequest)) {
      ComputeApiException failure = failureOf(Operation.LIST, server.uri(), LONG);

      assertThat(failure).isInstanceOf(Unavailable.class);
      assertThat(server.connections()).hasSizeBetween(1, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "LIST", "DELETE", "RESET"})
  void givesUpAtTheDeadlineAndClosesWhenTheServerIsSilent(Operation operation) throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd)) {
      ComputeApiException failure = lateFailureOf(operation, server);

      assertThat(failure).isInstanceOf(Unavailable.class).hasMessageContaining("within PT");
      await().until(server.connections().getLast().ended()::isDone);
    }
  }

  @Test
  void closesTheConnectionOfAReadThatCameTooLate() throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd);
        HttpComputeApi api = client(server.uri(), SHORT)) {
      // Until one was early enough to be connected at all.
      await()
          .until(
              () -> {
                assertThat(catchThrowableOfType(ComputeApiException.class, api::list)).isNotNull();
                return hasRequest(server);
              });

      await().until(() -> server.connections().stream().allMatch(each -> each.ended().isDone()));
    }
  }

  @ParameterizedTest
  @CsvSource({"LIST, [", "CREATE, {\"id\":\"tw-1\""})
  void givesUpAtTheDeadlineAndClosesWhenTheBodyDrips(Operation operation, String start)
      throws Exception {
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + start);
              while (true) {
                connection.write(" ");
                Thread.onSpinWait();
              }
            })) {
      ComputeApiException failure = lateFailureOf(operation, server);

      assertThat(failure).isInstanceOf(Unavailable.class);
      await().until(server.connections().getLast().ended()::isDone);
    }
  }

  @Test
  void givesUpAtTheDeadlineAndClosesWhenTheHeadNeverEnds() throws Exception {
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\nx-a: ");
              connection.readToEnd();
            })) {
      assertThat(lateFailureOf(Operation.RESET, server)).isInstanceOf(Unavailable.class);
      await().until(server.connections().getLast().ended()::isDone);
    }
  }

  @Test
  void waitsForItsAnswerWhenInterruptedAndKeepsTheInterrupt() throws Exception {
    CompletableFuture<Thread> caller = new CompletableFuture<>();
    CompletableFuture<String> outcome = new CompletableFuture<>();
    try (RawServer server =
            RawServer.start(
                connection -> {
                  connection.readRequest();
                  caller.join().interrupt();
                  connection.write(CREATED);
                });
        HttpComputeApi api = client(server.uri(), LONG)) {
      Thread.ofVirtual()
          .start(
              () -> {
                caller.complete(Thread.currentThread());
                try {
                  Seen seen = api.create("t", null, () -> true);
                  outcome.complete(seen.instance().id() + " " + Thread.interrupted());
                } catch (ComputeApiException | RuntimeException e) {
                  outcome.completeExceptionally(e);
                }
              });

      assertThat(outcome.get()).isEqualTo("tw-1 true");
    }
  }

  // Something came back, and it was wrong.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rubbish\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: empty\r\n\r\n",
        "HTTP/1.1 400 Bad\r\nx-error: a\u001b[2J\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 400 Bad\r\nx-error: a\u0000b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n12345",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n"
      })
  void concludesNothingFromWhatIsNoHttp(String answer) throws Exception {
    for (Operation operation : Set.of(Operation.LIST, Operation.CREATE)) {
      try (RawServer server = RawServer.answering(answer)) {
        ComputeApiException failure = failureOf(operation, server.uri(), LONG);

        assertThat(failure).isInstanceOf(Unavailable.class);
      }
    }
  }

  @Test
  void showsNoSecretThatAServerPutsIntoABrokenHead() throws Exception {
    try (RawServer server = RawServer.answering("HTTP/1.1 secret-token-1\u001b[31m\r\n\r\n")) {
      assertThat(failureOf(Operation.RESET, server.uri(), LONG)).isInstanceOf(Unavailable.class);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsNoMoreThanItsLimitOfAnEndlessBody(boolean error) throws Exception {
    byte[] block = " ".repeat(1024 * 1024).getBytes();
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(
                  error
                      ? "HTTP/1.1 429 Slow\r\nx-error: slow down\r\n\r\n"
                      : "HTTP/1.1 200 OK\r\n\r\n[");
              while (true) {
                connection.write(block);
              }
            })) {
      ComputeApiException failure = failureOf(Operation.LIST, server.uri(), LONG);

      assertThat(failure).isInstanceOf(error ? RateLimited.class : Unavailable.class);
      assertThat(failure.getMessage()).contains(error ? "slow down" : "too long");
      await().until(server.connections().getFirst().ended()::isDone);
    }
  }

  @Test
  void boundsAnEndlessHead() throws Exception {
    byte[] block = "x-a: b\r\n".repeat(10_000).getBytes();
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\n");
              while (true) {
                connection.write(block);
              }
            })) {
      assertThat(failureOf(Operation.RESET, server.uri(), LONG)).isInstanceOf(Unavailable.class);
    }
  }

  @Test
  void believesARefusalWhoseBodyIsCutOff() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 429 Slow\r\nx-error: slow down\r\nContent-Length: 500\r\n\r\nhalf")) {
      ComputeApiException failure = failureOf(Operation.CREATE, server.uri(), LONG);

      assertThat(failure).isInstanceOf(RateLimited.class).hasMessage("slow down");
      assertThat(failure.mayHaveHappened()).isFalse();
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void waitsForNoBodyThatAPowerCallDoesNotNeed() throws Exception {
    try (RawServer server =
            RawServer.start(
                connection -> {
                  connection.readRequest();
                  connection.write("HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\nhalf");
                  connection.readToEnd();
                });
        HttpComputeApi api = client(server.uri(), Duration.ofMinutes(10))) {
      api.stop(ID);

      await().until(server.connections().getFirst().ended()::isDone);
    }
  }

  @Test
  void readsAnErrorMessageInUtf8AndWithoutWhatMovesATerminal() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 400 Bad\r\nx-error: \u00c3\u00bcber \u00e2\u0080\u00aered\t!\r\n"
                + "x-error-id: "
                + "i".repeat(5_000)
                + "\r\nContent-Length: 0\r\n\r\n")) {
      ComputeApiException failure = failureOf(Operation.RESET, server.uri(), LONG);

      assertThat(failure.getMessage()).isEqualTo("über red !");
      assertThat(failure.errorId()).hasValueSatisfying(id -> assertThat(id).hasSize(256));
    }
  }

  // Connections.

  @Test
  void makesEveryChangeOnAConnectionOfItsOwnAndSharesThoseOfReads() throws Exception {
    try (RawServer server =
            RawServer.start(
                connection -> {
                  while (connection.readNextRequest()) {
                    boolean post = connection.received().startsWith("POST");
                    connection.write(post ? CREATED : EMPTY_LIST);
                  }
                });
        HttpComputeApi api = client(server.uri(), LONG)) {
      api.list();
      api.list();
      api.create("t", null, () -> true);
      api.create("t", null, () -> true);
      api.list();

      Set<String> methods =
          server.connections().stream()
              .map(connection -> connection.received().replaceAll("(?s)\\s.*", ""))
              .collect(Collectors.toSet());
      assertThat(methods).containsExactlyInAnyOrder("GET", "POST");
      assertThat(server.connections()).hasSize(3);
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void sharesItsThreadAmongDeletesAndStopsHoweverManyWaitForASlowServer() throws Exception {
    var answer = new CountDownLatch(1);
    try (RawServer server =
            RawServer.start(
                connection -> {
                  while (connection.readNextRequest()) {
                    awaitUninterruptibly(answer);
                    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
                  }
                });
        HttpComputeApi api = client(server.uri(), LONG)) {
      long before = threadsOfClients();

      List<CompletableFuture<Void>> calls =
          IntStream.range(0, 200)
              .mapToObj(
                  i -> i % 2 == 0 ? started(() -> api.delete(ID)) : started(() -> api.stop(ID)))
              .toList();
      await().until(() -> server.connections().stream().filter(c -> hasWhole(c)).count() == 200);

      assertThat(threadsOfClients()).isLessThanOrEqualTo(before);
      answer.countDown();
      assertThat(calls).allSatisfy(call -> assertThat(call.get()).isNull());
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void sendsAFewRestartsAndResetsAtATimeAndKeepsNothingElseWaiting() throws Exception {
    var answer = new CountDownLatch(1);
    var atOnce = new AtomicInteger();
    var most = new AtomicInteger();
    try (RawServer server =
            RawServer.start(
                connection -> {
                  connection.readRequest();
                  if (connection.received().matches("(?s).*/(restart|reset) .*")) {
                    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    awaitUninterruptibly(answer);
                    atOnce.decrementAndGet();
                  }
                  connection.write(CREATED);
                });
        HttpComputeApi api = client(server.uri(), LONG)) {
      long before = threadsOfClients();
      List<CompletableFuture<Void>> calls =
          IntStream.range(0, 30)
              .mapToObj(
                  i -> i % 2 == 0 ? started(() -> api.restart(ID)) : started(() -> api.reset(ID)))
              .toList();
      await().until(() -> atOnce.get() == 8);

      api.delete(ID);
      api.stop(ID);
      api.create("t", null, () -> true);

      assertThat(threadsOfClients() - before).isLessThanOrEqualTo(9);
      assertThat(calls).noneMatch(CompletableFuture::isDone);
      answer.countDown();
      assertThat(calls).allSatisfy(call -> assertThat(call.get()).isNull());
      assertThat(most).hasValue(8);
    }
  }

  @Test
  void sendsNoRestartThatWaitedForSoLongThatItsAnswerMightComeTooLate() throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd);
        HttpComputeApi api = client(server.uri(), Duration.ofSeconds(8))) {
      IntStream.range(0, 8).forEach(i -> started(() -> api.restart(ID)));
      await().until(() -> server.connections().stream().filter(c -> hasWhole(c)).count() == 8);

      List<CompletableFuture<Void>> calls =
          IntStream.range(0, 5).mapToObj(i -> started(() -> api.reset(ID))).toList();

      assertThat(calls)
          .allSatisfy(
              call ->
                  assertThat(catchThrowable(call::get).getCause())
                      .isInstanceOf(NotSent.class)
                      .hasMessageContaining("at a time"));
      assertThat(server.connections()).hasSize(8);
    }
  }

  @Test
  void sendsNoMoreOfARestartThatIsInterruptedWhileItWaits() throws Exception {
    try (RawServer server = RawServer.start(RawServer.Connection::readToEnd);
        HttpComputeApi api = client(server.uri(), LONG)) {
      IntStream.range(0, 8).forEach(i -> started(() -> api.restart(ID)));
      await().until(() -> server.connections().stream().filter(c -> hasWhole(c)).count() == 8);

      Thread.currentThread().interrupt();
      ComputeApiException failure =
          catchThrowableOfType(ComputeApiException.class, () -> api.restart(ID));

      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure).isInstanceOf(NotSent.class);
    }
  }

  @Test
  void sharesConnectionsAmongCallsThatCanBeRepeated() throws Exception {
    try (RawServer server =
            RawServer.start(
                connection -> {
                  while (connection.readNextRequest()) {
                    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
                  }
                });
        HttpComputeApi api = client(server.uri(), LONG)) {
      api.delete(ID);
      api.stop(ID);
      api.start(ID);
      assertThat(server.connections()).hasSize(1);

      api.restart(ID);
      api.reset(ID);
      assertThat(server.connections()).hasSize(3);
    }
  }

  @FunctionalInterface
  private interface Call {
    void make() throws ComputeApiException;
  }

  private static CompletableFuture<Void> started(Call call) {
    var outcome = new CompletableFuture<Void>();
    Thread.startVirtualThread(
        () -> {
          try {
            call.make();
            outcome.complete(null);
          } catch (ComputeApiException | RuntimeException e) {
            outcome.completeExceptionally(e);
          }
        });
    return outcome;
  }

  private static boolean hasWhole(RawServer.Connection connection) {
    return connection.received().endsWith("\r\n\r\n");
  }

  /** Each client has one, of the platform's. */
  private static long threadsOfClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("HttpClient-"))
        .count();
  }

  // Time.

  @Test
  void tellsTheTimeByTheDateOfAnAnswerThatCouldBeUsed() throws Exception {
    try (RawServer server =
            RawServer.answering(
                "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:10:00 GMT\r\n"
                    + "Content-Length: 2\r\n\r\n[]");
        HttpComputeApi api = client(server.uri(), LONG)) {
      assertThat(api.now()).isEmpty();

      api.list();

      assertThat(api.now()).hasValue(OUR_TIME.plusSeconds(600));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 502 Bad Gateway\r\nDate: Thu, 01 Jan 2026 00:10:00 GMT\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nDate: Thu, 01 Jan 2026 00:10:00 GMT\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:10:00 GMT\r\nContent-Length: 9\r\n\r\n<p>Log in",
        "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:10:00 GMT\r\nContent-Length: 9\r\n\r\n[{\"id\":"
      })
  void takesNoTimeFromWhatAnyGatewayMayHaveAnswered(String answer) throws Exception {
    try (RawServer server = RawServer.answering(answer);
        HttpComputeApi api = client(server.uri(), LONG)) {
      try {
        api.list();
      } catch (Unavailable e) {
        assertThat(e.mayHaveHappened()).isTrue();
      }

      assertThat(server.connections()).isNotEmpty();
      assertThat(api.now()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "429 | Retry-After: 7                                                              | PT7S",
        "503 | Retry-After: 7                                                              | PT7S",
        "500 | Retry-After: 7                                                              | ",
        "400 | Retry-After: 7                                                              | ",
        "429 | Retry-After: Thu, 01 Jan 2026 00:00:30 GMT                                  | PT30S",
        "429 | Date: Fri, 02 Jan 2026 00:00:00 GMT#Retry-After: Fri, 02 Jan 2026 00:00:09 GMT | PT9S",
        "429 | X-Other: 1                                                                  | ",
      })
  void honoursRetryAfterWhereTheReferenceHasIt(int status, String headers, String pause)
      throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 "
                + status
                + " X\r\n"
                + headers.replace("#", "\r\n")
                + "\r\nContent-Length: 0\r\n\r\n")) {
      ComputeApiException failure = failureOf(Operation.GET, server.uri(), LONG);

      assertThat(failure.retryAfter()).isEqualTo(Optional.ofNullable(pause).map(Duration::parse));
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
