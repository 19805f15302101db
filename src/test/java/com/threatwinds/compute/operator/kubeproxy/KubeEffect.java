package com.threatwinds.compute.operator.kubeproxy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a fault does to a call.
 *
 * <p>{@link Hang} delays at its phase; {@link Rewrite} shapes the answer, whatever its phase. The
 * others take the place of the answer: before the forward nothing is done then, after the commit
 * everything.
 */
public sealed interface KubeEffect {

  /** The connection is reset (RST); nothing is answered. */
  record Reset() implements KubeEffect {}

  /**
   * Nothing happens until released.
   *
   * @param atMost null for until released, or until the proxy is closed
   * @param thenDrop whether the connection is reset afterwards; else it goes on, also if nobody
   *     listens any more: that is a late commit
   */
  record Hang(@Nullable Duration atMost, boolean thenDrop) implements KubeEffect {}

  /**
   * A failure, as the API server words it.
   *
   * @param reason such as {@code Conflict}
   * @param retryAfter null for no such header
   */
  record Status(int code, String reason, @Nullable Duration retryAfter) implements KubeEffect {

    /** With that as its {@code Retry-After}, in whole seconds. */
    public Status retryAfter(Duration pause) {
      return new Status(code, reason, pause);
    }
  }

  /** The API server's own answer with another body; one without a JSON body stays as it is. */
  record Rewrite(UnaryOperator<JsonNode> body) implements KubeEffect {}

  static KubeEffect reset() {
    return new Reset();
  }

  /** Until released; then it goes on. */
  static KubeEffect hang() {
    return new Hang(null, false);
  }

  /** For that long, in real time, or until released; then it goes on. */
  static KubeEffect hang(Duration atMost) {
    return new Hang(atMost, false);
  }

  /** Until released; then the connection is reset, and nothing that was not done yet is done. */
  static KubeEffect blackHole() {
    return new Hang(null, true);
  }

  static Status status(int code, String reason) {
    return new Status(code, reason, null);
  }

  /** As if somebody else had written the object meanwhile. */
  static Status conflict() {
    return status(409, "Conflict");
  }

  /** As the API server's priority and fairness sheds load. */
  static Status tooManyRequests(Duration retryAfter) {
    return status(429, "TooManyRequests").retryAfter(retryAfter);
  }

  /** As if RBAC did not grant it. */
  static Status forbidden() {
    return status(403, "Forbidden");
  }

  static KubeEffect rewrite(UnaryOperator<JsonNode> body) {
    return new Rewrite(body);
  }

  /** For the record. */
  default String describe() {
    return switch (this) {
      case Reset reset -> "reset";
      case Hang hang -> hang.thenDrop() ? "hang, drop" : "hang";
      case Status status -> "status " + status.code();
      case Rewrite rewrite -> "rewrite";
    };
  }
}
