package com.threatwinds.compute.operator.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A plain client of the API, for the simulator's own tests: nothing is interpreted. */
final class ApiClient implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final ComputeSimulator simulator;
  private final String[] credentials;

  /**
   * @param credentials header names and values by turns
   */
  ApiClient(ComputeSimulator simulator, String... credentials) {
    this.simulator = simulator;
    this.credentials = credentials.clone();
  }

  static ApiClient withToken(ComputeSimulator simulator, String token) {
    return new ApiClient(simulator, "Authorization", "Bearer " + token);
  }

  HttpResponse<String> create(String templateId) throws IOException, InterruptedException {
    return send("POST", "/instances", "{\"template_id\":\"" + templateId + "\"}");
  }

  /** A new instance's id. */
  String createdId() throws IOException, InterruptedException {
    return json(create("ubuntu-22-standard")).path("id").asText();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send("POST", path, "");
  }

  HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return send("DELETE", path, "");
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(request(method, path, body).build(), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> sendLater(String method, String path, String body) {
    return http.sendAsync(request(method, path, body).build(), BodyHandlers.ofString());
  }

  /** The path is of the base URL, or of the root if it begins so. */
  HttpRequest.Builder request(String method, String path, String body) {
    boolean ofRoot = path.startsWith("/api/") || path.startsWith("/_sim/");
    URI base = ofRoot ? simulator.root() : simulator.url();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (credentials.length > 0) {
      request.headers(credentials);
    }
    return request;
  }

  HttpClient http() {
    return http;
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
