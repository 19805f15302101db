package com.threatwinds.compute.operator.inventory;

import com.threatwinds.compute.operator.compute.ComputeApi;
import com.threatwinds.compute.operator.compute.ComputeApiException;
import com.threatwinds.compute.operator.compute.Fingerprint;
import com.threatwinds.compute.operator.compute.Instance;
import com.threatwinds.compute.operator.compute.InstanceId;
import com.threatwinds.compute.operator.compute.Listing;
import com.threatwinds.compute.operator.compute.Seen;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The account's instances as last listed: one list for all resources, which wakes only those whose
 * instance changed.
 *
 * <p>The list may lag behind, so it notices and never proves: what rests on it must be confirmed by
 * a GET before anything is changed.
 */
public final class Inventory implements AutoCloseable {

  /** Who is told of changes; called on the polling thread, so it must be quick. */
  public interface Listener {
    /** These instances came, went, or look different. */
    void changed(Set<InstanceId> instances);

    /** The list can be read, for the first time or again. */
    void readable();
  }

  /** What the last list says of one instance. */
  public sealed interface Look {
    /**
     * It is listed.
     *
     * @param doubtful whether the entry may be older than a change that was made since
     */
    record Listed(Instance instance, boolean doubtful) implements Look {}

    /** It is not listed, which may mean anything. */
    record Unlisted() implements Look {}

    /** There is no list yet. */
    record Unread() implements Look {}
  }

  /** How often the list is read, and for how long it may lag behind. */
  public record Pace(Duration slow, Duration fast, Duration lag) {}

  private static final Duration LONGEST_PAUSE_IN_TROUBLE = Duration.ofSeconds(30);
  private static final Duration CREDENTIALS_CHECK = Duration.ofSeconds(2);

  /** Instances that are gone are remembered for the proof that they were of this account. */
  private static final int REMEMBERED_GONE = 10_000;

  private final ComputeApi api;
  private final Pace pace;
  private final LongSupplier nanoTime;
  private final Listener listener;

