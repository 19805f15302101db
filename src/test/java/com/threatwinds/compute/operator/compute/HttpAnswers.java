package com.threatwinds.compute.operator.compute;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A well-behaved HTTP server that gives one answer to everything and remembers what was asked. */
final class HttpAnswers implements AutoCloseable {

  /** What is answered; an empty body is declared as such. */
  record Canned(int status, Map<String, String> headers, byte[] body) {

    static Canned of(int status, String body) {
      return new Canned(status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    Canned with(String header, String value) {
      Map<String, String> more = new TreeMap<>(headers);
      more.put(header, value);
      return new Canned(status, more, body);
    }
  }

  /** What was asked; header names in lower case. */
  record Asked(String method, String path, Map<String, String> headers, String body) {}

  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Canned answer;

  private HttpAnswers(HttpServer server, Canned answer) {
    this.server = server;
    this.answer = answer;
    server.createContext("/", this::handle);
    server.start();
  }

  static HttpAnswers start(Canned answer) throws IOException {
    return new HttpAnswers(HttpServer.create(loopback(), 0), answer);
  }

  static HttpAnswers startTls(Canned answer, SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new HttpAnswers(server, answer);
  }

  void answer(Canned next) {
    answer = next;
  }

  List<Asked> asked() {
    return asked;
  }

  Asked onlyAsked() {
    if (asked.size() != 1) {
      throw new AssertionError("asked " + asked.size() + " times");
    }
    return asked.getFirst();
  }

  int port() {
    return server.getAddress().getPort();
  }

  URI uri() {
    String scheme = server instanceof HttpsServer ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + port() + "/api/compute/v1");
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> headers = new TreeMap<>();
      Headers sent = exchange.getRequestHeaders();
      for (String name : sent.keySet()) {
        headers.put(name.toLowerCase(Locale.ROOT), String.join("|", sent.get(name)));
      }
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(
          new Asked(
              exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body));
      Canned now = answer;
      now.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(now.status(), now.body().length == 0 ? -1 : now.body().length);
      if (now.body().length > 0) {
        exchange.getResponseBody().write(now.body());
      }
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static @Nullable String header(Asked asked, String name) {
    return asked.headers().get(name);
  }
}
