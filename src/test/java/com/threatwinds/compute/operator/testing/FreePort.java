package com.threatwinds.compute.operator.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A port of the loopback address for a process that can't choose one and say which.
 *
 * <p>Below those that systems give to outgoing connections (from 32,768 on Linux), of which one
 * could take it before the process does; and none is given out twice.
 */
final class FreePort {

  private static final int FIRST = 10_000;
  private static final int COUNT = 20_000;
  private static final AtomicInteger LAST =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private FreePort() {}

  static int next() {
    for (int tried = 0; tried < COUNT; tried++) {
      int port = FIRST + Math.floorMod(LAST.incrementAndGet(), COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port is free");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
