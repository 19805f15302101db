package com.threatwinds.compute.operator.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.threatwinds.compute.operator.testing.MockApi.Answer;
import com.threatwinds.compute.operator.testing.MockApi.Request;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fabric8's mock server behind an HTTP server of ours that kubectl understands, too.
 *
 * <p>All requests run on the one event loop, in the order in which they came, so that a write and
 * the events that it makes are one step, as they are in etcd.
 */
public final class MockCluster implements TestCluster {

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
  private final Workspace workspace = Workspace.create("mock-cluster");
  private final MockApi api = new MockApi();
  private final Kubeconfig kubeconfig;
  private final KubernetesClient adminClient;

  private MockCluster() {
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setHttp2ClearTextEnabled(false)
                    .setMaxHeaderSize(64 * 1024))
            .requestHandler(this::serve)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    String address = "http://127.0.0.1:" + server.actualPort();
    kubeconfig = Kubeconfig.write(workspace.file("kubeconfig"), address, null, "mock");
    adminClient = kubeconfig.client();
  }

  /**
   * Starts one.
   *
   * @param definitions YAML files of CustomResourceDefinitions, or directories of such files
   */
  public static MockCluster start(Path... definitions) {
    MockCluster cluster = new MockCluster();
    try {
      for (String namespace : new String[] {"default", "kube-system"}) {
        cluster
            .adminClient
            .namespaces()
            .resource(
                new io.fabric8.kubernetes.api.model.NamespaceBuilder()
                    .withNewMetadata()
                    .withName(namespace)
                    .endMetadata()
                    .build())
            .create();
      }
      Definitions.apply(cluster.adminClient, definitions);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public KubernetesClient adminClient() {
    return adminClient;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig.file();
  }

  @Override
  public String describe() {
    return "Fabric8 mock server (stores and watches like a real one, but has no validation, no"
        + " defaults, no server-side apply, no garbage collection, and lets everybody do everything)";
  }

  @Override
  public boolean isReal() {
    return false;
  }

  @Override
  public void close() {
    adminClient.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    workspace.close();
  }

  private void serve(HttpServerRequest http) {
    if (http.path().matches("/(healthz|livez|readyz)")) {
      http.response().end("ok");
      return;
    }
    Request head = request(http, null);
    if (head.isWatch() && api.refusalOfWatch(head).isEmpty()) {
      watch(http, head);
      return;
    }
    http.body()
        .onSuccess(
            body -> {
              Answer answer;
              try {
                answer = api.answer(request(http, body));
              } catch (RuntimeException e) {
                answer =
                    new Answer(
                        500,
                        JsonNodeFactory.instance
                            .objectNode()
                            .put("kind", "Status")
                            .put("apiVersion", "v1")
                            .put("status", "Failure")
                            .put("reason", "InternalError")
                            .put("message", "the mock failed: " + e)
                            .put("code", 500));
              }
              http.response()
                  .setStatusCode(answer.status())
                  .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                  .end(answer.body().toString());
            });
  }

  private void watch(HttpServerRequest http, Request request) {
    if ("websocket".equalsIgnoreCase(http.getHeader(HttpHeaders.UPGRADE))) {
      http.toWebSocket().onSuccess(socket -> watch(socket, request));
      return;
    }
    HttpServerResponse response =
        http.response().setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
    response.writeHead();
    Runnable end =
        api.watch(
            request,
            event -> {
              if (!response.closed() && !response.ended()) {
                response.write(event + "\n");
              }
            });
    response.closeHandler(closed -> end.run());
    afterTimeout(
        request,
        () -> {
          end.run();
          if (!response.closed()) {
            response.end();
          }
        });
  }

  private void watch(ServerWebSocket socket, Request request) {
    Runnable end =
        api.watch(
            request,
            event -> {
              if (!socket.isClosed()) {
                socket.writeTextMessage(event.toString());
              }
            });
    socket.closeHandler(closed -> end.run());
    afterTimeout(
        request,
        () -> {
          end.run();
          socket.close();
        });
  }

  private void afterTimeout(Request request, Runnable end) {
    long seconds = Long.parseLong(request.query().getOrDefault("timeoutSeconds", "0"));
    if (seconds > 0) {
      vertx.setTimer(seconds * 1000, timer -> end.run());
    }
  }

  private static Request request(HttpServerRequest http, @Nullable Buffer body) {
    Map<String, String> query = new HashMap<>();
    http.params().forEach(entry -> query.put(entry.getKey(), entry.getValue()));
    HttpMethod method = HttpMethod.fromVertx(http.method());
    return new Request(
        method == null ? HttpMethod.ANY : method,
        http.path(),
        query,
        Objects.requireNonNullElse(http.getHeader(HttpHeaders.ACCEPT), ""),
        Objects.requireNonNullElse(http.getHeader(HttpHeaders.CONTENT_TYPE), ""),
        body == null ? null : Json.anything(body.getBytes()).orElse(null));
  }
}
