package com.threatwinds.compute.operator.simulator;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request of HTTP/1.1. Its body is read only when it is asked for, so that a fault can strike
 * before a client has sent it.
 */
final class Request {

  private static final int MAX_LINE = 64 * 1024;
  private static final int MAX_BODY = 1024 * 1024;

  private final String method;
  private final String target;
  private final List<Header> headers;
  private final InputStream in;
  private final OutputStream out;
  private byte @Nullable [] body;

  private Request(
      String method, String target, List<Header> headers, InputStream in, OutputStream out) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.in = in;
    this.out = out;
  }

  /**
   * The next request on a connection; null if the client has closed it.
   *
   * @throws BadRequest if it is not HTTP
   */
  static @Nullable Request read(InputStream in, OutputStream out) throws IOException {
    String start = line(in);
    if (start == null) {
      return null;
    }
    String[] words = start.split(" ");
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new BadRequest("not a request line");
    }
    List<Header> headers = new ArrayList<>();
    for (String line = line(in); line == null || !line.isEmpty(); line = line(in)) {
      int colon = line == null ? -1 : line.indexOf(':');
      if (line == null) {
        throw new EOFException("end of stream in the head");
      }
      if (colon < 1) {
        throw new BadRequest("not a header line");
      }
      headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return new Request(words[0], words[1], List.copyOf(headers), in, out);
  }

  String method() {
    return method;
  }

  /** Path and query, as sent. */
  String target() {
    return target;
  }

  String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The value of a query parameter, as sent; null if absent. */
  @Nullable String query(String name) {
    int query = target.indexOf('?');
    if (query >= 0) {
      for (String pair : target.substring(query + 1).split("&")) {
        if (pair.startsWith(name + "=")) {
          return pair.substring(name.length() + 1);
        }
      }
    }
    return null;
  }

  /** The first header of that name in any case; null if absent. */
  @Nullable String header(String name) {
    for (Header header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return header.value();
      }
    }
    return null;
  }

  boolean wantsClose() {
    return "close".equalsIgnoreCase(header("connection"));
  }

  /** The whole body; empty if there is none. */
  byte[] body() throws IOException {
    if (body == null) {
      if (expectsContinue()) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
      String coding = header("transfer-encoding");
      body =
          coding != null && coding.toLowerCase(Locale.ROOT).contains("chunked")
              ? chunked()
              : exactly(contentLength());
    }
    return body;
  }

  /**
   * Reads what is left of it.
   *
   * @return false if the connection can't carry another request
   */
  boolean drain() throws IOException {
    if (body == null && expectsContinue()) {
      return false;
    }
    body();
    return true;
  }

  private boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(header("expect"));
  }

  private int contentLength() throws IOException {
    String text = header("content-length");
    if (text == null) {
      return 0;
    }
    try {
      int length = Integer.parseInt(text);
      if (length >= 0 && length <= MAX_BODY) {
        return length;
      }
    } catch (NumberFormatException e) {
      throw new BadRequest("bad Content-Length");
    }
    throw new BadRequest("bad Content-Length");
  }

  private byte[] chunked() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String line = line(in);
      if (line == null) {
        throw new EOFException("end of stream in the body");
      }
      int size = chunkSize(line);
      if (all.size() + size > MAX_BODY) {
        throw new BadRequest("body too large");
      }
      if (size == 0) {
        for (String trailer = line(in); trailer != null && !trailer.isEmpty(); ) {
          trailer = line(in);
        }
        return all.toByteArray();
      }
      all.write(exactly(size));
      line(in);
    }
  }

  private static int chunkSize(String line) throws BadRequest {
    int end = line.indexOf(';');
    try {
      int size = Integer.parseInt((end < 0 ? line : line.substring(0, end)).strip(), 16);
      if (size >= 0 && size <= MAX_BODY) {
        return size;
      }
    } catch (NumberFormatException e) {
      throw new BadRequest("bad chunk");
    }
    throw new BadRequest("bad chunk");
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("end of stream in the body");
    }
    return bytes;
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (line.isEmpty()) {
          return null;
        }
        throw new EOFException("end of stream in a line");
      }
      if (line.length() == MAX_LINE) {
        throw new BadRequest("line too long");
      }
      line.append((char) c);
    }
    int last = line.length() - 1;
    return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
  }

  /** What was sent is not HTTP; the connection can't go on. */
  static final class BadRequest extends IOException {
    private static final long serialVersionUID = 1L;

    BadRequest(String message) {
      super(message);
    }
  }
}
