package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {

  private final Workers workers = new Workers();

  @AfterEach
  void end() {
    workers.shutdownNow();
  }

  @Test
  void haveNoRoomBeforeTheFrameworkTakesEvents() {
    AtomicInteger told = new AtomicInteger();
    workers.whenRoom(told::incrementAndGet);
    assertThat(workers.hasRoom()).isFalse();

    workers.open();

    assertThat(workers.hasRoom()).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void haveNoRoomWhileManyWaitAndTellWhenThereIsSomeAgain() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    Semaphore told = new Semaphore(0);
    workers.open();
    workers.whenRoom(told::release);
    int passes = 0;
    while (workers.hasRoom()) {
      workers.execute(
          () -> {
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      passes++;
    }
    assertThat(passes).as("all that run, and as many that wait").isEqualTo(512);
    assertThat(told.availablePermits()).isZero();

    end.countDown();
    told.acquire(passes);

    assertThat(workers.hasRoom()).isTrue();
  }

  @Test
  void haveNoRoomOnceTheyEnd() {
    workers.open();

    workers.shutdown();

    assertThat(workers.hasRoom()).isFalse();
  }
}
