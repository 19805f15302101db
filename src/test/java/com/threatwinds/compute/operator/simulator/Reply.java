package com.threatwinds.compute.operator.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The way back to the client: an answer as it should be, or broken on purpose. */
final class Reply {

  /** Unlike {@code RFC_1123_DATE_TIME} with two digits for the day, as HTTP has it. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Socket socket;
  private final OutputStream out;
  private final InstantSource clock;
  private boolean broken;

  Reply(Socket socket, OutputStream out, InstantSource clock) {
    this.socket = socket;
    this.out = out;
    this.clock = clock;
  }

  void send(Answer answer) throws IOException {
    out.write(head(answer));
    answer.body().writeTo(out);
    out.flush();
  }

  /** Half of the body, or of the head if there is no body, and then the end of the stream. */
  void half(Answer answer) throws IOException {
    broken = true;
    byte[] head = head(answer);
    if (answer.body().length() == 0) {
      out.write(head, 0, head.length / 2);
    } else {
      out.write(head);
      byte[] body = bytes(answer.body());
      out.write(body, 0, body.length / 2);
    }
    out.flush();
    socket.shutdownOutput();
  }

  /** Head and body in pieces, with a pause in real time before each but the first. */
  void drip(Answer answer, int bytes, Duration pause) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(head(answer));
    answer.body().writeTo(all);
    byte[] whole = all.toByteArray();
    for (int from = 0; from < whole.length; from += bytes) {
      if (from > 0) {
        Thread.sleep(pause);
      }
      out.write(whole, from, Math.min(bytes, whole.length - from));
      out.flush();
    }
  }

  /** Resets the connection (RST). */
  void cut() throws IOException {
    broken = true;
    socket.setSoLinger(true, 0);
    socket.close();
  }

  boolean isBroken() {
    return broken;
  }

  private byte[] head(Answer answer) {
    StringBuilder head = new StringBuilder();
    head.append("HTTP/1.1 ").append(answer.status()).append(' ').append(reason(answer.status()));
    head.append("\r\nDate: ").append(HTTP_DATE.format(clock.instant())).append("\r\n");
    for (Header header : answer.headers()) {
      head.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    if (answer.status() != 204 && answer.status() != 304) {
      head.append("Content-Length: ").append(answer.body().length()).append("\r\n");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    body.writeTo(bytes);
    return bytes.toByteArray();
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 204 -> "No Content";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Status";
    };
  }
}
