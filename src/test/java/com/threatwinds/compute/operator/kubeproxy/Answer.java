package com.threatwinds.compute.operator.kubeproxy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be answered: something whole, or a watch that goes on. */
sealed interface Answer permits Answer.Whole, Watch {

  int status();

  /** Succeeds once its bytes, or the first of them, went out. */
  Future<Void> deliver(HttpServerRequest request);

  /** It will not be delivered. */
  void discard();

  /**
   * @param headers without those of the connection and of the body's length
   */
  record Whole(int status, MultiMap headers, Buffer body) implements Answer {

    /** Those that speak of a connection or of how a body is sent, not of what is sent. */
    private static final List<String> OF_THE_CONNECTION =
        List.of(
            "Connection",
            "Keep-Alive",
            "Transfer-Encoding",
            "Content-Length",
            "Upgrade",
            "Trailer");

    static Whole of(int status, MultiMap headers, Buffer body) {
      MultiMap kept = MultiMap.caseInsensitiveMultiMap().addAll(headers);
      OF_THE_CONNECTION.forEach(kept::remove);
      return new Whole(status, kept, body);
    }

    static Whole json(int status, String body) {
      MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json");
      return new Whole(status, headers, Buffer.buffer(body));
    }

    static Whole failure(int code, String reason, String message, @Nullable Duration retryAfter) {
      ObjectNode status = status(code, reason, message);
      if (retryAfter == null) {
        return json(code, status.toString());
      }
      status.putObject("details").put("retryAfterSeconds", retryAfter.toSeconds());
      Whole failure = json(code, status.toString());
      failure.headers().add("Retry-After", String.valueOf(retryAfter.toSeconds()));
      return failure;
    }

    /** A failure in the words of the API server. */
    static ObjectNode status(int code, String reason, String message) {
      ObjectNode status =
          JsonNodeFactory.instance.objectNode().put("kind", "Status").put("apiVersion", "v1");
      status.putObject("metadata");
      return status
          .put("status", "Failure")
          .put("message", message)
          .put("reason", reason)
          .put("code", code);
    }

    @Override
    public Future<Void> deliver(HttpServerRequest request) {
      // the request of a WebSocket that is refused has not been read
      request.resume();
      HttpServerResponse response = request.response().setStatusCode(status);
      response.headers().addAll(headers);
      return response.end(body);
    }

    @Override
    public void discard() {}
  }
}
