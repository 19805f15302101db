package com.threatwinds.compute.operator.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a fault does to a call.
 *
 * <p>{@link Hang} delays at its phase. {@link Drip}, {@link HostileHeaders} and {@link Rewrite}
 * shape the answer, whatever their phase. All others take the place of the answer: before the
 * commit nothing is done then, after it everything.
 */
public sealed interface Effect {

  /** The connection is reset (RST); nothing is answered. */
  record Reset() implements Effect {}

  /** The answer breaks off in the middle of its body, or of its head if it has no body. */
  record HalfBody() implements Effect {}

  /**
   * Nothing happens until released.
   *
   * @param atMost null for until released, or until the simulator is closed
   * @param thenDrop whether it is reset afterwards; else it goes on, also if nobody listens any
   *     more: that is a late commit
   */
  record Hang(@Nullable Duration atMost, boolean thenDrop) implements Effect {}

  /** The answer comes in pieces of that many bytes. */
  record Drip(int bytes, Duration pause) implements Effect {
    public Drip {
      if (bytes < 1) {
        throw new IllegalArgumentException("a drip is at least a byte");
      }
    }
  }

  /**
   * An error of the API, or of a gateway in front of it.
   *
   * @param explained whether it carries {@code x-error} and {@code x-error-id}, in the dialect
   * @param retryAfter the header's text, whatever it is; null for no header
   */
  record Status(int status, boolean explained, @Nullable String retryAfter) implements Effect {

    /** With that text as its {@code Retry-After}. */
    public Status retryAfter(String text) {
      return new Status(status, explained, text);
    }

    /** Without {@code x-error}, as a gateway answers. */
    public Status unexplained() {
      return new Status(status, false, retryAfter);
    }
  }

  /** Any answer at all; header values go out as they are, in ISO 8859-1. */
  record Respond(int status, List<Header> headers, byte[] body) implements Effect {
    public Respond {
      headers = List.copyOf(headers);
      body = body.clone();
    }

    /** With one more header. */
    public Respond header(String name, String value) {
      List<Header> more = new ArrayList<>(headers);
      more.add(new Header(name, value));
      return new Respond(status, more, body);
    }
  }

  record Redirect(int status, String location) implements Effect {}

  /** A body of that many bytes: one endless JSON text, well-formed to its last byte. */
  record HugeBody(long bytes) implements Effect {}

  /** More and stranger headers than anybody wants, terminal escapes and 16 KiB lines included. */
  record HostileHeaders() implements Effect {}

  /** The API's own answer with another body. */
  record Rewrite(UnaryOperator<String> body) implements Effect {}

  static Effect reset() {
    return new Reset();
  }

  static Effect halfBody() {
    return new HalfBody();
  }

  /** Until released; then it goes on. */
  static Effect hang() {
    return new Hang(null, false);
  }

  /** For that long, in real time, or until released; then it goes on. */
  static Effect hang(Duration atMost) {
    return new Hang(atMost, false);
  }

  /** Until released; then the connection is reset, and nothing that was not done yet is done. */
  static Effect blackHole() {
    return new Hang(null, true);
  }

  static Effect drip(int bytes, Duration pause) {
    return new Drip(bytes, pause);
  }

  static Status status(int status) {
    return new Status(status, true, null);
  }

  static Respond respond(int status, String contentType, String body) {
    return respond(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  static Respond respond(int status, String contentType, byte[] body) {
    return new Respond(status, List.of(new Header("Content-Type", contentType)), body);
  }

  static Effect redirect(int status, String location) {
    return new Redirect(status, location);
  }

  static Effect hugeBody(long bytes) {
    return new HugeBody(bytes);
  }

  static Effect hostileHeaders() {
    return new HostileHeaders();
  }

  static Effect rewrite(UnaryOperator<String> body) {
    return new Rewrite(body);
  }

  /** For the journal. */
  default String describe() {
    return switch (this) {
      case Reset reset -> "reset";
      case HalfBody half -> "half";
      case Hang hang -> hang.thenDrop() ? "hang, drop" : "hang";
      case Drip drip -> "drip";
      case Status status -> "status " + status.status();
      case Respond respond -> "respond " + respond.status();
      case Redirect redirect -> "redirect " + redirect.status();
      case HugeBody huge -> "huge " + huge.bytes();
      case HostileHeaders hostile -> "headers";
      case Rewrite rewrite -> "rewrite";
    };
  }
}
