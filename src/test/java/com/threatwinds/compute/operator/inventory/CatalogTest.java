package com.threatwinds.compute.operator.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Operation;
import com.threatwinds.compute.operator.compute.Template;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CatalogTest {

  private final NanoClock clock = new NanoClock();
  private final ModelApi api = new ModelApi();
  private final Catalog catalog = new Catalog(api, clock);

  @Test
  void aBurstOfOrdersCostsTwoCalls() throws ComputeApiException {
    for (int i = 0; i < 100; i++) {
      catalog.template(ModelApi.TEMPLATE);
      catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    }

    assertThat(api.calls()).containsExactly("templates", "zones " + ModelApi.TEMPLATE);
  }

  @Test
  void knowsATemplateByItsId() throws ComputeApiException {
    assertThat(catalog.template("large")).map(Template::machineType).hasValue("e2-large");
    assertThat(catalog.template("none")).isEmpty();
    assertThat(catalog.templateIds()).containsExactly("large", "small");
  }

  @Test
  void readsAgainWhatIsOld() throws ComputeApiException {
    catalog.template(ModelApi.TEMPLATE);
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    clock.advance(Duration.ofMinutes(10));

    catalog.template(ModelApi.TEMPLATE);
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(2);
    assertThat(api.count(Operation.ZONES)).isEqualTo(2);
  }

  @Test
  void looksForAnUnknownTemplateAgainButNotForEachWhoAsks() throws ComputeApiException {
    catalog.template(ModelApi.TEMPLATE);
    clock.advance(Duration.ofSeconds(15));

    for (int i = 0; i < 100; i++) {
      catalog.template("none");
    }

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(2);
  }

  @Test
  void looksForAMissingZoneAgainButNotForEachWhoAsks() throws ComputeApiException {
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    clock.advance(Duration.ofSeconds(15));

    for (int i = 0; i < 100; i++) {
      assertThat(catalog.zones(ModelApi.TEMPLATE, "nowhere")).doesNotContain("nowhere");
    }

    assertThat(api.count(Operation.ZONES)).isEqualTo(2);
  }

  @Test
  void aFailureIsToldToAllWhoAskAndForgottenAfterSomeSeconds() throws ComputeApiException {
    api.fail(Errors.unavailable(Operation.TEMPLATES, 503));

    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> catalog.template(ModelApi.TEMPLATE))
          .isInstanceOf(ComputeApiException.Unavailable.class);
    }
    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(1);
    clock.advance(Duration.ofSeconds(5));

    assertThat(catalog.template(ModelApi.TEMPLATE)).isPresent();
  }

  @Test
  void aFailureIsKeptFromItsEndHoweverLongTheCallTook() {
    api.during(Operation.TEMPLATES, () -> clock.advance(Duration.ofSeconds(30)));
    api.fail(Errors.unavailable(Operation.TEMPLATES, 503));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> catalog.template(ModelApi.TEMPLATE))
          .isInstanceOf(ComputeApiException.Unavailable.class);
    }

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(1);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aCallThatHangsKeepsNobodyWaitingWhoDoesNotNeedItsAnswer() throws Exception {
    catalog.template(ModelApi.TEMPLATE);
    catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE);
    var answer = new CountDownLatch(1);
    var hanging = new CountDownLatch(1);
    api.during(
        Operation.ZONES,
        () -> {
          hanging.countDown();
          await(answer);
        });
    clock.advance(Duration.ofSeconds(15));
    var zones = ask(() -> catalog.zones(ModelApi.TEMPLATE, "nowhere"));
    await(hanging);

    assertThat(catalog.template("large")).isPresent();
    assertThat(catalog.templateIds()).hasSize(2);
    assertThat(catalog.zones("large", ModelApi.ZONE)).contains(ModelApi.ZONE);
    assertThat(catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE)).contains(ModelApi.ZONE);

    assertThat(zones).isNotDone();
    answer.countDown();
    assertThat(zones.get()).contains(ModelApi.ZONE);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void allWhoNeedTheSameShareOneCallAndItsFailure() {
    var answer = new CountDownLatch(1);
    api.during(Operation.TEMPLATES, () -> await(answer));
    api.fail(Errors.unavailable(Operation.TEMPLATES, 503));

    List<FutureTask<Optional<Template>>> all =
        IntStream.range(0, 50)
            .mapToObj(i -> ask(() -> catalog.template(ModelApi.TEMPLATE)))
            .toList();
    answer.countDown();

    assertThat(all)
        .allSatisfy(
            one ->
                assertThatThrownBy(one::get)
                    .hasCauseInstanceOf(ComputeApiException.Unavailable.class));
    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(1);
  }

  @Test
  void anInterruptDoesNotEndTheWaitAndIsNotLost() throws Exception {
    var answer = new CountDownLatch(1);
    var hanging = new CountDownLatch(1);
    api.during(
        Operation.TEMPLATES,
        () -> {
          hanging.countDown();
          await(answer);
        });
    ask(() -> catalog.template(ModelApi.TEMPLATE));
    await(hanging);

    var waiter = new AtomicReference<Thread>();
    var interrupted =
        ask(
            () -> {
              waiter.set(Thread.currentThread());
              Thread.currentThread().interrupt();
              return catalog.template(ModelApi.TEMPLATE).isPresent() && Thread.interrupted();
            });
    Awaitility.await()
        .until(() -> waiter.get() != null && waiter.get().getState() == Thread.State.WAITING);
    answer.countDown();

    assertThat(interrupted.get()).isTrue();
  }

  private static <T> FutureTask<T> ask(Callable<T> question) {
    var asked = new FutureTask<>(question);
    Thread.startVirtualThread(asked);
    return asked;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void readsTheTemplatesAgainWhenOneOfThemHasNoZonesAnyMore() throws ComputeApiException {
    catalog.template(ModelApi.TEMPLATE);
    clock.advance(Duration.ofSeconds(15));
    api.fail(Errors.notFound(Operation.ZONES));

    assertThatThrownBy(() -> catalog.zones(ModelApi.TEMPLATE, ModelApi.ZONE))
        .isInstanceOf(ComputeApiException.NotFound.class);
    catalog.template(ModelApi.TEMPLATE);

    assertThat(api.count(Operation.TEMPLATES)).isEqualTo(2);
  }
}
