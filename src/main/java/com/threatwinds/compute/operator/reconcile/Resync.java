package com.threatwinds.compute.operator.reconcile;

import com.threatwinds.compute.operator.api.v1alpha1.ComputeInstance;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all resources now and then and mends what a watch did not tell: an event that was lost, or
 * a watch that is dead and does not say so. A user whose edit nobody notices would not know why.
 */
final class Resync implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Resync.class);

  /** The more resources, the rarer: that much time for each, as long as it is not too rare. */
  private static final Duration EACH = Duration.ofMillis(60);

  private static final Duration RAREST = Duration.ofMinutes(10);

  /** How often each is looked at that nothing woke: should a wake-up have been lost. */
  static final Duration SWEEP = Duration.ofHours(1);

  /** What a list shows, a watch may tell a moment later. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** All resources that this operator looks after, page by page. */
  interface Source {
    /**
     * @return the version that all pages are of
     */
    String read(Consumer<List<ComputeInstance>> page);
  }

  /** Who is told of what was mended, and of whom to look at. */
  interface Listener {
    void found(ResourceID resource);

    void gone(ComputeInstance resource);

    void wake(ResourceID resource);
  }

  private final Source source;
  private final KnownResources known;
  private final Listener listener;
  private final Duration interval;
  private final LongSupplier nanoTime;
  private long sweptAt;
  private @Nullable Thread thread;

  /**
   * @param nanoTime a monotonic clock
   */
  Resync(
      Source source,
      KnownResources known,
      Listener listener,
      Duration interval,
      LongSupplier nanoTime) {
    this.source = source;
    this.known = known;
    this.listener = listener;
    this.interval = interval;
    this.nanoTime = nanoTime;
    this.sweptAt = nanoTime.getAsLong();
  }

  synchronized void start() {
    close();
    thread = Thread.ofVirtual().name("resync").start(this::run);
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(pause(known.keys().size()));
        try {
          Differences differences = compare();
          if (!differences.isEmpty()) {
            Thread.sleep(GRACE);
            mend(differences);
          }
          sweep();
        } catch (KubernetesClientException e) {
          log.debug("resync=failed error=\"{}\"", e.getMessage());
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
          log.error("resync=failed", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How long until the next comparison. */
  Duration pause(long resources) {
    Duration forAll = EACH.multipliedBy(resources);
    Duration rarest = interval.compareTo(RAREST) > 0 ? interval : RAREST;
    Duration pause = forAll.compareTo(interval) > 0 ? forAll : interval;
    return pause.compareTo(rarest) < 0 ? pause : rarest;
  }

  /**
   * Where a list and what is known differed.
   *
   * @param changed as listed
   * @param missing as known, and not listed
   */
  record Differences(List<ComputeInstance> changed, List<ComputeInstance> missing) {
    boolean isEmpty() {
      return changed.isEmpty() && missing.isEmpty();
    }
  }

  /** Reads all resources once. */
  Differences compare() {
    Set<String> before = known.keys();
    Set<String> listed = new HashSet<>();
    List<ComputeInstance> changed = new ArrayList<>();
    String version =
        source.read(
            page -> {
              for (ComputeInstance resource : page) {
                listed.add(KnownResources.keyOf(resource));
                if (differs(resource)) {
                  changed.add(resource);
                }
              }
            });
    List<ComputeInstance> missing =
        before.stream()
            .filter(key -> !listed.contains(key))
            .flatMap(key -> known.find(key).stream())
            .filter(resource -> !KnownResources.isNewer(resource, version))
            .toList();
    return new Differences(changed, missing);
  }

  /** Mends what still differs: mostly the watch told of it meanwhile. */
  void mend(Differences differences) {
    for (ComputeInstance resource : differences.changed()) {
      if (differs(resource)) {
        log.warn("resync=found resource={}", KnownResources.keyOf(resource));
        known.correct(resource);
        listener.found(ResourceID.fromResource(resource));
      }
    }
    for (ComputeInstance resource : differences.missing()) {
      if (known.find(KnownResources.keyOf(resource)).filter(resource::equals).isPresent()) {
        log.warn("resync=gone resource={}", KnownResources.keyOf(resource));
        known.drop(resource);
        listener.gone(resource);
      }
    }
  }

  /** Has all looked at, if it is time. */
  void sweep() {
    long now = nanoTime.getAsLong();
    if (now - sweptAt >= SWEEP.toNanos()) {
      sweptAt = now;
      known.names().forEach(listener::wake);
    }
  }

  private boolean differs(ComputeInstance listed) {
    return known
        .find(KnownResources.keyOf(listed))
        .filter(
            k ->
                k.getMetadata()
                        .getResourceVersion()
                        .equals(listed.getMetadata().getResourceVersion())
                    || KnownResources.isNewer(k, listed.getMetadata().getResourceVersion()))
        .isEmpty();
  }
}
