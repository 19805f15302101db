package com.threatwinds.compute.operator.reconcile;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one of several replicas the leader, by a Lease, and makes this one a candidate again when
 * it lost.
 *
 * <p>The rounds are Fabric8's; the framework's own election, which uses the same, ends with the
 * first loss, and its process with it. The Lease is read and written here, so that no two clocks
 * are compared: a Lease has run out when this process saw it unchanged for as long as it lasts, as
 * in client-go.
 */
final class Election implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Election.class);

  /**
   * What is elected by.
   *
   * @param identity of this process, unlike any other's
   * @param duration how long a Lease lasts that is not renewed; whole seconds
   */
  record Terms(String namespace, String name, String identity, Duration duration) {

    /** A leader that could not renew for that long gives up. */
    Duration renewDeadline() {
      return duration.multipliedBy(7).dividedBy(10);
    }

    Duration retryPeriod() {
      return duration.dividedBy(10);
    }
  }

  private final KubernetesClient client;
  private final Executor executor;
  private final Terms terms;
  private final Leadership leadership;
  private final LongSupplier nanoTime;
  private final LeaseLock lock = new LeaseLock();

  private @Nullable LeaderElector elector;
  private @Nullable CompletableFuture<?> round;
  private boolean closed;

  Election(
      KubernetesClient client,
      Executor executor,
      Terms terms,
      Leadership leadership,
      LongSupplier nanoTime) {
    this.client = client;
    this.executor = executor;
    this.terms = terms;
    this.leadership = leadership;
    this.nanoTime = nanoTime;
  }

  /** A candidate from now on, and again after each loss. */
  synchronized void start() {
    if (closed) {
      return;
    }
    LeaderElector next =
        new LeaderElector(
            client,
            new LeaderElectionConfig(
                lock,
                terms.duration(),
                terms.renewDeadline(),
                terms.retryPeriod(),
                // That it leads is so once the Lease is written; the elector says so before.
                new LeaderCallbacks(() -> {}, this::lost, leader -> {}),
                false,
                terms.name()),
            executor);
    elector = next;
    round = next.start();
    round.whenComplete((done, failure) -> start());
  }

  private void won() {
    if (!leadership.isLeading()) {
      log.info("leader=true identity={}", terms.identity());
      leadership.won();
    }
  }

  private void lost() {
    if (leadership.isLeading()) {
      log.warn("leader=false identity={}", terms.identity());
      leadership.lost();
    }
  }

  /** Stands for election no more, and gives the Lease back, so that nobody waits for its end. */
  @Override
  public void close() {
    LeaderElector last;
    synchronized (this) {
      closed = true;
      last = elector;
      if (round != null) {
        round.cancel(true);
      }
    }
    try {
      if (last != null && last.release()) {
        log.info("leader=false lease=released identity={}", terms.identity());
      }
    } catch (KubernetesClientException e) {
      log.warn("lease=kept error=\"{}\"", e.getMessage());
    }
  }

  /** The Lease. Called by one elector at a time, under its lock. */
  private final class LeaseLock implements Lock {

    private @Nullable Lease last;
    private long seenAt;
    private final Streak reads = new Streak();
    private final Streak writes = new Streak();

    @Override
    public @Nullable LeaderElectionRecord get(KubernetesClient client) {
      Lease lease =
          asking(
              reads,
              () -> client.leases().inNamespace(terms.namespace()).withName(terms.name()).get());
      if (!isSame(lease, last)) {
        seenAt = nanoTime.getAsLong();
      }
      last = lease;
      return lease == null ? null : record(lease);
    }

    /** The elector compares times of the day; it is given one that says what was seen here. */
    private LeaderElectionRecord record(Lease lease) {
      LeaseSpec spec = Objects.requireNonNullElseGet(lease.getSpec(), LeaseSpec::new);
      boolean valid = nanoTime.getAsLong() - seenAt < terms.duration().toNanos();
      ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
      ZonedDateTime renewed = valid ? now : now.minus(terms.duration().multipliedBy(2));
      return new LeaderElectionRecord(
          Optional.ofNullable(spec.getHolderIdentity()).filter(h -> !h.isEmpty()).orElse(null),
          terms.duration(),
          Objects.requireNonNullElse(spec.getAcquireTime(), renewed),
          renewed,
          Objects.requireNonNullElse(spec.getLeaseTransitions(), 0));
    }

    private static boolean isSame(@Nullable Lease one, @Nullable Lease other) {
      return one != null
          && other != null
          && Objects.equals(one.getMetadata().getUid(), other.getMetadata().getUid())
          && Objects.equals(one.getSpec(), other.getSpec());
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord record) {
      write(record, null, lease -> client.resource(lease).create());
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord record) {
      write(
          record,
          Objects.requireNonNull(last).getMetadata().getResourceVersion(),
          lease -> client.resource(lease).patch(PatchContext.of(PatchType.JSON_MERGE)));
    }

    private void write(LeaderElectionRecord record, @Nullable String version, Write write) {
      long since = nanoTime.getAsLong();
      Lease lease =
          new LeaseBuilder()
              .withNewMetadata()
              .withNamespace(terms.namespace())
              .withName(terms.name())
              .withResourceVersion(version)
              .endMetadata()
              .withNewSpec()
              // Not null, which a merge patch would not write: nobody holds it.
              .withHolderIdentity(Objects.requireNonNullElse(record.getHolderIdentity(), ""))
              .withLeaseDurationSeconds((int) Math.max(1, record.getLeaseDuration().toSeconds()))
              .withAcquireTime(record.getAcquireTime())
              .withRenewTime(record.getRenewTime())
              .withLeaseTransitions(record.getLeaderTransitions())
              .endSpec()
              .build();
      last = asking(writes, () -> write.of(lease));
      if (terms.identity().equals(record.getHolderIdentity())) {
        leadership.granted(since, terms.duration());
        won();
      }
    }

    /**
     * Told once for each streak: the elector asks again every second. Of any other exception it
     * would end without a word.
     */
    private <T extends @Nullable Object> T asking(Streak streak, Supplier<T> call) {
      try {
        T answer = call.get();
        streak.failing = false;
        return answer;
      } catch (KubernetesClientException e) {
        if (!streak.failing && e.getCode() != 409) {
          log.warn("lease={}/{} error=\"{}\"", terms.namespace(), terms.name(), e.getMessage());
        }
        streak.failing = e.getCode() != 409;
        throw e;
      } catch (RuntimeException e) {
        log.error("lease={}/{} failed", terms.namespace(), terms.name(), e);
        throw new KubernetesClientException("the Lease can't be used", e);
      }
    }

    /** Failures of one kind of call, one after the other. */
    private static final class Streak {
      private boolean failing;
    }

    private interface Write {
      Lease of(Lease lease);
    }

    @Override
    public String identity() {
      return terms.identity();
    }

    @Override
    public String describe() {
      return "Lease " + terms.namespace() + "/" + terms.name();
    }
  }
}
