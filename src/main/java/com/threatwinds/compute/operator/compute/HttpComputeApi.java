package com.threatwinds.compute.operator.compute;

import com.threatwinds.compute.operator.compute.ComputeApiException.Answer;
import com.threatwinds.compute.operator.compute.ComputeApiException.NotFound;
import com.threatwinds.compute.operator.compute.ComputeApiException.NotSent;
import com.threatwinds.compute.operator.compute.ComputeApiException.QuotaExceeded;
import com.threatwinds.compute.operator.compute.ComputeApiException.RateLimited;
import com.threatwinds.compute.operator.compute.ComputeApiException.Rejected;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unauthenticated;
import com.threatwinds.compute.operator.compute.ComputeApiException.Unavailable;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the Compute API over HTTP/1.1: one private {@code send}, no retries, no log. One with
 * the Billing API's base URL talks to that.
 *
 * <p>What the JDK's client does by itself (read in the source of 21 and 25), and what is done about
 * it:
 *
 * <ul>
 *   <li>It connects again, once, when connecting failed. Nothing was sent by then.
 *   <li>It sends a GET again, once, when the connection ended before the first byte of an answer;
 *       never a POST or DELETE, unless the system property {@code
 *       jdk.httpclient.enableAllMethodRetry} is set, which this class therefore refuses. The repeat
 *       lies within the same deadline and changes nothing; only {@code
 *       -Djdk.httpclient.redirects.retrylimit=1} switches it off, and for the whole JVM.
 *   <li>It keeps connections for reuse. A server that closes an idle one just when a request goes
 *       out leaves its outcome open. Deletes, starts and stops can be repeated, so they share
 *       connections, as reads do. An open create costs minutes, and an open restart or reset is
 *       never known; so these travel on a new connection, closed behind them. Only a client of its
 *       own has one, and each client is a thread and some sockets: creates come one at a time,
 *       restarts and resets {@value #MOST_ONCE_ONLY} at a time at most. The rest of these wait, and
 *       keep nobody else waiting, for half of their time.
 *   <li>Its time-out ends with the head of an answer. So the deadline here is ours, over
 *       everything: connecting, proxy, TLS, request, head and whole body. When it passes, the
 *       exchange is cancelled, which closes the connection.
 *   <li>It fails on a 204 that declares a body, before anybody sees the status: {@link
 *       Unavailable}.
 * </ul>
 *
 * <p>An interrupt does not end a call: its answer is waited for, until the deadline at most, and
 * the thread's flag is set again. Half a create is worth less than the seconds saved.
 */
public final class HttpComputeApi implements ComputeApi, BillingApi, AutoCloseable {

  private static final int MAX_MESSAGE = 256;
  private static final int MOST_ONCE_ONLY = 8;
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
  private static final String HELD_BACK = "held back by its fence";
  private static final String RETRY_ALL = "jdk.httpclient.enableAllMethodRetry";

  /**
   * How to reach the API.
   *
   * @param baseUrl http or https, without user, query and fragment; slashes at its end don't count
   * @param timeout of one call, from connecting to the last byte of the answer
   * @param credentials asked for each call
   * @param caFile PEM file of certificate authorities to trust besides the JVM's
   * @param proxies which proxy to use; empty for the JVM's own settings
   * @param fence asked before each call that changes something, on the open connection where it has
   *     a body; false stops it there, as {@link NotSent}
   * @param clock ours, for a {@code Retry-After} that names a time and stands beside no date
   */
  public record Options(
      URI baseUrl,
      Duration timeout,
      CredentialsSource credentials,
      Optional<Path> caFile,
      Optional<ProxySelector> proxies,
      BooleanSupplier fence,
      InstantSource clock) {

    /**
     * @throws IllegalArgumentException for a base URL or time-out that can't be used; the message
     *     doesn't repeat the URL, which may hold a password
     */
    public Options {
      String scheme = baseUrl.getScheme();
      if (!"https".equalsIgnoreCase(scheme) && !"http".equalsIgnoreCase(scheme)) {
        throw new IllegalArgumentException("the base URL must start with https:// or http://");
      }
      if (baseUrl.getHost() == null) {
        throw new IllegalArgumentException("the base URL names no host");
      }
      if (baseUrl.getRawUserInfo() != null
          || baseUrl.getRawQuery() != null
          || baseUrl.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "the base URL must not have a user, a query or a fragment");
      }
      if (!timeout.isPositive() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
        throw new IllegalArgumentException("the time-out must be between zero and one hour");
      }
    }
  }

  private final Options options;
  private final String base;
  private final SSLContext tls;
  private final String userAgent;
  private final HttpClient reads;
  private final HttpClient repeatables;
  private final Semaphore onceOnly = new Semaphore(MOST_ONCE_ONLY);
  private final ApiClock clock;

  /**
   * @throws IllegalArgumentException if the CA file can't be used, or if the JVM was told to repeat
   *     requests of all methods
   */
  public HttpComputeApi(Options options) {
    this(options, System::nanoTime);
  }

  HttpComputeApi(Options options, LongSupplier nanoTime) {
    String retryAll = System.getProperty(RETRY_ALL);
    if (retryAll != null && (retryAll.isEmpty() || Boolean.parseBoolean(retryAll))) {
      throw new IllegalArgumentException(
          "the system property " + RETRY_ALL + " must not be set: it would send creates twice");
    }
    this.options = options;
    this.base = options.baseUrl().toString().replaceAll("/+$", "");
    this.tls =
        options
            .caFile()
            .map(TrustedCertificates::contextWith)
            .orElseGet(HttpComputeApi::defaultContext);
    this.userAgent = userAgent();
    this.clock = new ApiClock(nanoTime);
    this.reads = newClient();
    this.repeatables = newClient();
  }

  @Override
  public Seen create(String templateId, @Nullable String zone, BooleanSupplier fence)
      throws ComputeApiException {
    byte[] body = ApiJson.createBody(templateId, zone);
    Reply reply =
        send(
            new Call(
                Operation.CREATE,
                "POST",
                "/instances",
                OneShotBody.of(
                    body, () -> fence.getAsBoolean() && options.fence().getAsBoolean())));
    return reply.requireSuccess().seen(null);
  }

  @Override
  public Listing list() throws ComputeApiException {
    Reply reply = send(read(Operation.LIST, "/instances"));
    if (reply.status() == 404) {
      return new Listing(Map.of(), reply.isExplained(), reply.fingerprint());
    }
    ApiJson.Instances instances = reply.requireSuccess().read(ApiJson::instances);
    return new Listing(instances.byId(), instances.complete(), reply.fingerprint());
  }

  @Override
  public Seen get(InstanceId id) throws ComputeApiException {
    return send(read(Operation.GET, "/instances/" + id)).requireSuccess().seen(id);
  }

  @Override
  public void delete(InstanceId id) throws ComputeApiException {
    send(new Call(Operation.DELETE, "DELETE", "/instances/" + id, null)).requireSuccess();
  }

  @Override
  public void start(InstanceId id) throws ComputeApiException {
    power(Operation.START, id);
  }

  @Override
  public void stop(InstanceId id) throws ComputeApiException {
    power(Operation.STOP, id);
  }

  @Override
  public void restart(InstanceId id) throws ComputeApiException {
    power(Operation.RESTART, id);
  }

  @Override
  public void reset(InstanceId id) throws ComputeApiException {
    power(Operation.RESET, id);
  }

  @Override
  public List<Template> templates() throws ComputeApiException {
    Reply reply = send(read(Operation.TEMPLATES, "/templates"));
    if (reply.status() == 404 && reply.isExplained()) {
      return List.of();
    }
    return reply.requireSuccess().read(ApiJson::templates);
  }

  @Override
  public List<String> zones(String templateId) throws ComputeApiException {
    return send(read(Operation.ZONES, "/templates/" + pathSegment(templateId) + "/zones"))
        .requireSuccess()
        .read(ApiJson::zones);
  }

  @Override
  public List<Allowance> limits() throws ComputeApiException {
    return send(read(Operation.BILLING, "/limits")).requireSuccess().read(ApiJson::limits);
  }

  @Override
  public List<Allowance> quotas() throws ComputeApiException {
    return send(read(Operation.BILLING, "/quotas")).requireSuccess().read(ApiJson::quotas);
  }

  @Override
  public Optional<Instant> now() {
    return clock.now();
  }

  @Override
  public Optional<Fingerprint> credentials() {
    return options.credentials().current().map(Credentials::fingerprint);
  }

  /** Ends the calls under way that can be repeated, and their connections. */
  @Override
  public void close() {
    reads.shutdownNow();
    repeatables.shutdownNow();
  }

  @Override
  public String toString() {
    return "HttpComputeApi[" + base + "]";
  }

  private void power(Operation operation, InstanceId id) throws ComputeApiException {
    String path = "/instances/" + id + "/" + operation;
    send(new Call(operation, "POST", path, OneShotBody.empty(options.fence()))).requireSuccess();
  }

  private static Call read(Operation operation, String path) {
    return new Call(operation, "GET", path, null);
  }

  private record Call(Operation operation, String method, String path, @Nullable OneShotBody body) {

    /** Whether the head of a success says all that there is to know. */
    boolean isAnsweredBy(int status) {
      return switch (operation) {
        case DELETE, START, STOP, RESTART, RESET -> isSuccess(status);
        case CREATE, LIST, GET, TEMPLATES, ZONES, BILLING -> false;
      };
    }
  }

  private Reply send(Call call) throws ComputeApiException {
    Credentials credentials = options.credentials().current().orElse(null);
    if (credentials == null) {
      String problem = options.credentials().problem().map(p -> ": " + p).orElse("");
      String message =
          PrintableText.of("no credentials to call the API with" + problem, MAX_MESSAGE);
      throw new Unauthenticated(
          new Answer(call.operation(), 0, message, true, null, null, null, null));
    }
    if (call.operation() == Operation.DELETE && !options.fence().getAsBoolean()) {
      throw notSent(call, credentials, HELD_BACK);
    }
    long deadline = System.nanoTime() + options.timeout().toNanos();
    return switch (call.operation()) {
      case LIST, GET, TEMPLATES, ZONES, BILLING -> send(call, credentials, reads, deadline);
      case DELETE, START, STOP -> send(call, credentials, repeatables, deadline);
      case CREATE -> sendAlone(call, credentials, deadline);
      case RESTART, RESET -> sendInTurn(call, credentials, deadline);
    };
  }

  private Reply sendInTurn(Call call, Credentials credentials, long deadline)
      throws ComputeApiException {
    boolean mayGo = false;
    try {
      // What is left must do for its answer: one that comes too late is never known.
      mayGo = onceOnly.tryAcquire(options.timeout().toNanos() / 2, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!mayGo) {
      throw notSent(call, credentials, "too many restarts and resets at a time");
    }
    try {
      return sendAlone(call, credentials, deadline);
    } finally {
      onceOnly.release();
    }
  }

  private Reply sendAlone(Call call, Credentials credentials, long deadline)
      throws ComputeApiException {
    HttpClient own = newClient();
    try {
      return send(call, credentials, own, deadline);
    } finally {
      own.shutdownNow();
    }
  }

  private Reply send(Call call, Credentials credentials, HttpClient client, long deadline)
      throws ComputeApiException {
    Ear ear = new Ear(call);
    CompletableFuture<HttpResponse<BoundedBody>> exchange = null;
    byte[] body = null;
    String failure = "";
    boolean unsent = false;
    try {
      exchange = client.sendAsync(request(call, credentials), ear);
      body = await(exchange, deadline).body().take();
    } catch (TimeoutException e) {
      failure = "no complete answer within " + options.timeout();
    } catch (ExecutionException | RuntimeException e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      failure = describe(cause);
      unsent = isBeforeSending(cause);
    } finally {
      // The gate first: what has not gone out by now never will.
      if (call.body() != null) {
        unsent = !call.body().stop();
      }
      if (exchange != null) {
        exchange.cancel(true);
      }
    }
    Head head = ear.head;
    if (head != null) {
      return new Reply(call.operation(), head, body, credentials, unsent);
    }
    if (call.body() != null && call.body().isRefused()) {
      failure = HELD_BACK;
    }
    String message = shown(failure, credentials);
    Answer answer =
        new Answer(
            call.operation(), 0, message, false, null, null, credentials.fingerprint(), null);
    throw unsent ? new NotSent(answer) : new Unavailable(answer);
  }

  private static NotSent notSent(Call call, Credentials credentials, String why) {
    return new NotSent(
        new Answer(call.operation(), 0, why, false, null, null, credentials.fingerprint(), null));
  }

  private HttpRequest request(Call call, Credentials credentials) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + call.path()))
            .setHeader("accept", "application/json")
            .setHeader("user-agent", userAgent);
    switch (credentials) {
      case Credentials.Token token -> request.setHeader("Authorization", "Bearer " + token.token());
      case Credentials.KeyPair pair ->
          request.setHeader("api-key", pair.key()).setHeader("api-secret", pair.secret());
    }
    if (call.operation() == Operation.CREATE) {
      request.setHeader("content-type", "application/json");
    }
    if (call.body() != null) {
      return request.method(call.method(), call.body()).build();
    }
    return call.operation() == Operation.DELETE ? request.DELETE().build() : request.GET().build();
  }

  private static HttpResponse<BoundedBody> await(
      CompletableFuture<HttpResponse<BoundedBody>> exchange, long deadline)
      throws ExecutionException, TimeoutException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return exchange.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Head(ResponseInfo info, long at) {}

  /** Keeps the head of the answer, so that it counts even if the body never ends. */
  private final class Ear implements BodyHandler<BoundedBody> {
    private final Call call;
    private volatile @Nullable Head head;

    private Ear(Call call) {
      this.call = call;
    }

    @Override
    public BodySubscriber<BoundedBody> apply(ResponseInfo info) {
      head = new Head(info, clock.reading());
      return call.isAnsweredBy(info.statusCode())
          ? BoundedBody.unread()
          : BoundedBody.upTo(ApiJson.MAX_BODY);
    }
  }

  /** For calls without a body, where only the kind of failure tells how far they came. */
  private static boolean isBeforeSending(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof HttpConnectTimeoutException
          || t instanceof UnresolvedAddressException
          || t instanceof SSLHandshakeException) {
        return true;
      }
    }
    return false;
  }

  private static String describe(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = failure.getMessage() == null ? root.getMessage() : failure.getMessage();
    String kind = (failure.getMessage() == null ? root : failure).getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message;
  }

  /**
   * Secrets go between cleaning and cutting: before, a control character could hide one, and
   * afterwards its half would no longer be recognised.
   */
  private static String shown(String text, Credentials credentials) {
    String clean = PrintableText.of(text, Integer.MAX_VALUE);
    return PrintableText.of(credentials.redact(clean), MAX_MESSAGE);
  }

  private HttpClient newClient() {
    SSLParameters parameters = tls.getDefaultSSLParameters();
    // The JDK's default, unless a system property weakens it.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    Duration timeout = options.timeout();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
            .executor(Thread::startVirtualThread)
            .sslContext(tls)
            .sslParameters(parameters);
    options.proxies().ifPresent(builder::proxy);
    return builder.build();
  }

  private static SSLContext defaultContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  private static String userAgent() {
    String version = HttpComputeApi.class.getPackage().getImplementationVersion();
    boolean usable = version != null && version.matches("[A-Za-z0-9._+-]{1,64}");
    return "compute-operator/" + (usable ? version : "dev");
  }

  /** Percent-encoded, whatever it holds: an id from outside never changes the path around it. */
  private static String pathSegment(String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    return encoded.matches("\\.+") ? encoded.replace(".", "%2E") : encoded;
  }

  private static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  @FunctionalInterface
  private interface BodyReader<T> {
    T read(byte[] body) throws UnreadableAnswerException;
  }

  /** An answer whose head came whole; {@code body} is null if it was cut, too long or too late. */
  private final class Reply {
    private final Operation operation;
    private final int status;
    private final HttpHeaders headers;
    private final long at;
    private final byte @Nullable [] body;
    private final Credentials credentials;
    private final boolean unsent;
    private final ApiJson.ErrorBody error;

    private Reply(
        Operation operation,
        Head head,
        byte @Nullable [] body,
        Credentials credentials,
        boolean unsent) {
      this.operation = operation;
      this.status = head.info().statusCode();
      this.headers = head.info().headers();
      this.at = head.at();
      this.body = body;
      this.credentials = credentials;
      this.unsent = unsent;
      this.error =
          isSuccess(status) || body == null || isEncoded()
              ? new ApiJson.ErrorBody(null, null, false)
              : ApiJson.error(body);
    }

    int status() {
      return status;
    }

    Fingerprint fingerprint() {
      return credentials.fingerprint();
    }

    /** Whether the API itself said what is wrong, and not any gateway on the way. */
    boolean isExplained() {
      return !shown(header("x-error")).isEmpty()
          || (error.own() && !shown(error.message()).isEmpty());
    }

    Reply requireSuccess() throws ComputeApiException {
      if (isSuccess(status)) {
        return this;
      }
      throw switch (status) {
        case 400 -> new Rejected(refusal());
        case 401 -> new Unauthenticated(refusal());
        case 403 ->
            operation == Operation.CREATE
                ? new QuotaExceeded(refusal())
                : new Unauthenticated(refusal());
        case 404 -> new NotFound(refusal());
        case 429 -> new RateLimited(refusal());
        // A proxy's own answer, from before the request was sent through it.
        case 407 -> unsent ? new NotSent(refusal()) : new Unavailable(refusal());
        default -> new Unavailable(refusal());
      };
    }

    <T> T read(BodyReader<T> reader) throws ComputeApiException {
      if (body == null) {
        throw unreadable("the body was cut off, or is too long");
      }
      if (isEncoded()) {
        throw unreadable("the body is encoded, which was not asked for");
      }
      try {
        T value = reader.read(body);
        // Any gateway on the way can date an error; only the API has said something that we asked.
        clock.set(headers, at);
        return value;
      } catch (UnreadableAnswerException e) {
        throw unreadable(e.getMessage());
      }
    }

    /**
     * @param id the one that was asked for; null if it is the server's to choose
     */
    Seen seen(@Nullable InstanceId id) throws ComputeApiException {
      Instance instance = read(ApiJson::instance).orElse(null);
      if (instance == null) {
        throw unreadable("the body has no instance with a usable id");
      }
      if (id != null && !id.equals(instance.id())) {
        throw unreadable("the body has another instance than the one asked for");
      }
      return new Seen(instance, fingerprint());
    }

    private Unavailable unreadable(@Nullable String why) {
      return new Unavailable(
          new Answer(
              operation,
              status,
              "HTTP " + status + ", but " + why,
              false,
              errorId(),
              null,
              fingerprint(),
              null));
    }

    private Answer refusal() {
      String own = shown(header("x-error"));
      String text = own.isEmpty() ? shown(error.message()) : own;
      return new Answer(
          operation,
          status,
          text.isEmpty() ? "HTTP " + status + " without a message" : text,
          isExplained(),
          errorId(),
          retryAfter(),
          fingerprint(),
          null);
    }

    private @Nullable String errorId() {
      String own = shown(header("x-error-id"));
      String id = own.isEmpty() ? shown(error.code()) : own;
      return id.isEmpty() ? null : id;
    }

    private @Nullable Duration retryAfter() {
      if (status != 429 && status != 503) {
        return null;
      }
      Instant theirs =
          headers
              .firstValue("date")
              .flatMap(RetryAfter::httpDate)
              .or(HttpComputeApi.this::now)
              .orElseGet(options.clock()::instant);
      return headers
          .firstValue("retry-after")
          .flatMap(value -> RetryAfter.parse(value, theirs))
          .orElse(null);
    }

    private boolean isEncoded() {
      return headers.allValues("content-encoding").stream()
          .anyMatch(value -> !value.isBlank() && !value.strip().equalsIgnoreCase("identity"));
    }

    private @Nullable String header(String name) {
      return headers.firstValue(name).map(PrintableText::ofHeader).orElse(null);
    }

    private String shown(@Nullable String text) {
      return text == null ? "" : HttpComputeApi.shown(text, credentials);
    }
  }
}
