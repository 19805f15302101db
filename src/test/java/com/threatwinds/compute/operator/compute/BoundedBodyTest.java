package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {

  @Test
  void keepsNothingOfWhatWasTaken() {
    BoundedBody body = BoundedBody.upTo(10);
    body.onNext(List.of(ByteBuffer.wrap(new byte[] {1, 2}), ByteBuffer.wrap(new byte[] {3})));
    body.onComplete();

    assertThat(body.getBody().toCompletableFuture()).isCompletedWithValue(body);
    assertThat(body.take()).containsExactly(1, 2, 3);
    assertThat(body.take()).isEmpty();
  }

  @Test
  void failsBeyondItsLimit() {
    BoundedBody body = BoundedBody.upTo(2);

    body.onNext(List.of(ByteBuffer.wrap(new byte[3])));

    assertThat(body.getBody().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void isCompleteAtOnceWhereTheHeadSaysAll() {
    BoundedBody body = BoundedBody.unread();

    assertThat(body.getBody().toCompletableFuture()).isCompletedWithValue(body);
    assertThat(body.take()).isEmpty();
  }
}
