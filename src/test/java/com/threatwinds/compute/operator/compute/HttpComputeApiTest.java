package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.threatwinds.compute.operator.compute.ComputeApiException.NotFound;
import com.threatwinds.compute.operator.compute.ComputeApiException.QuotaExceeded;
import com.threatwinds.compute.operator.compute.ComputeApiException.RateLimited;
import com.threatwinds.compute.operator.compute.ComputeApiException.Rejected;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unauthenticated;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unavailable;
import com.threatwinds.compute.operator.compute.HttpAnswers.Asked;
import com.threatwinds.compute.operator.compute.HttpAnswers.Canned;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialects of the API, spoken by a well-behaved HTTP server. */
class HttpComputeApiTest {

  private static final InstanceId ID = new InstanceId("tw-550e84-a1b2c3d4");
  private static final Credentials TOKEN = new Credentials.Token("secret-token-1");
  private static final String INSTANCE =
      """
      {
        "id": "tw-550e84-a1b2c3d4",
        "userId": "550e8400-e29b-41d4-a716-446655440000",
        "name": "tw-550e84-a1b2c3d4",
        "zone": "us-central1-a",
        "machineType": "zones/us-central1-a/machineTypes/n1-standard-2",
        "externalIp": "34.120.1.100",
        "internalIp": "10.128.0.5",
        "status": "RUNNING",
        "templateId": "ubuntu-22-standard",
        "createdAt": "2024-01-01T00:00:00Z"
      }
      """;

  private HttpAnswers server;
  private HttpComputeApi api;

  @BeforeEach
  void start() throws IOException {
    server = HttpAnswers.start(Canned.of(200, "[]"));
    api = client(CredentialsSource.fixed(TOKEN));
  }

  @AfterEach
  void stop() {
    api.close();
    server.close();
  }

  private HttpComputeApi client(CredentialsSource credentials) {
    return new HttpComputeApi(options(server.uri(), credentials));
  }

