package com.threatwinds.compute.operator.kubeproxy;

import io.fabric8.kubernetes.client.Config;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The API server, as the user of a kubeconfig. HTTP/1.1, uncompressed, nothing sent twice. */
final class Upstream {

  static final int LARGEST_EVENT = 16 * 1024 * 1024;

  private static final int CONNECTIONS = 1000;

  /** Headers of the operator's connection to us, or which are ours to set. */
  private static final List<String> NOT_PASSED_ON =
      List.of(
          "Host",
          "Connection",
          "Keep-Alive",
          "Transfer-Encoding",
          "Content-Length",
          "TE",
          "Expect",
          "Upgrade",
          "Accept-Encoding",
          "Authorization",
          "Sec-WebSocket-Key",
          "Sec-WebSocket-Version",
          "Sec-WebSocket-Extensions",
          "Sec-WebSocket-Protocol");

  private final URI server;
  private final @Nullable String token;
  private final HttpClient http;
  private final WebSocketClient webSockets;
  private final Function<String, Watches> watches;

  /**
   * @param watches what controls the watches of a plural
   */
  Upstream(Vertx vertx, Path kubeconfig, Function<String, Watches> watches) {
    Config config = Config.fromKubeconfig(kubeconfig.toFile());
    this.server = URI.create(config.getMasterUrl());
    this.token = config.getAutoOAuthToken();
    this.watches = watches;
    boolean tls = server.getScheme().equals("https");
    HttpClientOptions options =
        new HttpClientOptions().setSsl(tls).setMaxPoolSize(CONNECTIONS).setMaxHeaderSize(64 * 1024);
    WebSocketClientOptions webSocketOptions =
        new WebSocketClientOptions()
            .setSsl(tls)
            .setMaxConnections(CONNECTIONS)
            .setMaxFrameSize(LARGEST_EVENT)
            .setMaxMessageSize(LARGEST_EVENT);
    if (tls) {
      PemTrustOptions authority =
          new PemTrustOptions()
              .addCertValue(Buffer.buffer(Base64.getDecoder().decode(config.getCaCertData())));
      options.setTrustOptions(authority);
      webSocketOptions.setTrustOptions(authority);
    }
    this.http = vertx.createHttpClient(options);
    this.webSockets = vertx.createWebSocketClient(webSocketOptions);
  }

  Future<Answer> send(HttpServerRequest request, Buffer body, KubeCall call) {
    if (isWebSocket(request)) {
      return webSocket(request, call);
    }
    return http.request(to(request.method(), request.uri()).setHeaders(passedOn(request)))
        .compose(own -> own.send(body))
        .compose(
            response ->
                call.isWatch() && response.statusCode() == 200
                    ? Future.succeededFuture(Watch.of(response, watches.apply(call.plural())))
                    : whole(response));
  }

  /** The body of a GET of our own. */
  Future<Buffer> get(String uri) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    authorize(headers);
    return http.request(to(HttpMethod.GET, uri).setHeaders(headers))
        .compose(own -> own.send())
        .compose(
            response ->
                response.statusCode() == 200
                    ? response.body()
                    : Future.failedFuture("GET " + uri + " answered " + response.statusCode()));
  }

  static boolean isWebSocket(HttpServerRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
  }

  private Future<Answer> webSocket(HttpServerRequest request, KubeCall call) {
    WebSocketConnectOptions options = new WebSocketConnectOptions();
    options.setHost(server.getHost()).setPort(port()).setURI(request.uri());
    options.setHeaders(passedOn(request));
    String protocols = request.getHeader("Sec-WebSocket-Protocol");
    if (protocols != null) {
      options.setSubProtocols(List.of(protocols.split("\\s*,\\s*")));
    }
    return webSockets
        .connect(options)
        .<Answer>map(socket -> Watch.of(socket, watches.apply(call.plural())))
        .recover(
            cause ->
                cause instanceof UpgradeRejectedException refused
                    ? Future.succeededFuture(
                        Answer.Whole.of(
                            refused.getStatus(), refused.getHeaders(), refused.getBody()))
                    : Future.failedFuture(cause));
  }

  private static Future<Answer> whole(HttpClientResponse response) {
    return response
        .body()
        .map(body -> Answer.Whole.of(response.statusCode(), response.headers(), body));
  }

  private RequestOptions to(HttpMethod method, String uri) {
    return new RequestOptions()
        .setMethod(method)
        .setHost(server.getHost())
        .setPort(port())
        .setURI(uri);
  }

  private int port() {
    return server.getPort() > 0 ? server.getPort() : server.getScheme().equals("https") ? 443 : 80;
  }

  private MultiMap passedOn(HttpServerRequest request) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
    NOT_PASSED_ON.forEach(headers::remove);
    authorize(headers);
    return headers;
  }

  private void authorize(MultiMap headers) {
    if (token != null) {
      headers.set("Authorization", "Bearer " + token);
    }
  }
}
