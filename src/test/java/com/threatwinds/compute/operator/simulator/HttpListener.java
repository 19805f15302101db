package com.threatwinds.compute.operator.simulator;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server of HTTP/1.1 on a plain socket, a virtual thread for each connection. The JDK's own
 * server can't reset a connection or stop in the middle of a head.
 */
final class HttpListener implements AutoCloseable {

  private static final int BACKLOG = 1024;

  private final InetSocketAddress address;
  private final Handler handler;
  private final InstantSource clock;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger toReset = new AtomicInteger();
  private volatile @Nullable ServerSocket server;
  private volatile CountDownLatch accepting = new CountDownLatch(0);

  HttpListener(InetAddress bind, int port, InstantSource clock, Handler handler) {
    this.handler = handler;
    this.clock = clock;
    ServerSocket first = listen(new InetSocketAddress(bind, port));
    this.address = new InetSocketAddress(bind, first.getLocalPort());
  }

  int port() {
    return address.getPort();
  }

  /** Nobody listens any more, and what was connected is reset. */
  void offline() {
    ServerSocket listening = server;
    server = null;
    closeQuietly(listening);
    awaitNoneAccepted();
    connections.forEach(HttpListener::reset);
  }

  /** As long as a thread is in accept, the system lets connections in, closed or not. */
  private void awaitNoneAccepted() {
    try {
      accepting.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** On the same port again. */
  void online() {
    if (server == null) {
      listen(address);
    }
  }

  /** The next connections are reset as soon as they are made. */
  void resetNext(int count) {
    toReset.set(count);
  }

  @Override
  public void close() {
    ServerSocket listening = server;
    server = null;
    closeQuietly(listening);
    connections.forEach(HttpListener::closeQuietly);
    threads.shutdownNow();
  }

  private ServerSocket listen(InetSocketAddress where) {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(where, BACKLOG);
      server = listening;
      CountDownLatch ended = new CountDownLatch(1);
      accepting = ended;
      threads.execute(
          () -> {
            accept(listening);
            ended.countDown();
          });
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException("can't listen on " + where + ": " + e.getMessage(), e);
    }
  }

  private void accept(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        if (toReset.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          reset(socket);
        } else {
          connections.add(socket);
          threads.execute(() -> serve(socket, listening));
        }
      } catch (IOException | RejectedExecutionException e) {
        // Closed; or out of files for a moment, and then the next accept blocks or fails again.
        Thread.yield();
      }
    }
  }

  private void serve(Socket socket, ServerSocket listening) {
    try (socket) {
      if (listening.isClosed()) {
        // It slipped in while the listener went offline.
        reset(socket);
        return;
      }
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      boolean open = true;
      while (open) {
        Request request = Request.read(in, out);
        if (request == null) {
          return;
        }
        Reply reply = new Reply(socket, out, clock);
        handler.handle(request, reply);
        // Also where the connection ends here: closing it with unread bytes would reset it.
        boolean drained = !socket.isClosed() && request.drain();
        open = drained && !reply.isBroken() && !request.wantsClose();
      }
    } catch (Request.BadRequest e) {
      refuse(socket, e);
    } catch (IOException e) {
      // The client has gone; whether that mattered is in the journal.
      closeQuietly(socket);
    } finally {
      connections.remove(socket);
    }
  }

  private void refuse(Socket socket, Request.BadRequest why) {
    try (socket) {
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      new Reply(socket, out, clock)
          .send(Answer.empty(400).with("x-error", String.valueOf(why.getMessage())));
    } catch (IOException e) {
      closeQuietly(socket);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already; closing it once more is harmless.
    }
    closeQuietly(socket);
  }

  private static void closeQuietly(@Nullable AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception e) {
      // There is nothing left to do with it.
    }
  }

  /** What answers the requests. */
  interface Handler {
    void handle(Request request, Reply reply) throws IOException;
  }
}