  private static HttpComputeApi.Options options(URI uri, CredentialsSource credentials) {
    return new HttpComputeApi.Options(
        uri,
        Duration.ofSeconds(10),
        credentials,
        Optional.empty(),
        Optional.empty(),
        () -> true,
        InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));
  }

  @FunctionalInterface
  interface ApiCall {
    void on(ComputeApi api) throws ComputeApiException;
  }

  private static ApiCall call(Operation operation) {
    return switch (operation) {
      case CREATE -> api -> api.create("ubuntu-22-standard", "us-central1-a", () -> true);
      case LIST -> ComputeApi::list;
      case GET -> api -> api.get(ID);
      case DELETE -> api -> api.delete(ID);
      case START -> api -> api.start(ID);
      case STOP -> api -> api.stop(ID);
      case RESTART -> api -> api.restart(ID);
      case RESET -> api -> api.reset(ID);
      case TEMPLATES -> ComputeApi::templates;
      case ZONES -> api -> api.zones("ubuntu-22-standard");
      case BILLING -> api -> ((BillingApi) api).limits();
    };
  }

  private ComputeApiException failureOf(Operation operation) {
    ComputeApiException failure =
        catchThrowableOfType(ComputeApiException.class, () -> call(operation).on(api));
    assertThat(failure).as("failure of %s", operation).isNotNull();
    assertThat(failure.operation()).isEqualTo(operation);
    return failure;
  }

  // What is sent.

  @ParameterizedTest
  @CsvSource({
    "CREATE,    POST,   /instances",
    "LIST,      GET,    /instances",
    "GET,       GET,    /instances/tw-550e84-a1b2c3d4",
    "DELETE,    DELETE, /instances/tw-550e84-a1b2c3d4",
    "START,     POST,   /instances/tw-550e84-a1b2c3d4/start",
    "STOP,      POST,   /instances/tw-550e84-a1b2c3d4/stop",
    "RESTART,   POST,   /instances/tw-550e84-a1b2c3d4/restart",
    "RESET,     POST,   /instances/tw-550e84-a1b2c3d4/reset",
    "TEMPLATES, GET,    /templates",
    "ZONES,     GET,    /templates/ubuntu-22-standard/zones",
    "BILLING,   GET,    /limits",
  })
  void sendsEachCallOnceAsTheReferenceHasIt(Operation operation, String method, String path)
      throws ComputeApiException {
    String body =
        switch (operation) {
          case CREATE, GET -> INSTANCE;
          case BILLING -> "{\"limits\":{}}";
          default -> "[]";
        };
    server.answer(Canned.of(200, body));

    call(operation).on(api);

    Asked asked = server.onlyAsked();
    assertThat(asked.method()).isEqualTo(method);
    assertThat(asked.path()).isEqualTo("/api/compute/v1" + path);
    assertThat(asked.headers())
        .containsEntry("accept", "application/json")
        .containsEntry("authorization", "Bearer secret-token-1")
        .doesNotContainKeys("api-key", "api-secret", "accept-encoding", "upgrade");
    assertThat(asked.headers().get("user-agent")).startsWith("compute-operator/");
  }

  @Test
  void createsWithTemplateAndZone() throws ComputeApiException {
    server.answer(Canned.of(201, INSTANCE));

    Seen seen = api.create("ubuntu-22-standard", "us-central1-a", () -> true);

    assertThat(seen.instance().id()).isEqualTo(ID);
    assertThat(seen.credentials()).isEqualTo(TOKEN.fingerprint());
    Asked asked = server.onlyAsked();
    assertThat(asked.body())
        .isEqualTo("{\"template_id\":\"ubuntu-22-standard\",\"zone\":\"us-central1-a\"}");
    assertThat(asked.headers())
        .containsEntry("content-type", "application/json")
        .containsEntry("content-length", String.valueOf(asked.body().length()));
  }

  @Test
  void leavesTheZoneOutWhenNoneIsAskedFor() throws ComputeApiException {
    server.answer(Canned.of(201, INSTANCE));

    api.create("ubuntu-22-standard", null, () -> true);

    assertThat(server.onlyAsked().body()).isEqualTo("{\"template_id\":\"ubuntu-22-standard\"}");
  }

  @Test
  void writesWhateverTemplateIdAsJsonThatHoldsIt() throws ComputeApiException {
    server.answer(Canned.of(201, INSTANCE));

    api.create("a\"b\\c\n€", null, () -> true);

    assertThat(server.onlyAsked().body()).isEqualTo("{\"template_id\":\"a\\\"b\\\\c\\n€\"}");
  }

  @ParameterizedTest
  @EnumSource(names = {"START", "STOP", "RESTART", "RESET"})
  void sendsPowerCallsWithAnEmptyBody(Operation operation) throws ComputeApiException {
    server.answer(Canned.of(202, ""));

    call(operation).on(api);

    assertThat(server.onlyAsked().headers()).containsEntry("content-length", "0");
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a%2Fb",
    "a b?c#d, a%20b%3Fc%23d",
    ".., %2E%2E",
    "ü, %C3%BC",
  })
  void keepsATemplateIdWithinItsPathSegment(String templateId, String segment)
      throws ComputeApiException {
    api.zones(templateId);

    assertThat(server.onlyAsked().path())
        .isEqualTo("/api/compute/v1/templates/" + segment + "/zones");
  }

  @Test
  void toleratesSlashesAtTheEndOfTheBaseUrl() throws ComputeApiException {
    try (HttpComputeApi slashed =
        new HttpComputeApi(
            options(URI.create(server.uri() + "//"), CredentialsSource.fixed(TOKEN)))) {
      slashed.list();
    }

    assertThat(server.onlyAsked().path()).isEqualTo("/api/compute/v1/instances");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://example.test/v1",
        "/v1",
        "https:///v1",
        "https://user:hunter2@example.test/v1",
        "https://example.test/v1?a=hunter2",
        "https://example.test/v1#hunter2"
      })
  void refusesABaseUrlThatCantBeUsedWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> options(URI.create(url), CredentialsSource.fixed(TOKEN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the base URL ")
        .hasMessageNotContaining("hunter2");
  }

  // Credentials.

  @Test
  void sendsAKeyPairInItsTwoHeadersAndNoToken() throws ComputeApiException {
    Credentials pair = new Credentials.KeyPair("key-1", "secret-1");
    try (HttpComputeApi withPair = client(CredentialsSource.fixed(pair))) {
      withPair.list();
    }

    assertThat(server.onlyAsked().headers())
        .containsEntry("api-key", "key-1")
        .containsEntry("api-secret", "secret-1")
        .doesNotContainKey("authorization");
  }

  @Test
  void usesRotatedCredentialsFromTheNextCallOn() throws ComputeApiException {
    AtomicReference<Credentials> current = new AtomicReference<>(TOKEN);
    try (HttpComputeApi rotating = client(() -> Optional.of(current.get()))) {
      Fingerprint before = rotating.list().credentials();
      current.set(new Credentials.KeyPair("key-2", "secret-2"));
      Fingerprint after = rotating.list().credentials();

      assertThat(before).isEqualTo(TOKEN.fingerprint());
      assertThat(after).isEqualTo(current.get().fingerprint()).isNotEqualTo(before);
      assertThat(rotating.credentials()).contains(after);
    }

    assertThat(server.asked().get(0).headers()).containsKey("authorization");
    assertThat(server.asked().get(1).headers())
        .containsEntry("api-key", "key-2")
        .doesNotContainKey("authorization");
  }

  @Test
  void rereadsAMountedSecret(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("token"), "first\n");
    try (HttpComputeApi mounted = client(new DirectoryCredentials(directory))) {
      mounted.list();
      Files.writeString(directory.resolve("token"), "second\n");
      mounted.list();
    }

    assertThat(server.asked())
        .extracting(asked -> HttpAnswers.header(asked, "authorization"))
        .containsExactly("Bearer first", "Bearer second");
  }

  @ParameterizedTest
  @EnumSource
  void sendsNothingWithoutCredentials(Operation operation, @TempDir Path empty) {
    try (HttpComputeApi without = client(new DirectoryCredentials(empty))) {
      ComputeApiException failure =
          catchThrowableOfType(ComputeApiException.class, () -> call(operation).on(without));

      assertThat(failure).isInstanceOf(Unauthenticated.class);
      assertThat(failure.httpStatus()).isZero();
      assertThat(failure.mayHaveHappened()).isFalse();
      assertThat(failure.credentials()).isEmpty();
      assertThat(failure).hasMessageContaining("neither token nor api-key");
      assertThat(without.credentials()).isEmpty();
    }
    assertThat(server.asked()).isEmpty();
  }

  // Successes.

  static Stream<Arguments> successes() {
    return Stream.of(200, 201, 202, 204, 299)
        .flatMap(
            status ->
                EnumSet.of(
                        Operation.DELETE,
                        Operation.START,
                        Operation.STOP,
                        Operation.RESTART,
                        Operation.RESET)
                    .stream()
                    .map(operation -> arguments(operation, status)));
  }

  @ParameterizedTest
  @MethodSource("successes")
  void takesAny2xxForSuccess(Operation operation, int status) throws ComputeApiException {
    server.answer(Canned.of(status, status == 204 ? "" : "<html>whatever</html>"));

    call(operation).on(api);

    assertThat(server.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202})
  void takesAny2xxWithAnIdForACreate(int status) throws ComputeApiException {
    server.answer(Canned.of(status, "{\"id\":\"tw-1\"}"));

    Instance instance = api.create("t", null, () -> true).instance();

    assertThat(instance)
        .isEqualTo(
            new Instance(
                new InstanceId("tw-1"),
                null,
                null,
                null,
                null,
                null,
                InstanceState.UNKNOWN,
                null,
                null,
                null,
                null));
  }

  // Lists.

  @Test
  void readsAnInstanceOfTheReference() throws ComputeApiException {
    server.answer(Canned.of(200, "[" + INSTANCE + "]"));

    Listing listing = api.list();

    assertThat(listing.conclusive()).isTrue();
    assertThat(listing.credentials()).isEqualTo(TOKEN.fingerprint());
    assertThat(listing.instances())
        .containsExactlyEntriesOf(
            Map.of(
                ID,
                new Instance(
                    ID,
                    "tw-550e84-a1b2c3d4",
                    "us-central1-a",
                    "n1-standard-2",
                    "34.120.1.100",
                    "10.128.0.5",
                    InstanceState.RUNNING,
                    "RUNNING",
                    "ubuntu-22-standard",
                    "550e8400-e29b-41d4-a716-446655440000",
                    Instant.parse("2024-01-01T00:00:00Z"))));
  }

  static Stream<Arguments> emptyLists() {
    return Stream.of(
        arguments(named("[]", Canned.of(200, "[]")), true),
        arguments(named("null", Canned.of(200, " null\n")), true),
        arguments(named("404, x-error", Canned.of(404, "").with("x-error", "none")), true),
        arguments(
            named("404, error body", Canned.of(404, "{\"error\":{\"message\":\"none\"}}")), true),
        arguments(named("404, bare", Canned.of(404, "")), false),
        arguments(named("404, HTML", Canned.of(404, "<html>404 page not found</html>")), false),
        arguments(named("404, []", Canned.of(404, "[]")), false),
        arguments(named("404, a gateway's", Canned.of(404, "{\"error\":\"Not Found\"}")), false),
        arguments(named("404, blank x-error", Canned.of(404, "").with("x-error", " ")), false));
  }

  @ParameterizedTest
  @MethodSource("emptyLists")
  void takesEveryFormOfAnEmptyListAndSaysWhetherToBelieveIt(Canned answer, boolean conclusive)
      throws ComputeApiException {
    server.answer(answer);

    Listing listing = api.list();

    assertThat(listing.instances()).isEmpty();
    assertThat(listing.conclusive()).isEqualTo(conclusive);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"id\":\"tw-1\"},{\"status\":\"RUNNING\"}]",
        "[{\"id\":\"tw-1\"},{\"id\":null}]",
        "[{\"id\":\"tw-1\"},{\"id\":\"\"}]",
        "[{\"id\":\"tw-1\"},{\"id\":7}]",
        "[{\"id\":\"tw-1\"},{\"id\":\"../../etc\"}]",
        "[{\"id\":\"tw-1\"},{\"id\":{\"a\":[1]}}]",
        "[{\"id\":\"tw-1\"},null]",
        "[{\"id\":\"tw-1\"},\"tw-2\"]",
        "[{\"id\":\"tw-1\"},[{\"id\":\"tw-2\"}]]",
        "[{\"id\":\"tw-1\"},{\"id\":\"tw-1\"}]"
      })
  void concludesNothingFromAListWithAnEntryThatItCantTell(String body) throws ComputeApiException {
    server.answer(Canned.of(200, body));

    Listing listing = api.list();

    assertThat(listing.conclusive()).isFalse();
    assertThat(listing.instances()).containsOnlyKeys(new InstanceId("tw-1"));
  }

  static Stream<Arguments> noLists() {
    String deep = "[".repeat(100_000);
    return Stream.of(
        arguments(named("empty", "")),
        arguments(named("white space", "  \n")),
        arguments(named("HTML", "<html><body>Welcome</body></html>")),
        arguments(named("text", "OK")),
        arguments(named("an object", "{}")),
        arguments(named("a wrapped list", "{\"instances\":[" + INSTANCE + "]}")),
        arguments(named("a string", "\"[]\"")),
        arguments(named("a number", "0")),
        arguments(named("true", "true")),
        arguments(named("cut off", "[" + INSTANCE)),
        arguments(named("cut off in an entry", "[{\"id\":\"tw-1\",\"zo")),
        arguments(named("more after it", "[]{\"a\":1}")),
        arguments(named("rubbish after it", "[]]")),
        arguments(named("deep arrays", deep)),
        arguments(named("deep arrays in an entry", "[{\"x\":" + deep)),
        arguments(named("deep objects", "[{\"x\":" + "{\"a\":".repeat(100_000))),
        arguments(named("a huge number", "[{\"x\":" + "9".repeat(100_000) + "}]")),
        arguments(named("too many entries", "[" + "{},".repeat(100_000) + "{}]")),
        arguments(named("too many bytes", "[" + " ".repeat(16 * 1024 * 1024) + "]")));
  }

  @ParameterizedTest
  @MethodSource("noLists")
  void concludesNothingFromASuccessThatIsNoList(String body) {
    server.answer(Canned.of(200, body));

    for (Operation operation : Set.of(Operation.LIST, Operation.TEMPLATES, Operation.ZONES)) {
      ComputeApiException failure = failureOf(operation);

      assertThat(failure).isInstanceOf(Unavailable.class);
      assertThat(failure.httpStatus()).isEqualTo(200);
      assertThat(failure.isExplained()).isFalse();
      assertThat(failure.getMessage()).startsWith("HTTP 200, but the ").hasSizeLessThan(257);
    }
  }

  @Test
  void readsAsManyEntriesAsAllowed() throws ComputeApiException {
    StringBuilder body = new StringBuilder("[");
    for (int i = 0; i < 100_000; i++) {
      body.append(i == 0 ? "" : ",").append("{\"id\":\"tw-").append(i).append("\"}");
    }
    server.answer(Canned.of(200, body.append("]").toString()));

    Listing listing = api.list();

    assertThat(listing.instances()).hasSize(100_000);
    assertThat(listing.conclusive()).isTrue();
  }

  @Test
  void neverUnpacksABodyThatIsEncoded() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("[]".getBytes(StandardCharsets.UTF_8));
    }
    server.answer(new Canned(200, Map.of("content-encoding", "gzip"), packed.toByteArray()));

    ComputeApiException failure = failureOf(Operation.LIST);

    assertThat(failure).isInstanceOf(Unavailable.class).hasMessageContaining("encoded");
  }

  @Test
  void readsABodyThatSaysItIsNotEncoded() throws ComputeApiException {
    server.answer(Canned.of(200, "[]").with("content-encoding", "Identity"));

    assertThat(api.list().conclusive()).isTrue();
  }

  // Fields.

  @FunctionalInterface
  interface Check extends Consumer<Instance> {}

  static Stream<Arguments> fields() {
    return Stream.of(
        field("'status':'running'", i -> assertState(i, InstanceState.RUNNING, "RUNNING")),
        field("'status':'stopped'", i -> assertState(i, InstanceState.TERMINATED, "STOPPED")),
        field("'status':'Repairing'", i -> assertState(i, InstanceState.UNKNOWN, "REPAIRING")),
        field("'status':7", i -> assertState(i, InstanceState.UNKNOWN, null)),
        field("'status':null", i -> assertState(i, InstanceState.UNKNOWN, null)),
        field("'userID':'u-1'", i -> assertThat(i.userId()).isEqualTo("u-1")),
        field("'userID':'u-1','customerID':'c'", i -> assertThat(i.userId()).isEqualTo("u-1")),
        field("'userID':'u-2','userId':'u-1'", i -> assertThat(i.userId()).isEqualTo("u-1")),
        field("'userID':'u-2','userId':''", i -> assertThat(i.userId()).isEqualTo("u-2")),
        field("'userId':['u-1']", i -> assertThat(i.userId()).isNull()),
        field(
            "'machineType':'zones/z/machineTypes/n1'",
            i -> assertThat(i.machineType()).isEqualTo("n1")),
        field("'machineType':'n1'", i -> assertThat(i.machineType()).isEqualTo("n1")),
        field("'machineType':'zones/z/'", i -> assertThat(i.machineType()).isNull()),
        field("'externalIp':''", i -> assertThat(i.externalIp()).isNull()),
        field("'internalIp':'  '", i -> assertThat(i.internalIp()).isNull()),
        field("'zone':{'name':'z'}", i -> assertThat(i.zone()).isNull()),
        field("'zone':true", i -> assertThat(i.zone()).isNull()),
        field("'zone':'z','zone':1", i -> assertThat(i.zone()).isNull()),
        field("'zone':'us\\u001b[31m'", i -> assertThat(i.zone()).isNull()),
        field("'zone':'us\\u202ea'", i -> assertThat(i.zone()).isNull()),
        field("'zone':'" + "z".repeat(300) + "'", i -> assertThat(i.zone()).isNull()),
        field("'templateId':1.5", i -> assertThat(i.templateId()).isNull()),
        field("'labels':{'a':[{'b':null}]},'zone':'z'", i -> assertThat(i.zone()).isEqualTo("z")),
        field("'createdAt':'2024-01-01T00:00:00Z'", created("2024-01-01T00:00:00Z")),
        field("'createdAt':'2024-01-01t00:00:00z'", created("2024-01-01T00:00:00Z")),
        field("'createdAt':'2024-01-01T02:00:00+02:00'", created("2024-01-01T00:00:00Z")),
        field("'createdAt':'2024-01-01T02:00:00+0200'", created("2024-01-01T00:00:00Z")),
        field("'createdAt':'2024-01-01T00:00:00'", created("2024-01-01T00:00:00Z")),
        field("'createdAt':'2024-01-01T00:00'", created("2024-01-01T00:00:00Z")),
        field(
            "'createdAt':'2024-01-01T00:00:00.123456789Z'",
            created("2024-01-01T00:00:00.123456789Z")),
        field("'createdAt':'2024-01-01T00:00:00.5-07:00'", created("2024-01-01T07:00:00.5Z")),
        field("'createdAt':'2024-13-01T00:00:00Z'", i -> assertThat(i.createdAt()).isNull()),
        field("'createdAt':'+999999999-01-01T00:00:00Z'", i -> assertThat(i.createdAt()).isNull()),
        field("'createdAt':'yesterday'", i -> assertThat(i.createdAt()).isNull()),
        field("'createdAt':1704067200", i -> assertThat(i.createdAt()).isNull()));
  }

  private static Arguments field(String json, Check check) {
    return arguments(json, named("as expected", check));
  }

  private static Check created(String instant) {
    return i -> assertThat(i.createdAt()).isEqualTo(Instant.parse(instant));
  }

  private static void assertState(Instance instance, InstanceState state, String text) {
    assertThat(instance.state()).isEqualTo(state);
    assertThat(instance.stateText()).isEqualTo(text);
  }

  @ParameterizedTest
  @MethodSource("fields")
  void readsFieldsInEveryDialectAndTakesAnUnreadableOneForAbsent(String field, Check check)
      throws ComputeApiException {
    server.answer(Canned.of(200, ("[{'id':'tw-1'," + field + "}]").replace('\'', '"')));

    Listing listing = api.list();

    assertThat(listing.conclusive()).isTrue();
    check.accept(listing.find(new InstanceId("tw-1")).orElseThrow());
  }

  // Single instances.

  @Test
  void getsOneInstance() throws ComputeApiException {
    server.answer(Canned.of(200, INSTANCE));

    Seen seen = api.get(ID);

    assertThat(seen.instance().state()).isEqualTo(InstanceState.RUNNING);
    assertThat(seen.credentials()).isEqualTo(TOKEN.fingerprint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"id\":\"\"}",
        "{\"id\":12}",
        "{\"id\":\"a b\"}",
        "{\"instance\":{\"id\":\"tw-550e84-a1b2c3d4\"}}",
        "<html></html>",
        "{\"id\":\"tw-550e84-a1b2c3d4\"",
        "{\"id\":\"tw-550e84-a1b2c3d4\"} {}"
      })
  void concludesNothingFromASuccessWithoutAUsableInstance(String body) {
    server.answer(Canned.of(201, body));

    for (Operation operation : Set.of(Operation.CREATE, Operation.GET)) {
      ComputeApiException failure = failureOf(operation);

      assertThat(failure).isInstanceOf(Unavailable.class);
      assertThat(failure.mayHaveHappened()).isTrue();
      assertThat(failure.httpStatus()).isEqualTo(201);
    }
  }

  @Test
  void concludesNothingFromAnotherInstanceThanTheOneAskedFor() {
    server.answer(Canned.of(200, "{\"id\":\"tw-other\"}"));

    ComputeApiException failure = failureOf(Operation.GET);

    assertThat(failure).isInstanceOf(Unavailable.class).hasMessageContaining("another instance");
  }

  // Templates and zones.

  @Test
  void readsTemplatesAndLeavesOutThoseWithoutAnId() throws ComputeApiException {
    server.answer(
        Canned.of(
            200,
            """
            [{"id":"ubuntu-22-standard","name":"Ubuntu 22","description":"Two\\nlines \\u001b[1mbold",
              "machineType":"zones/z/machineTypes/n1","diskSizeGb":50,"diskType":"pd-ssd",
              "image":"ubuntu-2204","region":"us-central1","price":{"a":1}},
             {"id":"bare","diskSizeGb":"50","region":""},
             {"name":"no id"}, null, 7]
            """));

    List<Template> templates = api.templates();

    assertThat(templates)
        .containsExactly(
            new Template(
                "ubuntu-22-standard",
                "Ubuntu 22",
                "Two lines bold",
                "n1",
                50L,
                "pd-ssd",
                "ubuntu-2204",
                "us-central1"),
            new Template("bare", null, null, null, null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1e400", "1e99", "99999999999999999999", "1.5", "true", "[1]", "{}"})
  void takesADiskSizeThatIsNoWholeNumberForAbsent(String size) throws ComputeApiException {
    server.answer(Canned.of(200, "[{\"id\":\"t\",\"diskSizeGb\":" + size + ",\"region\":\"r\"}]"));

    assertThat(api.templates())
        .containsExactly(new Template("t", null, null, null, null, null, null, "r"));
  }

  @Test
  void readsZonesAndLeavesOutWhatIsNoName() throws ComputeApiException {
    server.answer(
        Canned.of(200, "[\"us-central1-a\", \"\", null, 7, {\"a\":1}, \"us-central1-b\"]"));

    assertThat(api.zones("t")).containsExactly("us-central1-a", "us-central1-b");
  }

  @Test
  void takesAnExplained404ForNoTemplatesButNotForNoZones() throws ComputeApiException {
    server.answer(Canned.of(404, "").with("x-error", "template not found"));

    assertThat(api.templates()).isEmpty();
    assertThat(failureOf(Operation.ZONES)).isInstanceOf(NotFound.class);
  }

  @Test
  void concludesNothingAboutTemplatesFromAGateways404() {
    server.answer(Canned.of(404, "nothing here"));

    assertThat(failureOf(Operation.TEMPLATES)).isInstanceOf(NotFound.class);
  }

  @Test
  void readsLimitsAndQuotasAndLeavesOutWhatIsNone() throws ComputeApiException {
    server.answer(
        Canned.of(
            200,
            """
            {"customerId": "c", "tierName": "gold", "limits": {
              "compute-api": {
                "create": {"value": 20, "window": "minute", "description": "x"},
                "delete": {"value": -1, "window": 7},
                "start": {"value": "20", "window": "minute"},
                "stop": {"value": 1.5, "window": "minute"},
                "reset": {"value": 99999999999999999999999, "window": "minute"},
                "get": [], "list": null, "": {"value": 1}
              },
              "other": 7, "third": {"x": {"value": 0, "window": "day"}}}}
            """));

    assertThat(((BillingApi) api).limits())
        .containsExactly(
            new Allowance("compute-api", "create", 20, "minute"),
            new Allowance("compute-api", "delete", -1, null),
            new Allowance("third", "x", 0, "day"));

    server.answer(Canned.of(200, "{\"quotas\":{\"compute-api\":{\"max\":{\"value\":3}}}}"));
    assertThat(((BillingApi) api).quotas())
        .containsExactly(new Allowance("compute-api", "max", 3, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{}", "{\"limits\":[]}", "{\"limits\":{", "<html>"})
  void concludesNothingFromASuccessThatHasNoLimits(String body) {
    server.answer(Canned.of(200, body));

    assertThat(failureOf(Operation.BILLING)).isInstanceOf(Unavailable.class);
  }

  // Refusals and failures.

  static Stream<Arguments> statuses() {
    Stream.Builder<Arguments> rows = Stream.builder();
    for (Operation operation : Operation.values()) {
      rows.add(arguments(operation, 400, Rejected.class));
      rows.add(arguments(operation, 401, Unauthenticated.class));
      rows.add(
          arguments(
              operation,
              403,
              operation == Operation.CREATE ? QuotaExceeded.class : Unauthenticated.class));
      if (operation != Operation.LIST && operation != Operation.TEMPLATES) {
        rows.add(arguments(operation, 404, NotFound.class));
      }
      rows.add(arguments(operation, 429, RateLimited.class));
      for (int status : new int[] {301, 302, 304, 307, 308, 402, 405, 407, 409, 418, 422}) {
        rows.add(arguments(operation, status, Unavailable.class));
      }
      for (int status : new int[] {500, 501, 502, 503, 504, 599}) {
        rows.add(arguments(operation, status, Unavailable.class));
      }
    }
    return rows.build();
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void classifiesByStatusAlone(Operation operation, int status, Class<?> type) {
    server.answer(
        Canned.of(status, "")
            .with("x-error", "some text")
            .with("x-error-id", "e-1")
            .with("location", server.uri() + "/elsewhere"));

    ComputeApiException failure = failureOf(operation);

    assertThat(failure).isExactlyInstanceOf(type).hasMessage("some text").hasNoCause();
    assertThat(failure.httpStatus()).isEqualTo(status);
    assertThat(failure.errorId()).contains("e-1");
    assertThat(failure.isExplained()).isTrue();
    assertThat(failure.credentials()).contains(TOKEN.fingerprint());
    assertThat(failure.mayHaveHappened()).isEqualTo(type == Unavailable.class);
    assertThat(server.asked()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 429})
  void believesNoRefusalWithoutTheApisOwnMessage(int status) {
    server.answer(Canned.of(status, "<html>refused</html>").with("x-error-id", "e-1"));

    ComputeApiException failure = failureOf(Operation.CREATE);

    assertThat(failure).isInstanceOf(ComputeApiException.Refused.class);
    assertThat(failure.isExplained()).isFalse();
    assertThat(failure.mayHaveHappened()).isTrue();
    assertThat(failure).hasMessage("HTTP " + status + " without a message");
  }

  @Test
  void survivesAChallengeForCredentialsThatItHasNot() {
    server.answer(Canned.of(401, "").with("WWW-Authenticate", "Basic realm=\"x\""));
    Credentials pair = new Credentials.KeyPair("key-1", "secret-1");

    try (HttpComputeApi withPair = client(CredentialsSource.fixed(pair))) {
      assertThatThrownBy(withPair::list).isInstanceOf(Unauthenticated.class);
    }

    assertThat(server.asked()).hasSize(1);
  }

  static Stream<Arguments> errorBodies() {
    return Stream.of(
        arguments(
            "{'error':{'message':'too many','type':'quota','code':'e-7'}}",
            "too many",
            "e-7",
            true),
        arguments("{'x':[{'y':1}],'error':{'message':'m','more':{'a':[]}}}", "m", null, true),
        arguments("{'error':{'message':'m','code':7}}", "m", null, true),
        arguments("{'error':'text'}", "text", null, false),
        arguments("{'error':{'message':''}}", null, null, false),
        arguments("{'error':{'message':['m']}}", null, null, false),
        arguments("{'error':{'code':'c'}}", null, "c", false),
        arguments("{'error':null}", null, null, false),
        arguments("{'error':" + "[".repeat(10_000), null, null, false),
        arguments("{'error':{'message':'cut off", null, null, false),
        arguments("{'message':'m'}", null, null, false),
        arguments("['error']", null, null, false),
        arguments("'error'", null, null, false),
        arguments("{'error':{'message':'\\u001b[31mred\\nline\\u202e'}}", "red line", null, true),
        arguments(
            "{'error':{'message':'" + "x".repeat(9_000) + "'}}", "x".repeat(256), null, true));
  }

  @ParameterizedTest
  @MethodSource("errorBodies")
  void readsTheErrorFromTheBodyWhenNoHeaderHasIt(
      String body, String message, String errorId, boolean explained) {
    server.answer(Canned.of(400, body.replace('\'', '"')));

    ComputeApiException failure = failureOf(Operation.CREATE);

    assertThat(failure).isInstanceOf(Rejected.class);
    assertThat(failure).hasMessage(message == null ? "HTTP 400 without a message" : message);
    assertThat(failure.errorId()).isEqualTo(Optional.ofNullable(errorId));
    assertThat(failure.isExplained()).isEqualTo(explained);
  }

  @Test
  void prefersTheHeadersToTheBody() {
    server.answer(
        Canned.of(400, "{\"error\":{\"message\":\"of the body\",\"code\":\"c\"}}")
            .with("X-Error", "of the header")
            .with("X-Error-Id", "h"));

    ComputeApiException failure = failureOf(Operation.START);

    assertThat(failure).hasMessage("of the header");
    assertThat(failure.errorId()).contains("h");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret-token-1", "se\u0080cret-\u0085token-1", "a secret-token-1."})
  void neverShowsASecretThatTheServerEchoes(String echoed) {
    server.answer(
        Canned.of(401, "{\"error\":{\"message\":\"" + echoed + "\"}}")
            .with("x-error", "x".repeat(246) + "secret-token-1")
            .with("x-error-id", echoed));
    ComputeApiException byHeader = failureOf(Operation.STOP);
    server.answer(Canned.of(401, "{\"error\":{\"message\":\"" + echoed + "\"}}"));
    ComputeApiException byBody = failureOf(Operation.STOP);

    assertThat(byHeader.getMessage()).endsWith("xxx***");
    assertThat(byHeader.errorId().orElse("")).doesNotContain("token-1");
    assertThat(byBody.getMessage()).doesNotContain("token-1");
  }

  @Test
  void showsNoSecretInAnyTextOfItsOwn() {
    Credentials pair = new Credentials.KeyPair("key-1", "secret-1");
    HttpComputeApi.Options options = options(server.uri(), CredentialsSource.fixed(pair));

    assertThat(options + " " + api + " " + TOKEN + " " + pair + " " + TOKEN.fingerprint())
        .doesNotContain("secret-token-1", "key-1", "secret-1");
  }

  @Test
  void refusesAJvmThatRepeatsRequestsOfAllMethods() {
    String property = "jdk.httpclient.enableAllMethodRetry";
    System.setProperty(property, "");
    try {
      assertThatThrownBy(() -> client(CredentialsSource.fixed(TOKEN)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(property);
    } finally {
      System.clearProperty(property);
    }
  }
}
