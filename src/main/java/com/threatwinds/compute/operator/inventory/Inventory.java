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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
     * @param doubtful whether the entry may be older than a change that was made since, or tells of
     *     a motion that goes on for longer than such things take
     */
    record Listed(Instance instance, boolean doubtful) implements Look {}

    /** It was there once, but the list can't be read any more, or has not been for too long. */
    record Outdated() implements Look {}

    /** It is not listed, which may mean anything. */
    record Unlisted() implements Look {}

    /** There is no list yet. */
    record Unread() implements Look {}
  }

  /** How often the list is read, and for how long it may lag behind. */
  public record Pace(Duration slow, Duration fast, Duration lag) {}

  private static final Logger log = LoggerFactory.getLogger(Inventory.class);

  private static final Duration LONGEST_PAUSE_IN_TROUBLE = Duration.ofSeconds(20);
  private static final Duration CREDENTIALS_CHECK = Duration.ofSeconds(2);

  /** The shortest time between two reads, however many ask for one. */
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

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
  private @Nullable Duration limitedFor;
  private boolean hurried;
  private boolean tried;
  private long triedAt;
  private Optional<Fingerprint> triedWith = Optional.empty();
  private final Motions motions;
  private final Map<InstanceId, Instance> created = new HashMap<>();

  /** When each was told to change, until a list must show it; no more than the account holds. */
  private final Map<InstanceId, Long> touched = new HashMap<>();

  private final Map<InstanceId, Fingerprint> gone =
      new LinkedHashMap<>(16, 0.75f, true) {
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
    this.motions = new Motions(pace.slow().multipliedBy(2));
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
    Instance listed = motions.corrected(listing.instances().get(id));
    if (listed != null
        && (touched.containsKey(id) || motions.isDoubtful(listed, nanoTime.getAsLong()))) {
      return new Look.Listed(listed, true);
    }
    Instance known = listed == null ? freshlyMade(id) : listed;
    if (known == null) {
      return new Look.Unlisted();
    }
    return isOutdated() ? new Look.Outdated() : new Look.Listed(known, false);
  }

  private @Nullable Instance freshlyMade(InstanceId id) {
    Long madeAt = touched.get(id);
    boolean fresh = madeAt != null && nanoTime.getAsLong() - madeAt < pace.lag().toNanos();
    return fresh ? created.get(id) : null;
  }

  /** Nobody knows what has changed since: whoever needs to know must look for himself. */
  private boolean isOutdated() {
    Duration poll = limitedFor == null ? pace.slow() : max(pace.slow(), limitedFor);
    return trouble != null || nanoTime.getAsLong() - readAt > poll.multipliedBy(2).toNanos();
  }

  /** Instances that this process made, and that no list has shown yet. */
  public synchronized Set<InstanceId> unlisted() {
    return Set.copyOf(created.keySet());
  }

  /** The credentials that the instance was last seen with by this process. */
  public synchronized Optional<Fingerprint> lastSeenWith(InstanceId id) {
    Fingerprint since = gone.get(id); // By a GET that came after the list, if it is listed.
    return since != null || listing == null
        ? Optional.ofNullable(since)
        : listing.find(id).map(listed -> Objects.requireNonNull(listing).credentials());
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
    InstanceId id = seen.instance().id();
    gone.put(id, seen.credentials());
    motions.saw(
        seen.instance(),
        listing == null ? null : listing.instances().get(id),
        nanoTime.getAsLong());
  }

  /** An instance was told to change: what the list says of it may be older than that. */
  public synchronized void changed(InstanceId id) {
    created.remove(id);
    motions.changed(id);
    touched.put(id, nanoTime.getAsLong());
    expect(id, true);
  }

  /** Whether that instance is about to change, so that the list is worth reading often. */
  public synchronized void expect(InstanceId id, boolean change) {
    if (!change) {
      motions.ends(id);
      return;
    }
    boolean wasIdle = !motions.isAny();
    motions.begins(id, nanoTime.getAsLong());
    if (wasIdle) {
      notifyAll();
    }
  }

  /** Reads the list soon, as far as its limit allows; what is broken is not read any sooner. */
  public synchronized void hurry() {
    hurried = true;
    notifyAll();
  }

  // -- reading

  /** Reads the list now; what changed wakes others as after any poll. */
  public Listing read() throws ComputeApiException {
    long askedAt;
    synchronized (this) {
      askedAt = nanoTime.getAsLong();
      hurried = false;
    }
    Optional<Fingerprint> credentials = api.credentials();
    try {
      return apply(api.list(), askedAt);
    } catch (ComputeApiException e) {
      failed(e, askedAt);
      throw e;
    } finally {
      tried(credentials);
    }
  }

  private synchronized void tried(Optional<Fingerprint> credentials) {
    tried = true;
    triedAt = nanoTime.getAsLong();
    triedWith = credentials;
  }

  private synchronized void failed(ComputeApiException e, long askedAt) {
    boolean neverSent = e instanceof ComputeApiException.RateLimited && e.httpStatus() == 0;
    if (neverSent && listing != null) {
      limitedFor = e.retryAfter().orElse(null); // Our own limit: nothing is wrong with the API.
      return;
    }
    if (listing != null && askedAt - readAt < 0) {
      return; // A read that was asked for later could be read.
    }
    trouble = e;
    troubleStreak++;
  }

  private Listing apply(Listing answer, long askedAt) {
    Listing read;
    Set<InstanceId> changed = new HashSet<>();
    boolean readableAgain;
    synchronized (this) {
      Listing before = listing;
      if (before != null && askedAt - readAt < 0) {
        return answer; // A slower read that was asked for earlier knows less.
      }
      readableAgain = before == null || trouble != null;
      trouble = null;
      troubleStreak = 0;
      limitedFor = null;
      Map<InstanceId, Instance> old = before == null ? Map.of() : before.instances();
      read = answer.sharing(old);
      listing = read;
      readAt = askedAt;
      for (Instance instance : read.instances().values()) {
        InstanceId id = instance.id();
        gone.remove(id);
        if (created.remove(id) != null) {
          touched.remove(id); // Nothing can be older than the creation.
        }
        if (!instance.equals(old.get(id))) {
          changed.add(id);
        }
      }
      for (InstanceId id : old.keySet()) {
        if (!read.instances().containsKey(id)) {
          changed.add(id);
          // What a GET saw since is the newer proof.
          gone.putIfAbsent(id, Objects.requireNonNull(before).credentials());
        }
      }
      // Only a list that was asked for that much later must show the change.
      touched.values().removeIf(since -> askedAt - since >= pace.lag().toNanos());
      created.keySet().retainAll(touched.keySet());
      motions.read(read, touched.keySet());
    }
    if (!changed.isEmpty()) {
      tell(() -> listener.changed(changed));
    }
    if (readableAgain) {
      tell(listener::readable);
    }
    return read;
  }

  /** Whatever goes wrong in a listener must not end the polling. */
  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      log.error("list=read listener=failed", e);
    }
  }

  /** Starts reading the list by itself; what was listed before, by a leader of then, is too old. */
  public synchronized void start() {
    close();
    listing = null;
    tried = false;
    poller = Thread.ofVirtual().name("inventory").start(this::poll);
  }

  @Override
  public synchronized void close() {
    if (poller != null) {
      poller.interrupt();
      poller = null;
    }
  }

  private void poll() {
    try {
      while (true) {
        awaitTurn();
        try {
          read();
        } catch (ComputeApiException e) {
          // Kept as `trouble`: whoever waits for the list tells of it.
        } catch (RuntimeException e) {
          log.error("list=failed", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitTurn() throws InterruptedException {
    Duration left = dueIn();
    while (left.isPositive()) {
      wait(Math.max(1, min(left, CREDENTIALS_CHECK).toMillis()));
      left = dueIn();
    }
  }

  /** How long it is until the list is to be read again; zero if that is now. */
  public synchronized Duration dueIn() {
    if (!tried || !api.credentials().equals(triedWith)) {
      return Duration.ZERO;
    }
    return max(Duration.ZERO, pause().minusNanos(nanoTime.getAsLong() - triedAt));
  }

  private Duration pause() {
    if (trouble != null) {
      Duration longer = pace.fast().multipliedBy(1L << Math.min(troubleStreak - 1, 10));
      Duration backoff = min(longer, max(LONGEST_PAUSE_IN_TROUBLE, pace.fast()));
      return trouble.retryAfter().map(asked -> max(asked, backoff)).orElse(backoff);
    }
    Duration poll = !motions.isAny() ? pace.slow() : min(pace.fast(), pace.slow());
    Duration pause = hurried ? min(SHORTEST_PAUSE, poll) : poll;
    return limitedFor == null ? pause : max(pause, limitedFor);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
