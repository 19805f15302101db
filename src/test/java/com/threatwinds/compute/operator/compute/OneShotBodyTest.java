package com.threatwinds.compute.operator.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OneShotBodyTest {

  private static final byte[] BYTES = "body".getBytes(StandardCharsets.US_ASCII);

  /** Asks for all there is, as the JDK's client does, and remembers what it was told. */
  private static List<String> signalsOf(OneShotBody body) {
    List<String> signals = new ArrayList<>();
    body.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(1);
            subscription.request(1);
          }

          @Override
          public void onNext(ByteBuffer item) {
            signals.add(StandardCharsets.US_ASCII.decode(item).toString());
          }

          @Override
          public void onError(Throwable failure) {
            signals.add("error");
          }

          @Override
          public void onComplete() {
            signals.add("complete");
          }
        });
    return signals;
  }

  @Test
  void handsItsBytesOverOnce() {
    OneShotBody body = OneShotBody.of(BYTES, () -> true);

    assertThat(signalsOf(body)).containsExactly("body", "complete");
    assertThat(signalsOf(body)).containsExactly("error");
    assertThat(body.stop()).isTrue();
  }

  @Test
  void handsNothingOverOnceStopped() {
    OneShotBody body = OneShotBody.of(BYTES, () -> true);

    assertThat(body.stop()).isFalse();
    assertThat(signalsOf(body)).containsExactly("error");
    assertThat(body.stop()).isFalse();
  }

  @Test
  void handsNothingOverWhenStoppedWhileItsFenceIsAsked() {
    AtomicReference<OneShotBody> self = new AtomicReference<>();
    OneShotBody body = OneShotBody.of(BYTES, () -> !self.get().stop());
    self.set(body);

    assertThat(signalsOf(body)).containsExactly("error");
    assertThat(body.stop()).isFalse();
    assertThat(body.isRefused()).isFalse();
  }

  @Test
  void handsNothingOverAgainstItsFence() {
    OneShotBody body = OneShotBody.of(BYTES, () -> false);

    assertThat(signalsOf(body)).containsExactly("error");
    assertThat(body.stop()).isFalse();
    assertThat(body.isRefused()).isTrue();
  }

  @Test
  void countsAnEmptyBodyAsHandedOverFromTheHeadOn() {
    OneShotBody body = OneShotBody.empty(() -> true);

    assertThat(body.contentLength()).isZero();
    assertThat(body.stop()).isTrue();
  }

  @Test
  void letsNoHeadOutOnceAnEmptyBodyIsStopped() {
    OneShotBody body = OneShotBody.empty(() -> true);

    assertThat(body.stop()).isFalse();
    assertThatThrownBy(body::contentLength).isInstanceOf(IllegalStateException.class);
  }
}