  private @Nullable Listing listing;
  private long readAt;
  private @Nullable ComputeApiException trouble;
  private int troubleStreak;
  private boolean hurried;
  private final Set<InstanceId> moving = new HashSet<>();
  private final Map<InstanceId, Instance> created = new HashMap<>();
  private final Map<InstanceId, Long> touched = new HashMap<>();
  private final Map<InstanceId, Fingerprint> gone =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InstanceId, Fingerprint> eldest) {
          return size() > REMEMBERED_GONE;
        }
      };
  private @Nullable Thread poller;

  public Inventory(ComputeApi api, Pace pace, LongSupplier nanoTime, Listener listener) {
    this.api = api;
    this.pace = pace;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  // -- what is known

  /** The last list that could be read. */
  public synchronized Optional<Listing> listing() {
    return Optional.ofNullable(listing);
  }

  /** Why the list can't be read now; empty if it can. */
  public synchronized Optional<ComputeApiException> trouble() {
    return Optional.ofNullable(trouble);
  }

  /** How long ago the last list was asked for; empty if there is none. */
  public synchronized Optional<Duration> age() {
    return listing == null
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - readAt));
  }

  /** What the last list says of that instance. */
  public synchronized Look look(InstanceId id) {
    if (listing == null) {
      return new Look.Unread();
    }
    Instance listed = listing.instances().get(id);
    if (listed != null) {
      return new Look.Listed(listed, isRecent(touched.get(id)));
    }
    Instance fresh = created.get(id);
    return fresh != null && isRecent(touched.get(id))
        ? new Look.Listed(fresh, false)
        : new Look.Unlisted();
  }

  private boolean isRecent(@Nullable Long since) {
    return since != null && nanoTime.getAsLong() - since < pace.lag().toNanos();
  }

  /** The credentials that the instance was last seen with by this process. */
  public synchronized Optional<Fingerprint> lastSeenWith(InstanceId id) {
    if (listing != null && listing.instances().containsKey(id)) {
      return Optional.of(listing.credentials());
    }
    return Optional.ofNullable(gone.get(id));
  }

  // -- what others learned

  /** An instance was made just now: the list may not show it yet. */
  public synchronized void created(Seen seen) {
    InstanceId id = seen.instance().id();
    created.put(id, seen.instance());
    touched.put(id, nanoTime.getAsLong());
    gone.put(id, seen.credentials());
    expect(id, true);
  }

  /** An instance answered a GET. */
  public synchronized void saw(Seen seen) {
    gone.put(seen.instance().id(), seen.credentials());
  }

  /** An instance was told to change: what the list says of it may be older than that. */
  public synchronized void changed(InstanceId id) {
    created.remove(id);
    touched.put(id, nanoTime.getAsLong());
    expect(id, true);
  }

  /** Whether that instance is about to change, so that the list is worth reading often. */
  public synchronized void expect(InstanceId id, boolean change) {
    boolean wasIdle = moving.isEmpty();
    if (change ? moving.add(id) : moving.remove(id)) {
      if (change && wasIdle) {
        notifyAll();
      }
    }
  }

  /** Reads the list as soon as its limit allows. */
  public synchronized void hurry() {
    hurried = true;
    notifyAll();
  }

  // -- reading

  /** Reads the list now; what changed wakes others as after any poll. */
  public Listing read() throws ComputeApiException {
    long askedAt = nanoTime.getAsLong();
    Listing read;
    try {
      read = api.list();
    } catch (ComputeApiException e) {
      failed(e);
      throw e;
    }
    apply(read, askedAt);
    return read;
  }

  private synchronized void failed(ComputeApiException e) {
    trouble = e;
    troubleStreak++;
  }

  private void apply(Listing read, long askedAt) {
    Set<InstanceId> changed = new HashSet<>();
    boolean readableAgain;
    synchronized (this) {
      Listing before = listing;
      if (before != null && askedAt - readAt < 0) {
        return; // A slower read that was asked for earlier knows less.
      }
      readableAgain = before == null || trouble != null;
      trouble = null;
      troubleStreak = 0;
      listing = read;
      readAt = askedAt;
      Map<InstanceId, Instance> old = before == null ? Map.of() : before.instances();
      read.instances()
          .forEach(
              (id, instance) -> {
                gone.remove(id);
                if (created.remove(id) != null) {
                  touched.remove(id); // Nothing can be older than the creation.
                }
                if (!instance.equals(old.get(id))) {
                  changed.add(id);
                }
              });
      for (InstanceId id : old.keySet()) {
        if (!read.instances().containsKey(id)) {
          changed.add(id);
          gone.put(id, Objects.requireNonNull(before).credentials());
        }
      }
      touched.values().removeIf(since -> !isRecent(since));
      created.keySet().retainAll(touched.keySet());
    }
    if (!changed.isEmpty()) {
      listener.changed(changed);
    }
    if (readableAgain) {
      listener.readable();
    }
  }

  /** Starts reading the list by itself. */
  public synchronized void start() {
    poller = Thread.ofVirtual().name("inventory").start(this::poll);
  }

  @Override
  public synchronized void close() {
    if (poller != null) {
      poller.interrupt();
    }
  }

  private void poll() {
    try {
      while (true) {
        Optional<Fingerprint> usedCredentials = api.credentials();
        try {
          read();
        } catch (ComputeApiException e) {
          // Kept as `trouble`: whoever waits for the list tells of it.
        }
        awaitTurn(usedCredentials);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitTurn(Optional<Fingerprint> usedCredentials)
      throws InterruptedException {
    long since = nanoTime.getAsLong();
    while (true) {
      long left = pause().toNanos() - (nanoTime.getAsLong() - since);
      if (left <= 0 || hurried || !api.credentials().equals(usedCredentials)) {
        hurried = false;
        return;
      }
      wait(Math.max(1, Duration.ofNanos(Math.min(left, CREDENTIALS_CHECK.toNanos())).toMillis()));
    }
  }

  private Duration pause() {
    if (trouble != null) {
      Duration longer = pace.fast().multipliedBy(1L << Math.min(troubleStreak - 1, 10));
      Duration backoff = min(longer, max(LONGEST_PAUSE_IN_TROUBLE, pace.fast()));
      return trouble.retryAfter().map(asked -> max(asked, backoff)).orElse(backoff);
    }
    return moving.isEmpty() ? pace.slow() : min(pace.fast(), pace.slow());
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
