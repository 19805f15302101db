package com.threatwinds.compute.operator.compute;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that speaks bytes, for what no HTTP server would do: one script for each connection. */
final class RawServer implements AutoCloseable {

  @FunctionalInterface
  interface Script {
    void play(Connection connection) throws IOException;
  }

  private final ServerSocket socket;
  private final Script script;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  private RawServer(ServerSocket socket, Script script) {
    this.socket = socket;
    this.script = script;
  }

  static RawServer start(Script script) throws IOException {
    ServerSocket socket = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    RawServer server = new RawServer(socket, script);
    Thread.ofVirtual().start(server::accept);
    return server;
  }

  /** Reads each request whole, answers these bytes and closes. */
  static RawServer answering(String answer) throws IOException {
    return start(
        connection -> {
          connection.readRequest();
          connection.write(answer);
        });
  }

  /** One for each connection that was opened, in that order. */
  List<Connection> connections() {
    return connections;
  }

  int port() {
    return socket.getLocalPort();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Connection connection : connections) {
      connection.socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Connection connection = new Connection(socket.accept());
        connections.add(connection);
        Thread.ofVirtual().start(() -> play(connection));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void play(Connection connection) {
    try (Socket open = connection.socket) {
      script.play(connection);
      open.shutdownOutput();
    } catch (IOException e) {
      // The other side went away, which is what many a script is about.
    } finally {
      connection.ended.complete(null);
    }
  }

  static final class Connection {
    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int read;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Connection(Socket socket) {
      this.socket = socket;
    }

    /** All that came in so far. */
    synchronized String received() {
      return received.toString(StandardCharsets.ISO_8859_1);
    }

    /** Done when the script is. */
    CompletableFuture<Void> ended() {
      return ended;
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Closes with a reset instead of an orderly end. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    void readHead() throws IOException {
      while (received().indexOf("\r\n\r\n", read) < 0 && readByte()) {
        continue;
      }
    }

    /** One request, head and body. */
    void readRequest() throws IOException {
      readNextRequest();
    }

    /** False if there was none any more. */
    boolean readNextRequest() throws IOException {
      readHead();
      String head = received().substring(read);
      int endOfHead = head.indexOf("\r\n\r\n");
      if (endOfHead < 0) {
        return false;
      }
      int at = head.toLowerCase(Locale.ROOT).indexOf("content-length: ");
      int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
      int end = read + endOfHead + 4 + length;
      while (received().length() < end && readByte()) {
        continue;
      }
      read = end;
      return true;
    }

    /** Returns when the other side has closed the connection. */
    void readToEnd() throws IOException {
      while (readByte()) {
        continue;
      }
    }

    private boolean readByte() throws IOException {
      InputStream in = socket.getInputStream();
      int next = in.read();
      if (next >= 0) {
        synchronized (this) {
          received.write(next);
        }
      }
      return next >= 0;
    }
  }
}
