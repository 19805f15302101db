package com.threatwinds.compute.operator.compute;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The body of one POST, and the gate that knows whether the request may have reached the server.
 *
 * <p>The JDK's client asks for the body's bytes only when the connection stands, TLS included
 * ({@code Http1Exchange} of JDK 21 to 25; it asks on the thread that is about to write the head, so
 * that head and body go out together). The head declares their length. So the fence is asked when
 * the bytes are asked for, and a request whose bytes were never handed over is incomplete: no
 * server can act on it. They are handed over once; a second asking, which would be a retry of the
 * JDK's, fails.
 *
 * <p>An empty body is never asked for; there the length is, just before the head goes out on the
 * open connection, and passing that point counts as handed over.
 */
final class OneShotBody implements BodyPublisher {

  private enum Stage {
    WAITING,
    HANDED_OVER,
    STOPPED
  }

  private final byte[] bytes;
  private final BooleanSupplier fence;
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final AtomicBoolean refused = new AtomicBoolean();

  private OneShotBody(byte[] bytes, BooleanSupplier fence) {
    this.bytes = bytes;
    this.fence = fence;
  }

  static OneShotBody of(byte[] bytes, BooleanSupplier fence) {
    return new OneShotBody(bytes, fence);
  }

  static OneShotBody empty(BooleanSupplier fence) {
    return new OneShotBody(new byte[0], fence);
  }

  /**
   * Closes the gate, so that nothing goes out from now on.
   *
   * @return whether the bytes had already been handed over
   */
  boolean stop() {
    stage.compareAndSet(Stage.WAITING, Stage.STOPPED);
    return stage.get() == Stage.HANDED_OVER;
  }

  /** Whether it was the fence that held the bytes back. */
  boolean isRefused() {
    return refused.get();
  }

  @Override
  public long contentLength() {
    if (bytes.length == 0 && stage.get() != Stage.HANDED_OVER && !handOver()) {
      throw new IllegalStateException("stopped before it was sent");
    }
    return bytes.length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(
        new Flow.Subscription() {
          private final AtomicBoolean done = new AtomicBoolean();

          @Override
          public void request(long n) {
            if (!done.compareAndSet(false, true)) {
              return;
            }
            if (handOver()) {
              subscriber.onNext(ByteBuffer.wrap(bytes));
              subscriber.onComplete();
            } else {
              subscriber.onError(new IllegalStateException("stopped before it was sent"));
            }
          }

          @Override
          public void cancel() {
            done.set(true);
          }
        });
  }

  private boolean handOver() {
    if (stage.get() != Stage.WAITING) {
      return false;
    }
    if (!isFenceOpen()) {
      refused.set(true);
      stop();
      return false;
    }
    // The deadline may have closed the gate while the fence was asked.
    return stage.compareAndSet(Stage.WAITING, Stage.HANDED_OVER);
  }

  private boolean isFenceOpen() {
    try {
      return fence.getAsBoolean();
    } catch (RuntimeException e) {
      // A fence that can't tell has not said yes.
      return false;
    }
  }
}
