package com.threatwinds.compute.operator.compute;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one answer, up to a limit; a longer one fails and closes the connection.
 *
 * <p>Bytes are copied out of the client's buffers, since a server that sends one byte at a time
 * would otherwise have us keep a buffer for each.
 *
 * <p>The answer is this object and not its bytes: the JDK's client (21 to 25) keeps the first
 * answer of each connection for as long as the connection is pooled, and a list may have megabytes.
 */
final class BoundedBody implements BodySubscriber<BoundedBody> {

  private final int limit;
  private final CompletableFuture<BoundedBody> result = new CompletableFuture<>();
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription subscription;

  private BoundedBody(int limit) {
    this.limit = limit;
  }

  static BoundedBody upTo(int limit) {
    return new BoundedBody(limit);
  }

  /**
   * Asks for nothing and waits for nothing: for answers whose head says all. A body that comes all
   * the same costs its connection, which would else stay open for it.
   */
  static BoundedBody unread() {
    BoundedBody body = new BoundedBody(0);
    body.result.complete(body);
    return body;
  }

  /** The bytes, once it is complete; from then on it has none. */
  byte[] take() {
    byte[] taken = bytes.toByteArray();
    bytes = new ByteArrayOutputStream(0);
    return taken;
  }

  @Override
  public CompletionStage<BoundedBody> getBody() {
    return result;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (result.isDone()) {
      given.cancel();
    } else {
      given.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> items) {
    for (ByteBuffer item : items) {
      if (result.isDone()) {
        return;
      }
      if (item.remaining() > limit - bytes.size()) {
        if (subscription != null) {
          subscription.cancel();
        }
        result.completeExceptionally(new IOException("more than " + limit + " bytes"));
        return;
      }
      byte[] part = new byte[item.remaining()];
      item.get(part);
      bytes.write(part, 0, part.length);
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    result.complete(this);
  }
}
