package com.threatwinds.compute.operator.kubeproxy;

import com.threatwinds.compute.operator.testing.Kubeconfig;
import com.threatwinds.compute.operator.testing.Workspace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands between one operator process and the API server. The operator is given {@link
 * #kubeconfig}, and acts as the user of the kubeconfig that the proxy was started with.
 *
 * <p>What is done here through a method has been done when the method returns.
 */
public final class ApiServerProxy implements AutoCloseable {

  private static final String PLURAL = "computeinstances";
  private static final String LIST = "/apis/compute.threatwinds.com/v1alpha1/" + PLURAL;

  private final Workspace workspace = Workspace.create("api-server-proxy");
  private final EventLoop loop = new EventLoop();
  private final KubeRecord record = new KubeRecord();
  private final KubeFaults faults = new KubeFaults(loop);
  private final Map<String, Watches> watches = new ConcurrentHashMap<>();
  private final OldLists oldLists = new OldLists(PLURAL);
  private final Network network = new Network();
  private final Upstream upstream;
  private final Kubeconfig kubeconfig;
  private final int port;
  private @Nullable HttpServer server;
  private @Nullable ReservedPort reserved;

  private ApiServerProxy(Path upstreamKubeconfig) {
    try {
      upstream = new Upstream(loop.vertx(), upstreamKubeconfig, this::watches);
      server = listen(0);
      port = server.actualPort();
      kubeconfig =
          Kubeconfig.write(
              workspace.file("kubeconfig"), "http://127.0.0.1:" + port, null, "not-passed-on");
    } catch (RuntimeException e) {
      loop.close();
      workspace.close();
      throw e;
    }
  }

  /**
   * Starts one on the loopback address.
   *
   * @param upstreamKubeconfig with the server, its certificate, and a user's token
   */
  public static ApiServerProxy start(Path upstreamKubeconfig) {
    return new ApiServerProxy(upstreamKubeconfig);
  }

  /** For the operator. */
  public Path kubeconfig() {
    return kubeconfig.file();
  }

  public KubeRecord record() {
    return record;
  }

  public KubeFaults faults() {
    return faults;
  }

  /** The watches of our own resource. */
  public Watches watches() {
    return watches(PLURAL);
  }

  /** The watches of another one, such as {@code leases}. */
  public Watches watches(String plural) {
    return watches.computeIfAbsent(plural, any -> new Watches(loop));
  }

  /** All connections are reset, new ones refused; what has been forwarded is not called back. */
  public void offline() {
    HttpServer open = server;
    if (open == null) {
      return;
    }
    server = null;
    loop.call(
        () -> {
          network.cutAll();
          return open.close();
        });
    reserved = loop.call(() -> reserve(100));
  }

  /** Accepts connections again, on the same port. */
  public void online() {
    if (server == null) {
      release();
      server = listen(port);
    }
  }

  /**
   * The network swallows everything: connections stay open, new ones are accepted, and nothing
   * passes in either direction.
   */
  public void freeze() {
    loop.run(network::freeze);
  }

  /** What was held passes, in its order. */
  public void thaw() {
    loop.run(network::thaw);
    // a timer comes after the events that wait by then, such as the end of a connection
    loop.call(() -> loop.after(Duration.ofMillis(1)).onSuccess(looked -> network.answer()));
  }

  /** Remembers the list of our own resource as it is now, over all namespaces. */
  public void rememberList() {
    loop.call(() -> upstream.get(LIST).onSuccess(oldLists::remember));
  }

  /**
   * Whether reads of our own resource that accept any version are answered from what is remembered,
   * as by an API server replica that lags: with {@code resourceVersion=0}, and no limit.
   */
  public void serveOldLists(boolean whether) {
    loop.run(() -> oldLists.serve(whether));
  }

  @Override
  public void close() {
    if (loop.isClosed()) {
      return;
    }
    loop.run(
        () -> {
          faults.abandon();
          network.cutAll();
        });
    loop.close();
    release();
    workspace.close();
  }

  private HttpServer listen(int onPort) {
    return loop.call(
        () ->
            loop.vertx()
                .createHttpServer(
                    new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(onPort)
                        .setHttp2ClearTextEnabled(false)
                        .setMaxHeaderSize(64 * 1024)
                        .setMaxInitialLineLength(64 * 1024)
                        .setWebSocketSubProtocols(List.of("*"))
                        .setMaxWebSocketFrameSize(Upstream.LARGEST_EVENT)
                        .setMaxWebSocketMessageSize(Upstream.LARGEST_EVENT))
                .connectionHandler(network::connected)
                .requestHandler(this::serve)
                .listen());
  }

  private void serve(HttpServerRequest request) {
    if (Upstream.isWebSocket(request)) {
      request.pause();
      begin(request, Buffer.buffer());
    } else {
      request.body().onSuccess(body -> begin(request, body));
    }
  }

  private void begin(HttpServerRequest request, Buffer body) {
    Map<String, String> query = new HashMap<>();
    request.params().forEach(entry -> query.put(entry.getKey(), entry.getValue()));
    KubeCall call = record.received(request.method().name(), request.path(), query, body);
    List<KubeFault> struck = faults.claim(call);
    Optional<Answer> old = oldLists.answer(call);
    new Exchange(request, body, call, struck, network, upstream).run(old);
  }

  /** The old socket is closed for good only when the loop next looks for events. */
  private Future<ReservedPort> reserve(int attempts) {
    try {
      return Future.succeededFuture(ReservedPort.of(port));
    } catch (UncheckedIOException e) {
      return attempts == 0
          ? Future.failedFuture(e)
          : loop.after(Duration.ofMillis(10)).compose(later -> reserve(attempts - 1));
    }
  }

  private void release() {
    if (reserved != null) {
      reserved.close();
      reserved = null;
    }
  }
}
