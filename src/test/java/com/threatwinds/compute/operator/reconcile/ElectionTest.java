package com.threatwinds.compute.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.threatwinds.compute.operator.inventory.NanoClock;
import com.threatwinds.compute.operator.kubeproxy.ApiServerProxy;
import com.threatwinds.compute.operator.kubeproxy.KubeCall;
import com.threatwinds.compute.operator.testing.MockCluster;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One leads, by a Lease, whatever the clocks of the others say; on a clock that stands still. */
class ElectionTest {

  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final String STRANGER = "a-stranger";

  private static MockCluster cluster;

  private final ApiServerProxy proxy = ApiServerProxy.start(cluster.kubeconfig());
  private final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder(Config.fromKubeconfig(proxy.kubeconfig().toFile()))
                  .withRequestRetryBackoffLimit(0) // as in production
                  .build())
          .build();
  private final NanoClock clock = new NanoClock();
  private final Leadership leadership = Leadership.elected(clock);
  private final Election election =
      new Election(
          client,
          Thread::startVirtualThread,
          new Election.Terms("default", "operator", "us", LEASE),
          leadership,
          clock);

  @BeforeAll
  static void open() {
    cluster = MockCluster.start();
  }

  @AfterEach
  void end() {
    election.close();
    client.close();
    proxy.close();
    cluster.adminClient().leases().inNamespace("default").withName("operator").delete();
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void leadsOnceTheLeaseIsWritten() {
    election.start();

    await().until(leadership::isHeld);

    assertThat(holder()).isEqualTo("us");
  }

  @Test
  void givesTheLeaseBackWhenItEnds() {
    election.start();
    await().until(leadership::isHeld);

    election.close();

    assertThat(holder()).isEmpty();
    assertThat(leadership.isLeading()).isFalse();
  }

  @Test
  void doesNotTakeALeaseForOldBecauseItsHolderSaysSo() {
    hold(STRANGER, ZonedDateTime.now(ZoneOffset.UTC).minusHours(1));

    election.start();
    awaitLooks(3);

    assertThat(leadership.isLeading()).as("an hour old, by the other's clock").isFalse();
    clock.advance(LEASE);
    await().until(leadership::isHeld);
  }

  @Test
  void takesALeaseForOldThoughItsHolderSaysItIsYoung() {
    hold(STRANGER, ZonedDateTime.now(ZoneOffset.UTC).plusHours(1));
    election.start();
    awaitLooks(3);

    clock.advance(LEASE);

    await().until(leadership::isHeld);
    assertThat(holder()).isEqualTo("us");
  }

  @Test
  void standsAgainAfterItHasLost() {
    election.start();
    await().until(leadership::isHeld);

    hold(STRANGER, ZonedDateTime.now(ZoneOffset.UTC));
    await().until(() -> !leadership.isLeading());
    awaitLooks(2);
    clock.advance(LEASE);

    await().until(leadership::isHeld);
    assertThat(holder()).isEqualTo("us");
  }

  @Test
  void leadsAgainAfterAnOutageOnlyWithALeaseThatItWroteSince() {
    election.start();
    await().until(leadership::isHeld);

    proxy.offline();
    await().until(() -> !leadership.isLeading());
    clock.advance(LEASE);
    proxy.online();

    await().until(leadership::isLeading);
    assertThat(leadership.isHeld()).as("granted before anybody is told").isTrue();
  }

  @Test
  void readsALeaseThatSomebodyEmptied() {
    Lease empty =
        new LeaseBuilder()
            .withNewMetadata()
            .withNamespace("default")
            .withName("operator")
            .endMetadata()
            .build();
    cluster.adminClient().resource(empty).create();

    election.start();

    await().until(leadership::isHeld);
  }

  private void awaitLooks(int count) {
    long mark = proxy.record().mark();
    await()
        .until(
            () ->
                proxy.record().since(mark).stream()
                        .filter(call -> call.plural().equals("leases") && call.isGet())
                        .filter(KubeCall::acknowledged)
                        .count()
                    >= count);
  }

  private static String holder() {
    Lease lease = cluster.adminClient().leases().inNamespace("default").withName("operator").get();
    return String.valueOf(lease.getSpec().getHolderIdentity());
  }

  /** As another replica writes it, whatever is there. */
  private static void hold(String who, ZonedDateTime renewed) {
    var leases = cluster.adminClient().leases().inNamespace("default");
    await()
        .ignoreExceptions()
        .until(
            () -> {
              Lease now = leases.withName("operator").get();
              String version = now == null ? null : now.getMetadata().getResourceVersion();
              Lease lease =
                  new LeaseBuilder()
                      .withNewMetadata()
                      .withNamespace("default")
                      .withName("operator")
                      .withResourceVersion(version)
                      .endMetadata()
                      .withNewSpec()
                      .withHolderIdentity(who)
                      .withLeaseDurationSeconds(100_000)
                      .withRenewTime(renewed)
                      .endSpec()
                      .build();
              if (now == null) {
                cluster.adminClient().resource(lease).create();
              } else {
                cluster.adminClient().resource(lease).update();
              }
              return true;
            });
  }
}
