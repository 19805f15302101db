package com.threatwinds.compute.operator.simulator;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The body of an answer. */
sealed interface Body {

  Body EMPTY = new Bytes(new byte[0]);

  long length();

  void writeTo(OutputStream out) throws IOException;

  record Bytes(byte[] bytes) implements Body {

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(bytes);
    }

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Well-formed JSON of any size, made while it is written. */
  record Filler(long length) implements Body {

    private static final byte[] OPEN = "[{\"id\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "\"}]".getBytes(StandardCharsets.US_ASCII);

    public Filler {
      length = Math.max(length, OPEN.length + CLOSE.length);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      byte[] block = new byte[64 * 1024];
      Arrays.fill(block, (byte) 'a');
      out.write(OPEN);
      long left = length - OPEN.length - CLOSE.length;
      while (left > 0) {
        int now = (int) Math.min(left, block.length);
        out.write(block, 0, now);
        left -= now;
      }
      out.write(CLOSE);
    }
  }
}
